package org.mtlfarm.producer.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StudyFilesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void twoStudies() throws IOException {
        Files.createFile(folder.resolve("quick.yaml"));
        Files.createFile(folder.resolve("smoke.yaml"));
    }

    @Test
    void aBareNameIsAStudyOfTheFolder() {
        assertThat(StudyFiles.find("quick", folder)).isEqualTo(folder.resolve("quick.yaml"));
    }

    @Test
    void aPathIsTakenAsItIs() {
        assertThat(StudyFiles.find("some/where.yaml", folder)).isEqualTo(Path.of("some/where.yaml"));
        assertThat(StudyFiles.find("mine.yaml", folder)).isEqualTo(Path.of("mine.yaml"));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNamesThereAre() {
        assertThatThrownBy(() -> StudyFiles.find("qiuck", folder))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("expected a study's file or one of the studies quick, smoke in " + folder
                        + ", found 'qiuck'; did you mean quick?");
    }
}
