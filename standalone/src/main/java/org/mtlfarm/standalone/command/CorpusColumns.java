package org.mtlfarm.standalone.command;

import picocli.CommandLine.Option;

import org.mtlfarm.schemas.InvalidInputException;

/** Which columns of a corpus's files. */
final class CorpusColumns {
    @Option(
            names = "--word-column",
            paramLabel = "N",
            description =
                    "Column of the words in the corpus's files, from 1 (default the first; where that numbers them, 2).")
    private Integer word;

    @Option(
            names = "--tags-column",
            paramLabel = "N",
            description = "Column of the tags in the corpus's files, from 1 (default the last).")
    private Integer tags;

    /** The source with its columns: {@code folder=F,tags=4}. */
    String of(String corpus) {
        if (word == null && tags == null) {
            return corpus;
        }
        check("--word-column", word);
        check("--tags-column", tags);
        if (corpus == null || isBuiltin(corpus)) {
            throw new InvalidInputException(
                    "--word-column and --tags-column: expected a corpus of files (--corpus), found "
                            + (corpus == null ? "none" : corpus));
        }
        boolean keyed = corpus.matches("\\s*(train|dev|test|folder)=.*");
        return (keyed ? corpus : "folder=" + corpus)
                + (word == null ? "" : ",word=" + word)
                + (tags == null ? "" : ",tags=" + tags);
    }

    static boolean isBuiltin(String corpus) {
        return corpus.equals("builtin") || corpus.startsWith("builtin:");
    }

    private static void check(String option, Integer column) {
        if (column != null && column < 1) {
            throw new InvalidInputException(option + ": expected a column's number, from 1, found " + column);
        }
    }
}
