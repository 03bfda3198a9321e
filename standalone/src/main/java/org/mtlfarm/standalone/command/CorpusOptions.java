package org.mtlfarm.standalone.command;

import java.util.Optional;

import picocli.CommandLine.Option;

import org.mtlfarm.schemas.Sources;
import org.mtlfarm.worker.training.CorpusLibrary;

/** Which corpus and vectors. */
final class CorpusOptions {
    @Option(
            names = "--corpus",
            defaultValue = "builtin",
            paramLabel = "CORPUS",
            description = "builtin, a folder, or train=F,dev=F,test=F (default ${DEFAULT-VALUE}).")
    private String corpus;

    @Option(
            names = "--vectors",
            defaultValue = "builtin",
            paramLabel = "VECTORS",
            description = "builtin, or a .vec, .txt, .gz or fastText .bin file (default ${DEFAULT-VALUE}).")
    private String vectors;

    Sources sources() {
        return new Sources(corpus, vectors);
    }

    /** A library that tells what is doubtful in the files on standard error. */
    static CorpusLibrary library(Output output) {
        return new CorpusLibrary(
                Optional.empty(), Optional.empty(), warning -> output.note("farm: warning: " + warning));
    }
}
