package org.mtlfarm.regressor.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.mtlfarm.schemas.InvalidInputException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CsvTableTest {
    @TempDir
    private Path folder;

    @Test
    void quotesWindowsLineEndsAndMarksAreRead() throws IOException {
        CsvTable csv = read("\uFEFFa,\"b, \"\"c\"\"\",name\r\n1,2e3,\"x\ny\"\r\n\r\n-.5,+4,z\r\n");
        assertThat(csv.header()).containsExactly("a", "b, \"c\"", "name");
        assertThat(csv.numbers("a")).containsExactly(1, -0.5);
        assertThat(csv.numbers("b, \"c\"")).containsExactly(2000, 4);
        assertThat(csv.text("name")).containsExactly("x\ny", "z");
    }

    @Test
    void semicolonsSeparateWhereTheHeaderHasNoComma() throws IOException {
        assertThat(read("a;b\n1;2\n").numbers("b")).containsExactly(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,b#1,x# | line 2, column \"b\": expected a number, found \"x\"",
                "a,b#1,2#3,nan# | line 3, column \"b\": expected a number, found \"nan\"",
                "a,b#1,# | line 2, column \"b\": expected a number, found nothing",
                "a,b#1,1e999# | found \"1e999\"",
                "a,c#1,2# | expected a column \"b\", found a, c",
                "a,b#1,2,3# | line 2: expected 2 cells as in the header, found 3",
                "a,a#1,2# | found \"a\" twice",
                "a,#1,2# | expected a name for column 2",
                "a,b#1,\"2# | line 2: expected a closing quote",
                "a,b#1,1e200# | between 1e-150 and 1e150 in size",
            })
    void mistakesNameTheirLineAndColumn(String text, String message) {
        assertThatThrownBy(() -> read(text.replace('#', '\n')).select("b", List.of("a"), null, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("table.csv")
                .hasMessageContaining(message);
    }

    @Test
    void filesThatAreNoTableAreRefused() throws IOException {
        assertThatThrownBy(() -> CsvTable.read(folder.resolve("missing.csv")))
                .hasMessageContaining("found nothing there");
        assertThatThrownBy(() -> CsvTable.read(folder)).hasMessageContaining("found a folder");
        assertThatThrownBy(() -> read("")).hasMessageContaining("found an empty file");
        assertThatThrownBy(() -> read("a,b\n\0\1\2\n")).hasMessageContaining("found a binary file");
        Path file = folder.resolve("bytes.csv");
        Files.write(file, new byte[] {'a', '\n', (byte) 0xFF, (byte) 0xFE, '\n'});
        assertThatThrownBy(() -> CsvTable.read(file)).hasMessageContaining("UTF-8");
    }

    @Test
    void withoutFeaturesEveryOtherColumnIsOne() throws IOException {
        Table table = read("a,g,b,w\n1,2,3,4\n").select("b", List.of(), "w", "g");
        assertThat(table.features()).containsExactly("a");
        assertThat(table.weights()).containsExactly(4);
        assertThat(table.groups()).containsExactly("2");
    }

    @Test
    void weightsMayBeAnExpressionAndGroupsSeveralColumns() throws IOException {
        CsvTable csv = read("a,g,b,w\n1,2,3,4\n1,3,3,0\n");
        Table table = csv.select("b", List.of("a"), "1/(w^2+1)", "a, g");
        assertThat(table.weights()).containsExactly(1.0 / 17, 1);
        assertThat(table.groups()[0]).isNotEqualTo(table.groups()[1]);
        assertThatThrownBy(() -> csv.select("b", List.of("a"), "1/w", null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 3: expected a finite weight");
        assertThatThrownBy(() -> csv.select("b", List.of("a"), "1/sigma", null))
                .hasMessageContaining("expected a column \"sigma\"");
    }

    private CsvTable read(String text) throws IOException {
        Path file = folder.resolve("table.csv");
        Files.write(file, text.getBytes(StandardCharsets.UTF_8));
        return CsvTable.read(file);
    }
}
