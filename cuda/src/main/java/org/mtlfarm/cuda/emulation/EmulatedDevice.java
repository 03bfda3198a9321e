package org.mtlfarm.cuda.emulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

import org.mtlfarm.cuda.Device;
import org.mtlfarm.cuda.DeviceException;
import org.mtlfarm.cuda.DeviceFacts;
import org.mtlfarm.cuda.Operation;

/**
 * A device made of the host's memory, compiler and BLAS. It does at once what a stream is told, except in a capture. Memory
 * begins as NaN, as a card's begins as anything, and has borders that are looked at when it is freed.
 */
public final class EmulatedDevice implements Device {
    private static final int BORDER = 256;
    private static final byte UNTOUCHED = (byte) 0xFF;

    private final HostKernels kernels;
    private final long memoryBytes;
    private final Map<Long, BytePointer> allocated = new ConcurrentHashMap<>();
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong launches = new AtomicLong();

    /** Why there can be no emulation here; empty if there can. */
    public static Optional<String> unavailable() {
        return HostKernels.compiler().isPresent()
                ? Optional.empty()
                : Optional.of("no C++ compiler found (g++, c++ or clang++)");
    }

    /** @param memoryBytes that it says it has */
    public EmulatedDevice(long memoryBytes) {
        this.memoryBytes = memoryBytes;
        kernels = HostKernels.load();
        openblas_nolapack.blas_set_num_threads(1);
    }

    @Override
    public DeviceFacts facts() {
        return new DeviceFacts(
                "emulation on the host",
                "",
                "emulation, OpenBLAS " + openblas_nolapack.OPENBLAS_VERSION,
                memoryBytes,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty());
    }

    @Override
    public long freeBytes() {
        return memoryBytes - used.get();
    }

    /** Kernels and products done so far, those of replays included. */
    public long launches() {
        return launches.get();
    }

    /** Allocations that were not freed. */
    public int allocations() {
        return allocated.size();
    }

    @Override
    public long allocate(long bytes) {
        if (used.addAndGet(bytes) > memoryBytes) {
            used.addAndGet(-bytes);
            throw new DeviceException.OutOfMemory(
                    "not enough memory on the device: %,d bytes asked for, %,d free".formatted(bytes, freeBytes()));
        }
        BytePointer memory = new BytePointer(bytes + 2L * BORDER);
        Pointer.memset(memory, UNTOUCHED, bytes + 2L * BORDER);
        long address = memory.address() + BORDER;
        allocated.put(address, memory);
        return address;
    }

    @Override
    public void free(long address) {
        BytePointer memory = allocated.remove(address);
        if (memory == null) {
            throw new DeviceException("nothing is allocated at " + address, false);
        }
        long bytes = memory.capacity() - 2L * BORDER;
        for (int index = 0; index < BORDER; index++) {
            if (memory.get(index) != UNTOUCHED || memory.get(BORDER + bytes + index) != UNTOUCHED) {
                throw new DeviceException("something was written beside the memory at " + address, false);
            }
        }
        used.addAndGet(-bytes);
        memory.deallocate();
    }

    @Override
    public BytePointer allocateHost(long bytes) {
        BytePointer memory = new BytePointer(bytes);
        memory.zero();
        return memory;
    }

    @Override
    public void freeHost(BytePointer memory) {
        memory.deallocate();
    }

    @Override
    public void enter() {
        // The host is usable on every thread.
    }

    @Override
    public Stream stream() {
        return new EmulatedStream();
    }

    @Override
    public void close() {
        allocated.values().forEach(BytePointer::deallocate);
        allocated.clear();
    }

    private final class EmulatedStream implements Stream {
        private List<Runnable> capturing;

        private record Captured(List<Runnable> work) implements Graph {
            @Override
            public void close() {
                work.clear();
            }
        }

        @Override
        public void upload(long to, BytePointer from, long fromByte, long bytes) {
            now();
            Pointer.memcpy(new Address(to), new Address(from.address() + fromByte), bytes);
        }

        @Override
        public void download(BytePointer to, long toByte, long from, long bytes) {
            now();
            Pointer.memcpy(new Address(to.address() + toByte), new Address(from), bytes);
        }

        @Override
        public void clear(long address, long bytes) {
            now();
            Pointer.memset(new Address(address), 0, bytes);
        }

        @Override
        public void launch(Operation.Kernel kernel, int lanes, BytePointer structure) {
            give(() -> kernels.launch(
                    kernel.name(),
                    kernel.blocks(),
                    lanes,
                    Operation.Kernel.THREADS,
                    structure.address(),
                    kernel.a(),
                    kernel.b()));
        }

        @Override
        public void multiply(Operation.Product product, int lanes, long a, long b, long c) {
            give(() -> {
                for (int lane = 0; lane < lanes; lane++) {
                    openblas_nolapack.cblas_sgemm(
                            openblas_nolapack.CblasColMajor,
                            transpose(product.transposeA()),
                            transpose(product.transposeB()),
                            product.m(),
                            product.n(),
                            product.k(),
                            1,
                            operand(a, lane),
                            product.lda(),
                            operand(b, lane),
                            product.ldb(),
                            product.beta(),
                            operand(c, lane),
                            product.ldc());
                }
            });
        }

        private int transpose(boolean transpose) {
            return transpose ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
        }

        private FloatPointer operand(long addresses, int lane) {
            return new Floats(new Longs(addresses + 8L * lane).get());
        }

        @Override
        public Graph capture(Runnable work) {
            capturing = new ArrayList<>();
            try {
                work.run();
                return new Captured(capturing);
            } finally {
                capturing = null;
            }
        }

        @Override
        public void replay(Graph graph) {
            ((Captured) graph).work().forEach(this::give);
        }

        private void give(Runnable work) {
            if (capturing == null) {
                launches.incrementAndGet();
                work.run();
            } else {
                capturing.add(work);
            }
        }

        private void now() {
            if (capturing != null) {
                throw new DeviceException("a capture holds kernels and products alone", false);
            }
        }

        @Override
        public void await() {
            now();
        }

        @Override
        public void close() {
            // Everything is done already.
        }
    }

    private static final class Address extends Pointer {
        Address(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    private static final class Floats extends FloatPointer {
        Floats(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    private static final class Longs extends org.bytedeco.javacpp.LongPointer {
        Longs(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }
}
