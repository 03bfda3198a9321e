package org.mtlfarm.worker.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LabelPairsTest {
    @TempDir
    Path folder;

    @Test
    void twoColumnsAreReadHoweverTheyAreParted() throws IOException {
        LabelPairs pairs = read("PER 7\nO\t8\r\n\nPER,7\n O ; 7 \n");

        assertThat(pairs.u()).containsExactly(0, 1, 0, 1);
        assertThat(pairs.v()).containsExactly(0, 1, 0, 0);
    }

    @Test
    void aLineThatDoesNotHaveTwoLabelsIsRefused() {
        assertRefused("a b\n\na\n", "labels:3: expected two labels, found 1: a");
        assertRefused("a b\na b c\n", "labels:2: expected two labels, found 3: a b c");
        assertRefused("a b\na,\n", "labels:2: expected two labels");
        assertRefused(" \n", "labels: expected lines of two labels, found an empty file");
    }

    private void assertRefused(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    private LabelPairs read(String text) throws IOException {
        return LabelPairs.read(Files.writeString(folder.resolve("labels"), text));
    }
}
