package org.mtlfarm.standalone.command;

import org.mtlfarm.worker.builtin.BuiltinCorpus;
import org.mtlfarm.worker.builtin.BuiltinSettings;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.CorpusLoader;
import org.mtlfarm.worker.corpus.LoadedCorpus;

/** A corpus by the name that users give it. */
final class Corpora {
    private Corpora() {}

    /** Loads it; what a reader should be told of it goes to standard error. */
    static Corpus load(String name, Output output) {
        if (BuiltinSettings.names(name)) {
            return BuiltinCorpus.generate(BuiltinSettings.parse(name));
        }
        LoadedCorpus loaded = CorpusLoader.load(name);
        loaded.warnings().forEach(warning -> output.note("farm: warning: " + warning));
        return loaded.corpus();
    }
}
