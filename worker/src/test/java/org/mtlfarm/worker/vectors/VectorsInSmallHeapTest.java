package org.mtlfarm.worker.vectors;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Files far larger than the heap, read by a Java process of its own. */
class VectorsInSmallHeapTest {
    private static final int DIMENSION = 300;
    private static final int WORDS = 100_000;
    private static final int WANTED = 2_000;

    @TempDir
    Path folder;

    @Test
    void aFileOf200MegabytesIsReadInAHeapOf24() throws IOException, InterruptedException {
        Path file = folder.resolve("large.vec.gz");
        try (OutputStream out = new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(file)), 1 << 16)) {
            byte[] numbers = " 0.12345".repeat(DIMENSION).concat("\n").getBytes(StandardCharsets.US_ASCII);
            out.write((WORDS + " " + DIMENSION + "\n").getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < WORDS; i++) {
                out.write(("word" + i).getBytes(StandardCharsets.US_ASCII));
                out.write(numbers);
            }
        }

        assertThat(loadedInSmallHeap(file)).isEqualTo(WORDS + " words in the file, " + WANTED + " found, 0 composed");
    }

    /** The matrix is a hole in the file but for some rows, which takes no room on the disk. */
    @Test
    void aFastTextModelOf7GigabytesIsReadInAHeapOf24() throws IOException, InterruptedException {
        Path file = folder.resolve("large.bin");
        ModelFile model = new ModelFile();
        model.dimension = DIMENSION;
        model.words = IntStream.range(0, WORDS / 2).mapToObj(i -> "word" + i).toList();
        model.buckets = 6_000_000;
        model.shortest = 3;
        model.longest = 6;
        model.writeSparse(file, 0, WORDS / 2 + model.buckets - 1);

        assertThat(Files.size(file)).isGreaterThan(7_000_000_000L);
        assertThat(loadedInSmallHeap(file))
                .isEqualTo(WORDS / 2 + " words in the file, " + WANTED / 2 + " found, " + WANTED / 2 + " composed");
    }

    private static String loadedInSmallHeap(Path file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        VectorsInSmallHeapTest.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    /** Loads the file named and prints what was found. */
    public static void main(String[] arguments) {
        Set<String> words = IntStream.range(0, WANTED)
                .mapToObj(i -> "word" + i * (WORDS / WANTED))
                .collect(Collectors.toSet());
        LoadedVectors loaded = VectorsLoader.load(Path.of(arguments[0]), words);
        System.out.println(loaded.fileWords() + " words in the file, " + loaded.exact() + " found, " + loaded.composed()
                + " composed");
    }
}
