package org.mtlfarm.worker.vectors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

import org.mtlfarm.schemas.InvalidInputException;

/** A binary file read from its start through a buffer, or anywhere; one that ends too early is refused. */
final class LittleEndianFile {
    private static final int LONGEST_WORD = 1 << 24;

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private ByteBuffer buffer;
    private long bufferStart;

    LittleEndianFile(Path file, FileChannel channel, int bufferSize) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
        this.buffer = buffer(new byte[bufferSize]).limit(0);
    }

    /** Where the next byte lies in the file. */
    long position() {
        return bufferStart + buffer.position();
    }

    int int8() throws IOException {
        fill(1);
        return buffer.get();
    }

    int int32() throws IOException {
        fill(Integer.BYTES);
        return buffer.getInt();
    }

    long int64() throws IOException {
        fill(Long.BYTES);
        return buffer.getLong();
    }

    void skip(long count) {
        long target = requireMore(count, "all of its parts");
        if (target <= bufferStart + buffer.limit()) {
            buffer.position((int) (target - bufferStart));
        } else {
            bufferStart = target;
            buffer.position(0).limit(0);
        }
    }

    /** How many bytes come before the next zero byte; they lie in {@link #bytes} from {@link #start} until the next call. */
    int untilZero() throws IOException {
        int length = 0;
        while (true) {
            int end = buffer.remaining();
            byte[] bytes = bytes();
            int start = start();
            for (; length < end; length++) {
                if (bytes[start + length] == 0) {
                    return length;
                }
            }
            if (length >= LONGEST_WORD) {
                throw new InvalidInputException(
                        file + ": expected words in its dictionary, found one of over " + LONGEST_WORD + " bytes");
            }
            fill(length + 1);
        }
    }

    byte[] bytes() {
        return buffer.array();
    }

    int start() {
        return buffer.position();
    }

    /**
     * Refuses the file unless it goes on for some bytes.
     *
     * @return where they end
     */
    long requireMore(long count, String what) {
        long target = position() + count;
        if (target > size || target < 0) {
            throw new InvalidInputException(
                    file + ": expected " + what + " up to byte " + target + ", found a file cut off at byte " + size);
        }
        return target;
    }

    /** Fills what remains of a buffer from a place in the file, and flips it. */
    void read(long from, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, from + target.position()) < 0) {
                throw new InvalidInputException(
                        file + ": expected " + size + " bytes as before, found a file cut off at "
                                + (from + target.position()) + " while it was read");
            }
        }
        target.flip();
    }

    /** Makes the buffer hold some bytes at least; none of what it holds beyond its position is lost. */
    private void fill(int count) throws IOException {
        if (buffer.remaining() >= count) {
            return;
        }
        requireMore(count, "all of its parts");
        bufferStart = position();
        buffer.compact().flip();
        if (count > buffer.capacity()) {
            int held = buffer.limit();
            buffer = buffer(Arrays.copyOf(bytes(), 2 * buffer.capacity())).limit(held);
        }
        int held = buffer.limit();
        buffer.limit((int) Math.min(buffer.capacity(), size - bufferStart)).position(held);
        read(bufferStart, buffer);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
