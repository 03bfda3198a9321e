package org.mtlfarm.producer.study;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value in a study's file, with its path and line. Reading it as something it is not adds a mistake and answers
 * empty, so that reading goes on to the next mistake.
 *
 * @param path such as {@code grid.tokens[2]}
 * @param lines every value that was looked at leaves its line here
 */
record YamlValue(Node node, String path, StudyMistakes mistakes, Map<String, Integer> lines) {
    // Not YAML 1.1's own integers, to which 010 is eight and 1:30 ninety.
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[-+]?(0|[1-9]\\d{0,8}|[1-9]\\d{0,2}(_\\d{3}){1,2})");
    private static final Pattern DURATION = Pattern.compile("[1-9]\\d{0,4}[smh]");
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?");

    YamlValue {
        lines.put(path, node.getStartMark().getLine() + 1);
    }

    int line() {
        return lines.get(path);
    }

    void mistake(String expected) {
        mistakes.add(line(), path, expected, found());
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    boolean isMapping() {
        return node instanceof MappingNode;
    }

    YamlMapping mapping(List<String> knownKeys) {
        return new YamlMapping(this, knownKeys);
    }

    /** The elements of a list; a single value is a list of one. */
    Optional<List<YamlValue>> elements(String expected) {
        if (!isList()) {
            return Optional.of(List.of(this));
        }
        List<Node> nodes = ((SequenceNode) node).getValue();
        if (nodes.isEmpty()) {
            mistakes.add(line(), path, expected, "an empty list");
            return Optional.empty();
        }
        List<YamlValue> elements = new ArrayList<>();
        for (Node element : nodes) {
            elements.add(new YamlValue(element, path + "[" + elements.size() + "]", mistakes, lines));
        }
        return Optional.of(elements);
    }

    /** The elements of a list, of which there may be none; a single value is a list of one. */
    List<YamlValue> listElements() {
        return isList() && ((SequenceNode) node).getValue().isEmpty()
                ? List.of()
                : elements("").orElseThrow();
    }

    /** A list, or a single value, of which every element is read in the same way; empty if any is wrong. */
    <T> Optional<List<T>> list(String expected, Function<YamlValue, Optional<T>> read) {
        return elements(expected).flatMap(elements -> {
            List<T> values = new ArrayList<>();
            elements.forEach(element -> read.apply(element).ifPresent(values::add));
            return values.size() == elements.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
        });
    }

    /** Text in quotes or out of them; a number or {@code yes} is text as well. */
    Optional<String> text(String expected) {
        if (node instanceof ScalarNode scalar
                && !isNothing()
                && !scalar.getValue().isBlank()) {
            return Optional.of(scalar.getValue().strip());
        }
        mistake(expected);
        return Optional.empty();
    }

    Optional<Integer> wholeNumber(int least, int most) {
        Optional<Integer> number = unquoted(WHOLE_NUMBER)
                .map(text -> Integer.parseInt(text.replace("_", "")))
                .filter(value -> value >= least && value <= most);
        if (number.isEmpty()) {
            mistake("a whole number from " + least + " to " + most);
        }
        return number;
    }

    /** At least a second: {@code 30s}, {@code 5m}, {@code 2h}. */
    Optional<Duration> duration() {
        Optional<Duration> duration = unquoted(DURATION).map(text -> {
            long number = Long.parseLong(text.substring(0, text.length() - 1));
            return switch (text.charAt(text.length() - 1)) {
                case 's' -> Duration.ofSeconds(number);
                case 'm' -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        });
        if (duration.isEmpty()) {
            mistake("a duration of at least a second, like 30s, 5m or 2h");
        }
        return duration;
    }

    /** A number in [0, 1]. */
    Optional<Double> ratio() {
        return number("a number in [0, 1]", value -> value >= 0 && value <= 1);
    }

    /** A number in (0, 1]. */
    Optional<Double> positiveRatio() {
        return number("a number in (0, 1]", value -> value > 0 && value <= 1);
    }

    private Optional<Double> number(String expected, Predicate<Double> range) {
        Optional<Double> number = unquoted(NUMBER)
                .map(text -> Double.parseDouble(text) + 0.0) // -0 + 0 is 0
                .filter(range);
        if (number.isEmpty()) {
            mistake(expected);
        }
        return number;
    }

    /** A constant's name in any case. */
    <E extends Enum<E>> Optional<E> constant(Class<E> type) {
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(Enum::name).toList();
        Optional<String> typed = node instanceof ScalarNode scalar
                ? Optional.of(scalar.getValue().strip())
                : Optional.empty();
        Optional<E> constant = typed.map(text -> text.toUpperCase(Locale.ROOT))
                .filter(names::contains)
                .map(name -> Enum.valueOf(type, name));
        if (constant.isEmpty()) {
            String meant = typed.flatMap(text -> Spelling.nearest(text, names))
                    .map(name -> " (did you mean " + name + "?)")
                    .orElse("");
            mistakes.add(line(), path, "one of " + String.join(", ", names), found() + meant);
        }
        return constant;
    }

    /** What stands here, in a mistake's words. */
    String found() {
        if (isList()) {
            return "a list";
        }
        if (isMapping()) {
            return "keys with values";
        }
        if (isNothing()) {
            return "nothing";
        }
        ScalarNode scalar = (ScalarNode) node;
        String text = StudyMistakes.shown(scalar.getValue());
        return scalar.getScalarStyle() == ScalarStyle.PLAIN ? text : "the text '" + text + "'";
    }

    private boolean isNothing() {
        return node.getTag().equals(Tag.NULL);
    }

    private Optional<String> unquoted(Pattern pattern) {
        return node instanceof ScalarNode scalar
                        && scalar.getScalarStyle() == ScalarStyle.PLAIN
                        && pattern.matcher(scalar.getValue()).matches()
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }
}
