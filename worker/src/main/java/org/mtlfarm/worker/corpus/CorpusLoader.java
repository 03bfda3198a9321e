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

    private static final Pattern KEY = Pattern.compile("(?:^|,)\\s*(train|dev|test|folder|scheme)=");
    private static final Pattern DOCUMENT =
            Pattern.compile("(readme|licen[cs]e|copying).*|.*\\.(md|rst|html?|pdf)|.*~|\\..*");

    private CorpusLoader() {}

    /**
     * A corpus by what a user or a run says of it: a folder, or {@code train=F,dev=F,test=F}; {@code ,scheme=IOB2} behind
     * the latter, or behind {@code folder=F}, states the tag scheme of all parts instead of having it found out.
     *
     * @throws InvalidInputException if it cannot be used; the message is one line that says what was expected, what was
     *     found, and where
     */
    public static LoadedCorpus load(String source) {
        if (!KEY.matcher(source).lookingAt()) {
            return loadFolder(path(source), Optional.empty());
        }
        Map<String, String> values = keyed(source);
        Optional<TagScheme> scheme =
                Optional.ofNullable(values.remove("scheme")).map(TagScheme::named);
        if (values.keySet().equals(Set.of("folder"))) {
            return loadFolder(path(values.get("folder")), scheme);
        }
        if (!values.keySet().equals(Set.of("train", "dev", "test"))) {
            throw new InvalidInputException(
                    "expected a corpus as a folder or as train=F,dev=F,test=F, found " + source);
        }
        return loadFiles(path(values.get("train")), path(values.get("dev")), path(values.get("test")), scheme);
    }

    /**
     * The files of a folder by their names: the training part's has {@code train} in it, the development part's {@code
     * dev}, {@code valid} or {@code testa}, the test part's {@code test}; the first that fits, in this order. Hidden files,
     * and those that are called README, LICENSE or COPYING or end in .md, .rst, .htm, .html or .pdf, are passed over.
     */
    public static LoadedCorpus loadFolder(Path folder, Optional<TagScheme> scheme) {
        Map<Part, List<Path>> candidates = candidates(folder);
        Map<Part, Path> files = new EnumMap<>(Part.class);
        candidates.forEach((part, found) -> files.put(part, only(folder, part, found)));
        return load(folder.toString(), files, scheme);
    }

    public static LoadedCorpus loadFiles(Path train, Path dev, Path test, Optional<TagScheme> scheme) {
        String name = "train=" + train + ",dev=" + dev + ",test=" + test;
        return load(name, Map.of(Part.TRAIN, train, Part.DEV, dev, Part.TEST, test), scheme);
    }

    private static LoadedCorpus load(String name, Map<Part, Path> files, Optional<TagScheme> scheme) {
        ConllPart train = ConllPart.read(files.get(Part.TRAIN), scheme);
        ConllPart dev = ConllPart.read(files.get(Part.DEV), scheme);
        ConllPart test = ConllPart.read(files.get(Part.TEST), scheme);
        if (train.types().isEmpty()) {
            throw new InvalidInputException(
                    files.get(Part.TRAIN) + ": expected tags of at least one type to learn, found only O");
        }
        List<String> warnings = new ArrayList<>();
        for (ConllPart part : List.of(train, dev, test)) {
            warnings.addAll(part.warnings());
        }
        for (ConllPart part : List.of(dev, test)) {
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
        List<String> labels = new ArrayList<>(List.of("O"));
        labels.addAll(new TreeSet<>(train.types()));
        Corpus corpus = new Corpus(name, train.inIo(), dev.inIob2(), test.inIob2(), labels);
        return new LoadedCorpus(corpus, train.scheme(), dev.scheme(), test.scheme(), warnings);
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
