package org.mtlfarm.standalone.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.standalone.report.ReportFolder;
import org.mtlfarm.standalone.report.StudyReport;
import org.mtlfarm.standalone.run.StudyTopics;

/** Where a study's averages, formulas and results are: in a folder, or on a running farm. */
final class StudySource {
    @Mixin
    private KafkaOptions kafka;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The folder of a farm run or farm report, or a file in it.")
    private Path source;

    @Option(names = "--study", paramLabel = "NAME", description = "In place of DIR: a study on a running farm.")
    private String study;

    /** One of them must be given. */
    void check() {
        if ((source == null) == (study == null)) {
            throw new InvalidInputException(
                    "expected either a folder or --study, found " + (source == null ? "neither" : "both"));
        }
    }

    /** The folder; none where the study is on a farm. */
    Optional<Path> folder() {
        return Optional.ofNullable(source)
                .map(given ->
                        Files.isRegularFile(given) ? given.toAbsolutePath().getParent() : given);
    }

    StudyReport read() {
        Instant now = Instant.now();
        return folder().map(folder -> ReportFolder.read(folder, now))
                .orElseGet(() -> StudyTopics.report(kafka.kafka(), study, now));
    }
}
