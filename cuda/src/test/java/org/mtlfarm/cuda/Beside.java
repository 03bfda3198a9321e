package org.mtlfarm.cuda;

import org.bytedeco.javacpp.BytePointer;

/** A device that does what another one does, and something before it waits or captures. */
abstract class Beside implements Device {
    private final Device device;

    Beside(Device device) {
        this.device = device;
    }

    void beforeWaiting() {
        // Nothing, unless a test wants something.
    }

    void beforeCapture() {
        // Likewise.
    }

    @Override
    public DeviceFacts facts() {
        return device.facts();
    }

    @Override
    public long freeBytes() {
        return device.freeBytes();
    }

    @Override
    public long allocate(long bytes) {
        return device.allocate(bytes);
    }

    @Override
    public void free(long address) {
        device.free(address);
    }

    @Override
    public BytePointer allocateHost(long bytes) {
        return device.allocateHost(bytes);
    }

    @Override
    public void freeHost(BytePointer memory) {
        device.freeHost(memory);
    }

    @Override
    public void enter() {
        device.enter();
    }

    @Override
    public void close() {
        device.close();
    }

    @Override
    public Stream stream() {
        Stream stream = device.stream();
        return new Stream() {
            @Override
            public void upload(long to, BytePointer from, long fromByte, long bytes) {
                stream.upload(to, from, fromByte, bytes);
            }

            @Override
            public void download(BytePointer to, long toByte, long from, long bytes) {
                stream.download(to, toByte, from, bytes);
            }

            @Override
            public void clear(long address, long bytes) {
                stream.clear(address, bytes);
            }

            @Override
            public void launch(Operation.Kernel kernel, int lanes, BytePointer structure) {
                stream.launch(kernel, lanes, structure);
            }

            @Override
            public void multiply(Operation.Product product, int lanes, long a, long b, long c) {
                stream.multiply(product, lanes, a, b, c);
            }

            @Override
            public Graph capture(Runnable work) {
                beforeCapture();
                return stream.capture(work);
            }

            @Override
            public void replay(Graph graph) {
                stream.replay(graph);
            }

            @Override
            public void await() {
                beforeWaiting();
                stream.await();
            }

            @Override
            public void close() {
                stream.close();
            }
        };
    }
}
