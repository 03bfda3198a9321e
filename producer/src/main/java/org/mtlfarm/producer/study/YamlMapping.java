package org.mtlfarm.producer.study;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** The keys of a mapping in a study's file; unknown and repeated ones are mistakes as soon as it is made. */
final class YamlMapping {
    private final YamlValue owner;
    private final List<String> known;
    private final Map<String, YamlValue> values = new LinkedHashMap<>();

    YamlMapping(YamlValue owner, List<String> known) {
        this.owner = owner;
        this.known = known;
        if (owner.isMapping()) {
            ((MappingNode) owner.node()).getValue().forEach(this::take);
        } else {
            owner.mistake("keys with values (" + String.join(", ", known) + ")");
        }
    }

    Optional<YamlValue> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The value of a key that must be there. */
    Optional<YamlValue> required(String key, String expected) {
        YamlValue value = values.get(key);
        if (value == null && owner.isMapping()) {
            owner.mistakes().add(owner.line(), path(key), expected, "no such key");
        }
        return Optional.ofNullable(value);
    }

    private void take(NodeTuple entry) {
        int line = entry.getKeyNode().getStartMark().getLine() + 1;
        if (!(entry.getKeyNode() instanceof ScalarNode keyNode)) {
            owner.mistakes().add(line, path("?"), "a key of plain text", "a list or keys as a key");
            return;
        }
        String key = keyNode.getValue();
        String path = path(key);
        if (!known.contains(key)) {
            String meant = Spelling.nearest(key, known)
                    .map(name -> "did you mean '" + name + "'?")
                    .orElse("known keys are " + String.join(", ", known));
            owner.mistakes().add(line, path, "unknown key '" + StudyMistakes.shown(key) + "'; " + meant);
        } else if (values.containsKey(key)) {
            owner.mistakes()
                    .add(
                            line,
                            path,
                            "the key once",
                            "it again (first on line " + owner.lines().get(path) + ")");
        } else {
            YamlValue value = new YamlValue(entry.getValueNode(), path, owner.mistakes(), owner.lines());
            owner.lines().put(path, line);
            values.put(key, value);
        }
    }

    private String path(String key) {
        String shown = StudyMistakes.shown(key);
        return owner.path().isEmpty() ? shown : owner.path() + "." + shown;
    }
}
