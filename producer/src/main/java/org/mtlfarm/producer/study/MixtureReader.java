package org.mtlfarm.producer.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads {@code others:}, tasks that are not all alike: a list of {@code {alpha: 0.9, tokens: 1000, count: 2}}. In a grid each
 * of these may hold lists, of which every combination is a mixture, and {@code others:} may be a list of such lists.
 */
final class MixtureReader {
    private static final List<String> KEYS = List.of("alpha", "ami", "column", "file", "tokens", "count");
    private static final List<String> FILE_KEYS = List.of("path", "word", "tags");
    private static final int MOST_TASKS = 1000;
    private static final int MOST_MIXTURES = 100_000;

    private final boolean single;
    private final Function<YamlValue, Optional<String>> path;

    /**
     * @param single whether lists of values are mistakes, since one experiment is described
     * @param path reads the path of a file
     */
    MixtureReader(boolean single, Function<YamlValue, Optional<String>> path) {
        this.single = single;
        this.path = path;
    }

    Optional<List<Mixture>> read(YamlValue value) {
        List<YamlValue> elements = value.listElements();
        long lists = elements.stream().filter(YamlValue::isList).count();
        if (lists == 0) {
            return mixtures(value, elements);
        }
        if (single) {
            value.mistake("the tasks of one experiment (lists of such lists make a grid: put them under grid:)");
            return Optional.empty();
        }
        List<Mixture> all = new ArrayList<>();
        boolean right = true;
        for (YamlValue element : elements) {
            if (!element.isList()) {
                element.mistake("a list of tasks, as the other elements are");
                right = false;
                continue;
            }
            Optional<List<Mixture>> some = mixtures(element, element.listElements());
            some.ifPresent(all::addAll);
            right &= some.isPresent();
        }
        return right ? Optional.of(all) : Optional.empty();
    }

    /** Every combination of what a list of tasks holds. */
    private Optional<List<Mixture>> mixtures(YamlValue list, List<YamlValue> elements) {
        List<List<Mixture.Part>> choices = new ArrayList<>();
        for (YamlValue element : elements) {
            parts(element).ifPresent(choices::add);
        }
        if (choices.size() < elements.size()) {
            return Optional.empty();
        }
        List<List<Mixture.Part>> combined = List.of(List.of());
        for (List<Mixture.Part> choice : choices) {
            if ((long) combined.size() * choice.size() > MOST_MIXTURES) {
                list.mistakes()
                        .add(
                                list.line(),
                                list.path(),
                                "at most " + StudyMistakes.thousands(MOST_MIXTURES) + " mixtures",
                                "more");
                return Optional.empty();
            }
            List<List<Mixture.Part>> longer = new ArrayList<>();
            for (List<Mixture.Part> before : combined) {
                for (Mixture.Part part : choice) {
                    longer.add(Stream.concat(before.stream(), Stream.of(part)).toList());
                }
            }
            combined = longer;
        }
        List<Mixture> mixtures = new ArrayList<>();
        for (List<Mixture.Part> parts : combined) {
            Mixture mixture = new Mixture(
                    list.path(), parts.stream().filter(part -> part.count() > 0).toList());
            if (mixture.tasks() > MOST_TASKS) {
                list.mistakes()
                        .add(
                                list.line(),
                                list.path(),
                                "at most " + MOST_TASKS + " tasks, the real one included",
                                StudyMistakes.thousands(mixture.tasks()));
                return Optional.empty();
            }
            mixtures.add(mixture);
        }
        return Optional.of(mixtures);
    }

    /** One element of a list of tasks, in every combination of its values. */
    private Optional<List<Mixture.Part>> parts(YamlValue element) {
        if (!element.isMapping()) {
            element.mistake("a task such as {alpha: 0.9, tokens: 1000} or {ami: 0.5, count: 3}");
            return Optional.empty();
        }
        YamlMapping keys = element.mapping(KEYS);
        Optional<List<Integer>> counts = keys.get("count").isPresent()
                ? values(keys.get("count").get(), "numbers of tasks", v -> v.wholeNumber(0, MOST_TASKS))
                : Optional.of(List.of(1));
        Optional<List<OptionalInt>> tokens = keys.get("tokens").isPresent()
                ? values(
                        keys.get("tokens").get(),
                        "numbers of training tokens",
                        v -> v.wholeNumber(1, 999_999_999).map(OptionalInt::of))
                : Optional.of(List.of(OptionalInt.empty()));
        Optional<List<Mixture.Part>> labels = labels(element, keys);
        if (counts.isEmpty() || tokens.isEmpty() || labels.isEmpty()) {
            return Optional.empty();
        }
        List<Mixture.Part> parts = new ArrayList<>();
        for (Mixture.Part part : labels.get()) {
            for (OptionalInt some : tokens.get()) {
                for (int count : counts.get()) {
                    parts.add(new Mixture.Part(part.path(), part.kind(), part.value(), part.labels(), some, count));
                }
            }
        }
        return Optional.of(parts);
    }

    /** Where labels come from, in every value that is given for it. */
    private Optional<List<Mixture.Part>> labels(YamlValue element, YamlMapping keys) {
        List<String> given = Stream.of("alpha", "ami", "column", "file")
                .filter(key -> keys.get(key).isPresent())
                .toList();
        if (given.size() != 1) {
            element.mistakes()
                    .add(
                            element.line(),
                            element.path(),
                            "one of alpha:, ami:, column: and file:",
                            given.isEmpty() ? "none of them" : String.join(": and ", given) + ":");
            return Optional.empty();
        }
        YamlValue value = keys.get(given.get(0)).orElseThrow();
        String path = element.path();
        return switch (given.get(0)) {
            case "alpha" ->
                values(
                        value,
                        "numbers in [0, 1]",
                        v -> v.ratio()
                                .map(alpha ->
                                        new Mixture.Part(path, Mixture.Kind.ALPHA, alpha, "", OptionalInt.empty(), 1)));
            case "ami" ->
                values(
                        value,
                        "numbers in [0, 1]",
                        v -> v.ratio()
                                .map(ami -> new Mixture.Part(path, Mixture.Kind.AMI, ami, "", OptionalInt.empty(), 1)));
            case "column" ->
                values(
                        value,
                        "numbers of columns",
                        v -> v.wholeNumber(1, 1000).map(column -> real(path, "column=" + column)));
            default -> values(value, "files", v -> file(v).map(labels -> real(path, labels)));
        };
    }

    private static Mixture.Part real(String path, String labels) {
        return new Mixture.Part(path, Mixture.Kind.REAL, 0, labels, OptionalInt.empty(), 1);
    }

    /** A path, or {@code {path: F, word: 1, tags: 4}}. */
    private Optional<String> file(YamlValue value) {
        if (!value.isMapping()) {
            return path.apply(value).map(file -> "file=" + file);
        }
        YamlMapping keys = value.mapping(FILE_KEYS);
        Optional<String> file = keys.required("path", "a file").flatMap(path).map(found -> "file=" + found);
        return file.flatMap(found -> SourceColumns.of(keys).map(columns -> found + columns));
    }

    private <T> Optional<List<T>> values(YamlValue value, String expected, Function<YamlValue, Optional<T>> read) {
        if (single && value.isList()) {
            value.mistake("one value (lists of values make a grid: put them under grid:)");
            return Optional.empty();
        }
        return value.list(expected, read);
    }
}
