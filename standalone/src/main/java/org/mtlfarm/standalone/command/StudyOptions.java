package org.mtlfarm.standalone.command;

import java.nio.file.Path;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.producer.study.Study;
import org.mtlfarm.producer.study.StudyFiles;
import org.mtlfarm.producer.study.StudyReader;

/** Where a study's corpus and vectors are, if not where it says. */
final class StudyOptions {
    /** Set by the {@code farm} script: the folder that it stands in. */
    private static final String HOME = "farm.home";

    @Option(
            names = "--corpus",
            paramLabel = "CORPUS",
            description = "In place of the study's: builtin, a folder, or train=F,dev=F,test=F.")
    private String corpus;

    @Mixin
    private CorpusColumns columns;

    @Option(
            names = "--vectors",
            paramLabel = "VECTORS",
            description = "In place of the study's: builtin, spelling, or a .vec, .txt, .gz or fastText .bin file.")
    private String vectors;

    /** Tells the console where vectors are chosen for the user. */
    Study read(String nameOrFile, Console console) {
        Path folder = Path.of(System.getProperty(HOME, "."), "studies");
        Study study = StudyReader.read(StudyFiles.find(nameOrFile, folder)).withSources(columns.of(corpus), vectors);
        boolean ownText =
                !CorpusColumns.isBuiltin(study.corpus()) && !study.corpus().equals(Study.GIVEN);
        boolean chosen = vectors != null || !study.vectors().equals("builtin");
        return ownText && !chosen ? study.withSources(null, DefaultVectors.of(study.corpus(), console)) : study;
    }
}
