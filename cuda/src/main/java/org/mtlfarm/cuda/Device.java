package org.mtlfarm.cuda;

import org.bytedeco.javacpp.BytePointer;

/**
 * What the engine needs of a card. Two implementations: the driver's ({@code org.mtlfarm.cuda.driver}) and the host's, for
 * tests ({@code org.mtlfarm.cuda.emulation}). Safe for use by several threads, each with streams of its own.
 *
 * <p>Every method throws {@link DeviceException} where the device refuses.
 */
public interface Device extends AutoCloseable {
    /** What it is and what its libraries are. */
    DeviceFacts facts();

    /** Bytes that could be allocated now. */
    long freeBytes();

    /** Memory of the device, not cleared: its address. */
    long allocate(long bytes);

    void free(long address);

    /** Memory of the host that the device copies from and to, zeros at first; freed by {@link #freeHost}. */
    BytePointer allocateHost(long bytes);

    void freeHost(BytePointer memory);

    /** Makes the device usable on this thread; to be called on every thread before anything else. */
    void enter();

    /** A queue of work, done in order, beside that of other streams. */
    Stream stream();

    @Override
    void close();

    /** Work for the device. What it is told is done later; {@link #await} waits for it. Used by one thread. */
    interface Stream extends AutoCloseable {
        void upload(long to, BytePointer from, long fromByte, long bytes);

        void download(BytePointer to, long toByte, long from, long bytes);

        /** Sets bytes to zero. */
        void clear(long address, long bytes);

        /**
         * A kernel of {@code kernels.cu}.
         *
         * @param lanes rows of blocks
         * @param structure the bytes of {@code struct Gang}; they must stay as they are for as long as a graph holds this launch
         */
        void launch(Operation.Kernel kernel, int lanes, BytePointer structure);

        /**
         * A product for each lane.
         *
         * @param a address on the device of the lanes' addresses of A
         */
        void multiply(Operation.Product product, int lanes, long a, long b, long c);

        /** Remembers what the work given to this stream inside would do, and does not do it. */
        Graph capture(Runnable work);

        void replay(Graph graph);

        /** Waits until all of it is done. */
        void await();

        @Override
        void close();
    }

    /** Work that was captured. */
    interface Graph extends AutoCloseable {
        @Override
        void close();
    }
}
