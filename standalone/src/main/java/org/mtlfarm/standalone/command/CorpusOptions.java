package org.mtlfarm.standalone.command;

import java.util.Optional;

import picocli.CommandLine.Mixin;
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

    @Mixin
    private CorpusColumns columns;

    @Option(
            names = "--vectors",
            paramLabel = "VECTORS",
            description =
                    "builtin, spelling, or a .vec, .txt, .gz or fastText .bin file (default builtin for the built-in"
                            + " corpus, else spelling).")
    private String vectors;

    private Sources sources;

    /** Tells the console where vectors are chosen for the user, once. */
    Sources sources(Console console) {
        if (sources == null) {
            String chosen = columns.of(corpus);
            sources = new Sources(chosen, vectors == null ? DefaultVectors.of(chosen, console) : vectors);
        }
        return sources;
    }

    /** A library that tells what is doubtful in the files on standard error. */
    static CorpusLibrary library(Output output) {
        return new CorpusLibrary(
                Optional.empty(), Optional.empty(), warning -> output.note("farm: warning: " + warning));
    }
}
