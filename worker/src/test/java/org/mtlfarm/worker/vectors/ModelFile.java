package org.mtlfarm.worker.vectors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes models as fastText does, with a formula for its matrix and any part of it wrong that a test wants wrong.
 * Everything that is not set is as in a small skipgram model.
 */
final class ModelFile {
    int magic = 793712314;
    int version = 12;
    int dimension = 3;
    int kind = 2;
    int buckets = 11;
    int shortest = 2;
    int longest = 4;
    List<String> words = List.of("the", "Rome", "rome", "</s>");
    List<String> labels = List.of();
    int countedWords = -1;
    long pruned = -1;
    int wordType;
    int quantized;
    long rows = -1;
    long columns = -1;
    int outputs = 2;
    float first = number(0, 0);

    /** What stands in a row of the matrix. */
    static float number(long row, int column) {
        return (float) Math.sin(1 + row) * (column + 1);
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(beforeMatrix());
        ByteBuffer matrix = little((int) rows() * dimension * Float.BYTES);
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < dimension; column++) {
                matrix.putFloat(row == 0 && column == 0 ? first : number(row, column));
            }
        }
        out.writeBytes(matrix.array());
        out.writeBytes(outputs());
        return out.toByteArray();
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    /** A file whose matrix is a hole but for the rows that are named. */
    void writeSparse(Path file, long... filled) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            byte[] start = beforeMatrix();
            channel.write(ByteBuffer.wrap(start), 0);
            long rowBytes = (long) dimension * Float.BYTES;
            for (long row : filled) {
                ByteBuffer numbers = little((int) rowBytes);
                for (int column = 0; column < dimension; column++) {
                    numbers.putFloat(number(row, column));
                }
                channel.write(numbers.flip(), start.length + row * rowBytes);
            }
            channel.write(ByteBuffer.wrap(outputs()), start.length + rows() * rowBytes);
        }
    }

    private long rows() {
        return words.size() + (long) buckets;
    }

    private byte[] beforeMatrix() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] settings = {magic, version, dimension, 5, 1, 1, 5, 1, 2, kind, buckets, shortest, longest, 100};
        out.writeBytes(ints(settings));
        out.writeBytes(little(Double.BYTES).putDouble(1e-4).array());
        int counted = countedWords < 0 ? words.size() : countedWords;
        out.writeBytes(ints(words.size() + labels.size(), counted, labels.size()));
        out.writeBytes(little(2 * Long.BYTES).putLong(1_000).putLong(pruned).array());
        List<String> entries = new ArrayList<>(words);
        entries.addAll(labels);
        for (int i = 0; i < entries.size(); i++) {
            out.writeBytes(entries.get(i).getBytes(StandardCharsets.UTF_8));
            out.write(0);
            out.writeBytes(little(Long.BYTES).putLong(entries.size() - i).array());
            out.write(i < words.size() ? wordType : 1);
        }
        out.write(quantized);
        out.writeBytes(little(2 * Long.BYTES)
                .putLong(rows < 0 ? rows() : rows)
                .putLong(columns < 0 ? dimension : columns)
                .array());
        return out.toByteArray();
    }

    private byte[] outputs() {
        return little(1 + 2 * Long.BYTES + outputs * dimension * Float.BYTES)
                .put((byte) 0)
                .putLong(outputs)
                .putLong(dimension)
                .array();
    }

    private static byte[] ints(int... numbers) {
        ByteBuffer buffer = little(numbers.length * Integer.BYTES);
        Arrays.stream(numbers).forEach(buffer::putInt);
        return buffer.array();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
