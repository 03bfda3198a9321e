package org.mtlfarm.worker.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.mtlfarm.schemas.InvalidInputException;

/**
 * Reads a corpus from CoNLL files ({@link ConllLines}) of any tag scheme ({@link TagScheme}). Whatever the files are
 * written in, the training part comes out in IO, the scored parts in IOB2.
 */
public final class CorpusLoader {
    private enum Part {
        TRAIN,
        DEV,
        TEST;

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final Pattern KEY = Pattern.compile("(?:^|,)\\s*(train|dev|test|folder|file|scheme|word|tags)=");
    private static final Pattern DOCUMENT =
            Pattern.compile("(readme|licen[cs]e|copying).*|.*\\.(md|rst|html?|pdf)|.*~|\\..*");

    private CorpusLoader() {}

    /** What a source says: which files, which of their columns, and the scheme of their tags. */
    private record Source(String name, Map<Part, Path> files, Columns columns, Optional<TagScheme> scheme) {}

    /**
     * A corpus by what a user or a run says of it: a folder, or {@code train=F,dev=F,test=F}. Behind the latter, or behind
     * {@code folder=F}, {@code ,word=2,tags=4} states the columns, counted from 1, instead of first and last (second and last
     * where the first column numbers the tokens), and {@code ,scheme=IOB2} the tag scheme of all parts instead of having it
     * found out.
     *
     * @throws InvalidInputException if it cannot be used; the message is one line that says what was expected, what was
     *     found, and where
     */
    public static LoadedCorpus load(String source) {
        return load(source(source));
    }

    /** The training part of a corpus with the tags of another column. */
    public static LabelledText column(String source, int column) {
        Source found = source(source);
        return labelled(
                ConllPart.read(found.files().get(Part.TRAIN), found.columns().withTags(column), Optional.empty()));
    }

    /** A text by what a study says of it: {@code file=F}, and behind it {@code ,word=1,tags=3,scheme=IO}. */
    public static LabelledText text(String source) {
        Map<String, String> values = keyed(source);
        Columns columns = columns(values);
        Optional<TagScheme> scheme = scheme(values);
        if (!values.keySet().equals(Set.of("file"))) {
            throw new InvalidInputException("expected a text as file=F,word=N,tags=N, found " + source);
        }
        return labelled(ConllPart.read(path(values.get("file")), columns, scheme));
    }

    private static LabelledText labelled(ConllPart part) {
        List<String> labels = labels(part);
        if (labels.size() < 2) {
            throw new InvalidInputException(
                    part.file() + ": expected tags of at least two kinds to learn, found " + labels);
        }
        return new LabelledText(part.inIo(), labels, part.warnings());
    }

    /** {@code O} first, if there are spans or it occurs, then the types. */
    private static List<String> labels(ConllPart part) {
        List<String> labels = new ArrayList<>(new TreeSet<>(part.types()));
        if (part.scheme() != TagScheme.TOKENS || part.hasOutside()) {
            labels.add(0, "O");
        }
        return labels;
    }

    private static Source source(String source) {
        if (!KEY.matcher(source).lookingAt()) {
            return folder(path(source), Columns.USUAL, Optional.empty());
        }
        Map<String, String> values = keyed(source);
        Columns columns = columns(values);
        Optional<TagScheme> scheme = scheme(values);
        if (values.keySet().equals(Set.of("folder"))) {
            return folder(path(values.get("folder")), columns, scheme);
        }
        if (!values.keySet().equals(Set.of("train", "dev", "test"))) {
            throw new InvalidInputException(
                    "expected a corpus as a folder or as train=F,dev=F,test=F, found " + source);
        }
        return files(path(values.get("train")), path(values.get("dev")), path(values.get("test")), columns, scheme);
    }

    private static Optional<TagScheme> scheme(Map<String, String> values) {
        return Optional.ofNullable(values.remove("scheme")).map(TagScheme::named);
    }

    private static Columns columns(Map<String, String> values) {
        return new Columns(column(values, "word"), column(values, "tags"));
    }

    private static OptionalInt column(Map<String, String> values, String key) {
        String value = values.remove(key);
        if (value == null) {
            return OptionalInt.empty();
        }
        if (!value.matches("[1-9]\\d{0,3}")) {
            throw new InvalidInputException(
                    "expected the number of a column, from 1, for " + key + "=, found " + value);
        }
        return OptionalInt.of(Integer.parseInt(value));
    }

    /**
     * The files of a folder by their names: the training part's has {@code train} in it, the development part's {@code
     * dev}, {@code valid} or {@code testa}, the test part's {@code test}; the first that fits, in this order. Hidden files,
     * and those that are called README, LICENSE or COPYING or end in .md, .rst, .htm, .html or .pdf, are passed over.
     */
    private static Source folder(Path folder, Columns columns, Optional<TagScheme> scheme) {
        Map<Part, List<Path>> candidates = candidates(folder);
        Map<Part, Path> files = new EnumMap<>(Part.class);
        candidates.forEach((part, found) -> files.put(part, only(folder, part, found)));
        return new Source(folder.toString(), files, columns, scheme);
    }

    public static LoadedCorpus loadFiles(Path train, Path dev, Path test, Optional<TagScheme> scheme) {
        return load(files(train, dev, test, Columns.USUAL, scheme));
    }

    private static Source files(Path train, Path dev, Path test, Columns columns, Optional<TagScheme> scheme) {
        String name = "train=" + train + ",dev=" + dev + ",test=" + test;
        return new Source(name, Map.of(Part.TRAIN, train, Part.DEV, dev, Part.TEST, test), columns, scheme);
    }

    private static LoadedCorpus load(Source source) {
        ConllPart train = part(source, Part.TRAIN);
        ConllPart dev = part(source, Part.DEV);
        ConllPart test = part(source, Part.TEST);
        boolean spans = train.scheme() != TagScheme.TOKENS;
        List<String> labels = labels(train);
        if (labels.size() < 2) {
            throw new InvalidInputException(train.file()
                    + (spans
                            ? ": expected tags of at least one type to learn, found only O"
                            : ": expected tags of at least two kinds to learn, found only " + labels.get(0)));
        }
        List<String> warnings = new ArrayList<>();
        if (!spans && source.scheme().isEmpty()) {
            warnings.add(
                    train.file() + ": no tag marks a span (B- or I- and a type): each is read as a label of its token"
                            + " (scheme=TOKENS), and what is called F1 is the share of tokens that get the right one");
        }
        for (ConllPart part : List.of(train, dev, test)) {
            warnings.addAll(part.warnings());
        }
        for (ConllPart part : List.of(dev, test)) {
            if (spans != (part.scheme() != TagScheme.TOKENS)) {
                throw new InvalidInputException(part.file() + ": expected tags of the training part's kind, "
                        + train.scheme() + ", found " + part.scheme());
            }
            Set<String> unknown = new TreeSet<>(part.types());
            unknown.removeAll(train.types());
            if (!unknown.isEmpty()) {
                warnings.add("%s: the training part has no %s: these spans are kept and count as missed"
                        .formatted(part.file(), String.join(", ", unknown)));
            }
            if (part.types().isEmpty()) {
                warnings.add(part.file() + ": all tags are O: nothing can be found there, its F1 is 0");
            }
        }
        Corpus corpus = new Corpus(source.name(), train.inIo(), dev.inIob2(), test.inIob2(), labels, spans);
        return new LoadedCorpus(corpus, train.scheme(), dev.scheme(), test.scheme(), warnings);
    }

    private static ConllPart part(Source source, Part part) {
        return ConllPart.read(source.files().get(part), source.columns(), source.scheme());
    }

    private static Map<String, String> keyed(String source) {
        Map<String, String> values = new LinkedHashMap<>();
        Matcher matcher = KEY.matcher(source);
        boolean more = matcher.find();
        while (more) {
            String key = matcher.group(1);
            int start = matcher.end();
            more = matcher.find();
            String value = source.substring(start, more ? matcher.start() : source.length())
                    .strip();
            if (value.isEmpty() || values.put(key, value) != null) {
                throw new InvalidInputException("expected one value for " + key + "= in " + source);
            }
        }
        return values;
    }

    private static Map<Part, List<Path>> candidates(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InvalidInputException(folder + ": expected a folder with a corpus, found "
                    + (Files.exists(folder) ? "a file; name three as train=F,dev=F,test=F" : "nothing"));
        }
        Map<Part, List<Path>> candidates = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            candidates.put(part, new ArrayList<>());
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(Files::isRegularFile)
                    .sorted()
                    .forEach(file ->
                            partOf(file).ifPresent(part -> candidates.get(part).add(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " could not be listed: " + e.getMessage(), e);
        }
        return candidates;
    }

    private static Optional<Part> partOf(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (DOCUMENT.matcher(name).matches()) {
            return Optional.empty();
        }
        if (name.contains("train")) {
            return Optional.of(Part.TRAIN);
        }
        if (name.contains("dev") || name.contains("valid") || name.contains("testa")) {
            return Optional.of(Part.DEV);
        }
        return name.contains("test") ? Optional.of(Part.TEST) : Optional.empty();
    }

    private static Path only(Path folder, Part part, List<Path> found) {
        if (found.size() == 1) {
            return found.get(0);
        }
        Set<String> names = new LinkedHashSet<>();
        found.forEach(file -> names.add(file.getFileName().toString()));
        throw new InvalidInputException("%s: expected one file of the %s part (%s in its name), found %s%s"
                .formatted(
                        folder,
                        part.key(),
                        switch (part) {
                            case TRAIN -> "train";
                            case DEV -> "dev, valid or testa";
                            case TEST -> "test";
                        },
                        names.isEmpty() ? "none" : String.join(", ", names),
                        names.isEmpty() ? "" : "; name three as train=F,dev=F,test=F"));
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("expected the name of a file or folder, found " + text, e);
        }
    }
}
