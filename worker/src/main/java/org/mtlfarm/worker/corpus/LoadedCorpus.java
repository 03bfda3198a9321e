package org.mtlfarm.worker.corpus;

import java.util.List;

/**
 * A corpus as its files gave it.
 *
 * @param trainScheme the scheme that the training file was written in
 * @param warnings what a person should know of, a sentence each, with the file; empty if nothing was doubtful
 */
public record LoadedCorpus(
        Corpus corpus, TagScheme trainScheme, TagScheme devScheme, TagScheme testScheme, List<String> warnings) {
    public LoadedCorpus {
        warnings = List.copyOf(warnings);
    }
}
