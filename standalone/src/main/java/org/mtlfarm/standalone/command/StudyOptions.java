package org.mtlfarm.standalone.command;

import java.nio.file.Path;

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

    @Option(
            names = "--vectors",
            paramLabel = "VECTORS",
            description = "In place of the study's: builtin, or a .vec, .txt, .gz or fastText .bin file.")
    private String vectors;

    Study read(String nameOrFile) {
        Path folder = Path.of(System.getProperty(HOME, "."), "studies");
        return StudyReader.read(StudyFiles.find(nameOrFile, folder)).withSources(corpus, vectors);
    }
}
