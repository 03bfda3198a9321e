package org.mtlfarm.worker.training;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.builtin.BuiltinCorpus;
import org.mtlfarm.worker.builtin.BuiltinSettings;
import org.mtlfarm.worker.builtin.BuiltinVectors;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.CorpusLoader;
import org.mtlfarm.worker.corpus.LoadedCorpus;
import org.mtlfarm.worker.vectors.LoadedVectors;
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
     * train=F,dev=F,test=F}; vectors {@code builtin} or a file.
     *
     * @throws InvalidInputException if a file cannot be used; what cannot be loaded is tried again when asked for again
     */
    public EncodedCorpus get(Sources named) {
        Sources sources = resolve(named);
        Supplier<EncodedCorpus> corpus = loaded.computeIfAbsent(sources, this::once);
        return corpus.get();
    }

    /**
     * The same, with the real labels and the other texts that an experiment's tasks are trained on.
     *
     * @throws InvalidInputException if one of them cannot be had, or is not what the experiment was planned for
     */
    public EncodedCorpus get(Sources named, Experiment experiment) {
        return get(named);
    }

    private Supplier<EncodedCorpus> once(Sources sources) {
        return new Supplier<>() {
            private EncodedCorpus encoded;

            @Override
            public synchronized EncodedCorpus get() {
                if (encoded == null) {
                    encoded = load(sources);
                }
                return encoded;
            }
        };
    }

    private EncodedCorpus load(Sources sources) {
        List<String> doubts = new ArrayList<>();
        Corpus corpus = corpus(sources.getCorpus(), doubts);
        WordVectors vectors = vectors(sources.getVectors(), corpus, doubts);
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

    private static WordVectors vectors(String source, Corpus corpus, List<String> doubts) {
        if (source.equals(BUILTIN)) {
            return BuiltinVectors.of(corpus);
        }
        LoadedVectors vectors = VectorsLoader.load(file(source), corpus.words());
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
