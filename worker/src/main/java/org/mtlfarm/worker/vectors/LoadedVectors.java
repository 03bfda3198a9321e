package org.mtlfarm.worker.vectors;

import java.util.List;

/**
 * Word vectors as their file gave them.
 *
 * @param exact words that the file has as they are
 * @param lowerCased words that it has in lower case alone
 * @param composed words that it does not have, made from their subwords
 * @param fileWords words that the file has, wanted or not
 * @param warnings what a person should know of, a sentence each, with the file; empty if nothing was doubtful
 */
public record LoadedVectors(
        WordVectors vectors, int exact, int lowerCased, int composed, long fileWords, List<String> warnings) {
    public LoadedVectors {
        warnings = List.copyOf(warnings);
    }
}
