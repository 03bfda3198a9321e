package org.mtlfarm.worker.network.fused;

import java.nio.FloatBuffer;

import org.bytedeco.javacpp.FloatPointer;

/**
 * An operand of {@link Products}, outside the heap. It begins as zeros.
 *
 * <p>Java's loops run over {@code float[]}, since the JIT does not vectorise them over native memory (six times slower),
 * and BLAS runs here: handing it the arrays themselves would hold up the garbage collector, which on JDK 17 makes other
 * threads' allocations fail. So rows are copied, while they are in the first-level cache.
 */
final class NativeFloats implements AutoCloseable {
    private final FloatPointer pointer;
    private final FloatBuffer buffer;

    NativeFloats(int size) {
        pointer = new FloatPointer(Math.max(1, size));
        pointer.zero();
        buffer = pointer.asBuffer();
    }

    void put(int at, float[] from, int fromAt, int count) {
        buffer.put(at, from, fromAt, count);
    }

    void get(int at, float[] to, int toAt, int count) {
        buffer.get(at, to, toAt, count);
    }

    /** One and the same pointer at every call. */
    FloatPointer at(int index) {
        return pointer.position(index);
    }

    @Override
    public void close() {
        pointer.deallocate();
    }
}
