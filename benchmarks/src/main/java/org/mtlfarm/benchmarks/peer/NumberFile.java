package org.mtlfarm.benchmarks.peer;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of numbers, little-endian, nothing else in it: what NumPy's {@code fromfile} reads. */
final class NumberFile implements AutoCloseable {
    private final Path file;
    private final DataOutputStream out;

    NumberFile(Path file) {
        this.file = file;
        try {
            OutputStream stream = Files.newOutputStream(file);
            out = new DataOutputStream(new BufferedOutputStream(stream));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    static void write(Path file, float[] numbers) {
        try (NumberFile open = new NumberFile(file)) {
            for (float number : numbers) {
                open.writeInt(Float.floatToRawIntBits(number));
            }
        }
    }

    static void write(Path file, int[] numbers) {
        try (NumberFile open = new NumberFile(file)) {
            open.write(numbers);
        }
    }

    void write(int[] numbers) {
        for (int number : numbers) {
            writeInt(number);
        }
    }

    void writeDouble(double number) {
        try {
            out.writeLong(Long.reverseBytes(Double.doubleToRawLongBits(number)));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void writeInt(int number) {
        try {
            out.writeInt(Integer.reverseBytes(number));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(file + " could not be written: " + e.getMessage(), e);
    }
}
