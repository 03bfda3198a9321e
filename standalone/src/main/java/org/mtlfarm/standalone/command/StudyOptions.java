package org.mtlfarm.standalone.command;

import org.mtlfarm.producer.study.Study;
import org.mtlfarm.standalone.run.Studies;
import picocli.CommandLine.Option;

/** Where a study's corpus and vectors are, if not where it says. */
final class StudyOptions {
    @Option(
            names = "--corpus",
            paramLabel = "CORPUS",
            description = "In place of the study's: builtin, a folder, or train=F,dev=F,test=F.")
    private String corpus;

    @Option(
            names = "--vectors",
            paramLabel = "VECTORS",
            description = "In place of the study's: builtin, or a .vec, .txt or .gz file.")
    private String vectors;

    Study read(String nameOrFile) {
        return Studies.read(nameOrFile).withSources(corpus, vectors);
    }
}
