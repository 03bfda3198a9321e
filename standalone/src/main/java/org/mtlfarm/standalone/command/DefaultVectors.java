package org.mtlfarm.standalone.command;

import org.mtlfarm.worker.vectors.SpellingVectors;

/** The vectors of a corpus for which nobody has named any. */
final class DefaultVectors {
    private DefaultVectors() {}

    /** The built-in corpus has its own; the words of any other are told apart by their spelling, and the user is told. */
    static String of(String corpus, Console console) {
        if (CorpusColumns.isBuiltin(corpus)) {
            return "builtin";
        }
        console.note(
                "farm: no --vectors: words are known by their spelling alone (--vectors spelling). Vectors made from much"
                        + " text know more: fastText's of 157 languages, GloVe's of English");
        return SpellingVectors.NAME;
    }
}
