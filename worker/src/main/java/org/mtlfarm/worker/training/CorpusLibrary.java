package org.mtlfarm.worker.training;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.builtin.BuiltinCorpus;
import org.mtlfarm.worker.builtin.BuiltinSettings;
import org.mtlfarm.worker.builtin.BuiltinVectors;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.CorpusLoader;
import org.mtlfarm.worker.corpus.LabelledText;
import org.mtlfarm.worker.corpus.LoadedCorpus;
import org.mtlfarm.worker.vectors.LoadedVectors;
import org.mtlfarm.worker.vectors.SpellingVectors;
import org.mtlfarm.worker.vectors.VectorsLoader;
import org.mtlfarm.worker.vectors.WordVectors;

/**
 * Corpora with their vectors, loaded once and kept in memory for all slots. What a file held when it was loaded is what
 * counts until the process ends. Safe for use by several threads; those that ask for what is being loaded wait for it.
 */
public final class CorpusLibrary {
    private static final String BUILTIN = "builtin";

    private final Optional<String> corpusOverride;
    private final Optional<String> vectorsOverride;
    private final Consumer<String> warnings;
    private final Map<Sources, Supplier<EncodedCorpus>> loaded = new ConcurrentHashMap<>();
    private final Map<Labelled, Supplier<EncodedCorpus>> labelled = new ConcurrentHashMap<>();

    /** A corpus with real labels of tasks beside the real one. */
    private record Labelled(Sources sources, List<String> labels) {}

    /**
     * A library.
     *
     * @param corpusOverride read in place of the corpus that a run names
     * @param vectorsOverride read in place of the vectors that a run names
     * @param warnings told of what is doubtful in a file, a sentence each, once, on the thread that loads
     */
    public CorpusLibrary(Optional<String> corpusOverride, Optional<String> vectorsOverride, Consumer<String> warnings) {
        this.corpusOverride = corpusOverride;
        this.vectorsOverride = vectorsOverride;
        this.warnings = warnings;
    }

    /** The sources that are really read for those that a run names. */
    public Sources resolve(Sources named) {
        return Sources.newBuilder()
                .setCorpus(corpusOverride.orElse(named.getCorpus()))
                .setVectors(vectorsOverride.orElse(named.getVectors()))
                .build();
    }

    /**
     * The corpus and vectors of some sources: {@code builtin}, {@code builtin:tokens=N,seed=S}, a folder, or {@code
     * train=F,dev=F,test=F}; vectors {@code builtin}, {@code spelling} or a file.
     *
     * @throws InvalidInputException if a file cannot be used; what cannot be loaded is tried again when asked for again
     */
    public EncodedCorpus get(Sources named) {
        Sources sources = resolve(named);
        Supplier<EncodedCorpus> corpus = loaded.computeIfAbsent(sources, wanted -> once(() -> load(wanted)));
        return corpus.get();
    }

    /**
     * The same, with the real labels and the other texts that an experiment's tasks are trained on.
     *
     * @throws InvalidInputException if one of them cannot be used
     */
    public EncodedCorpus get(Sources named, Experiment experiment) {
        List<String> labels = OtherTasks.of(experiment).stream()
                .filter(OtherTasks::isReal)
                .map(OtherTask::getLabels)
                .distinct()
                .toList();
        return labels.isEmpty() ? get(named) : withLabels(resolve(named), labels);
    }

    /** Real labels of a task beside the real one: {@code column=4} of a corpus, or {@code file=F,tags=3}. */
    public OtherLabels labels(Sources named, String labels) {
        return withLabels(resolve(named), List.of(labels)).others().get(0);
    }

    private EncodedCorpus withLabels(Sources sources, List<String> labels) {
        return labelled.computeIfAbsent(
                        new Labelled(sources, labels),
                        wanted -> once(() -> {
                            EncodedCorpus corpus = get(sources);
                            Map<String, LabelledText> read = new LinkedHashMap<>();
                            labels.forEach(source -> read.put(source, read(sources.getCorpus(), source)));
                            return encode(sources, corpus, read);
                        }))
                .get();
    }

    private LabelledText read(String corpus, String source) {
        LabelledText text;
        if (OtherTasks.hasOwnText(source)) {
            text = CorpusLoader.text(source);
        } else if (BuiltinSettings.names(corpus)) {
            throw new InvalidInputException("expected a corpus of files, whose " + source + " holds other tags, found "
                    + corpus + ", which has one kind alone");
        } else {
            text = CorpusLoader.column(corpus, Integer.parseInt(source.substring(source.indexOf('=') + 1)));
        }
        text.warnings().forEach(warnings);
        return text;
    }

    /** A text of its own has words that the corpus has not: they must be in the one table of vectors. */
    private static EncodedCorpus encode(Sources sources, EncodedCorpus corpus, Map<String, LabelledText> read) {
        Set<String> more = new TreeSet<>();
        read.values().forEach(text -> more.addAll(List.of(text.text().words())));
        more.removeAll(corpus.corpus().words());
        EncodedCorpus wider = more.isEmpty()
                ? corpus
                : EncodedCorpus.of(
                        corpus.corpus(),
                        vectors(sources.getVectors(), corpus.corpus(), more, new ArrayList<>()),
                        sources.getVectors(),
                        corpus.warnings());
        return wider.withOthers(read.entrySet().stream()
                .map(entry -> OtherLabels.of(entry.getKey(), entry.getValue(), wider.vectors()))
                .toList());
    }

    private static Supplier<EncodedCorpus> once(Supplier<EncodedCorpus> load) {
        return new Supplier<>() {
            private EncodedCorpus encoded;

            @Override
            public synchronized EncodedCorpus get() {
                if (encoded == null) {
                    encoded = load.get();
                }
                return encoded;
            }
        };
    }

    private EncodedCorpus load(Sources sources) {
        List<String> doubts = new ArrayList<>();
        Corpus corpus = corpus(sources.getCorpus(), doubts);
        WordVectors vectors = vectors(sources.getVectors(), corpus, Set.of(), doubts);
        EncodedCorpus encoded = EncodedCorpus.of(corpus, vectors, sources.getVectors(), doubts);
        encoded.warnings().forEach(warnings);
        return encoded;
    }

    /** A corpus alone, without vectors; it is not kept. */
    public Corpus corpus(String source) {
        List<String> doubts = new ArrayList<>();
        Corpus corpus = corpus(source, doubts);
        doubts.forEach(warnings);
        return corpus;
    }

    private static Corpus corpus(String source, List<String> doubts) {
        if (BuiltinSettings.names(source)) {
            return BuiltinCorpus.generate(BuiltinSettings.parse(source));
        }
        LoadedCorpus corpus = CorpusLoader.load(source);
        doubts.addAll(corpus.warnings());
        return corpus.corpus();
    }

    /** Of a corpus's words and some more. */
    private static WordVectors vectors(String source, Corpus corpus, Set<String> more, List<String> doubts) {
        if (source.equals(BUILTIN)) {
            List<String> running = new ArrayList<>();
            Stream.of(corpus.train(), corpus.dev(), corpus.test())
                    .forEach(part -> running.addAll(List.of(part.words())));
            running.addAll(more);
            return BuiltinVectors.of(running, BuiltinVectors.DEFAULT_DIMENSION);
        }
        Set<String> words = new HashSet<>(corpus.words());
        words.addAll(more);
        if (SpellingVectors.names(source)) {
            return SpellingVectors.parse(source).of(words);
        }
        LoadedVectors vectors = VectorsLoader.load(file(source), words);
        doubts.addAll(vectors.warnings());
        return vectors.vectors();
    }

    private static Path file(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidInputException("expected the name of a file with word vectors, found " + text, e);
        }
    }
}
