package org.mtlfarm.cuda.driver;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

import org.bytedeco.cuda.cublas.cublasContext;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

import org.mtlfarm.cuda.Device;
import org.mtlfarm.cuda.DeviceException;
import org.mtlfarm.cuda.DeviceFacts;
import org.mtlfarm.cuda.KernelSource;
import org.mtlfarm.cuda.Operation;
import org.mtlfarm.cuda.Precision;

import static org.mtlfarm.cuda.driver.DriverCall.check;
import static org.mtlfarm.cuda.driver.DriverCall.checkBlas;

/**
 * A card: its primary context, the kernels compiled for it, and streams with a cuBLAS handle each. Calls of the driver API
 * may come from any thread that has {@link #enter entered}.
 */
public final class CudaDevice implements Device {
    /** What cuBLAS wants on Hopper and newer; it may allocate nothing itself while steps are captured. */
    static final long WORKSPACE = 32L << 20;

    private final Precision precision;
    private final int device;
    private final CUctx_st context = new CUctx_st();
    private final CUmod_st module = new CUmod_st();
    private final Map<String, CUfunc_st> kernels = new HashMap<>();
    private final DeviceFacts facts;

    /** Why there is no card to be used here, in one line; empty if the libraries are there. */
    public static Optional<String> unavailable() {
        return CudaLibraries.here().missing();
    }

    /**
     * A card.
     *
     * @param index among those that CUDA_VISIBLE_DEVICES lets through
     */
    public CudaDevice(int index, Precision precision) {
        this.precision = precision;
        CudaLibraries.load(CudaLibraries.here());
        check(cudart.cuInit(0), "begin");
        int[] number = new int[1];
        check(cudart.cuDeviceGetCount(number), "count the cards");
        if (index < 0 || index >= number[0]) {
            throw new DeviceException(
                    "there is no card %d: the driver sees %d (CUDA_VISIBLE_DEVICES may hide some)"
                            .formatted(index, number[0]),
                    false);
        }
        check(cudart.cuDeviceGet(number, index), "give card " + index);
        device = number[0];
        check(
                cudart.cuDevicePrimaryCtxSetFlags(device, cudart.CU_CTX_SCHED_BLOCKING_SYNC),
                "let threads sleep while they wait");
        check(cudart.cuDevicePrimaryCtxRetain(context, device), "open the card's context");
        enter();
        int capability = 10 * attribute(cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        byte[] code = KernelCompiler.compile(KernelSource.text(), capability);
        try (BytePointer image = new BytePointer(code)) {
            check(cudart.cuModuleLoadData(module, image), "load the kernels");
        }
        for (String name : KernelSource.kernels()) {
            CUfunc_st function = new CUfunc_st();
            check(cudart.cuModuleGetFunction(function, module, name), "find the kernel " + name);
            kernels.put(name, function);
        }
        facts = findFacts(capability);
    }

    private DeviceFacts findFacts(int capability) {
        byte[] name = new byte[256];
        check(cudart.cuDeviceGetName(name, name.length, device), "say the card's name");
        int[] driver = new int[1];
        check(cudart.cuDriverGetVersion(driver), "say its version");
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        double cycles = 1e3
                * attribute(cudart.CU_DEVICE_ATTRIBUTE_CLOCK_RATE)
                * attribute(cudart.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        double bytes = 2e3
                * attribute(cudart.CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE)
                * attribute(cudart.CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH)
                / 8;
        Peak peak = Peak.of(capability);
        return new DeviceFacts(
                new String(name, 0, length, StandardCharsets.UTF_8),
                capability / 10 + "." + capability % 10,
                "CUDA driver %d.%d, NVRTC %s, cuBLAS %s"
                        .formatted(driver[0] / 1000, driver[0] % 1000 / 10, KernelCompiler.version(), blasVersion()),
                totalBytes(),
                peak == null ? OptionalDouble.empty() : OptionalDouble.of(cycles * peak.strict),
                peak == null || peak.tensor == 0 ? OptionalDouble.empty() : OptionalDouble.of(cycles * peak.tensor),
                bytes > 0 ? OptionalDouble.of(bytes) : OptionalDouble.empty());
    }

    /**
     * Floating-point operations a cycle of one multiprocessor, dense, from NVIDIA's architecture papers.
     *
     * @param tensor 0 where cards of one kind differ in it
     */
    private record Peak(int strict, int tensor) {
        /** Null for a kind of card that is not known here. */
        static Peak of(int capability) {
            return switch (capability) {
                case 80 -> new Peak(128, 1024);
                case 86, 89, 120 -> new Peak(256, 0);
                case 90 -> new Peak(256, 2048);
                case 100, 103 -> new Peak(256, 4096);
                default -> null;
            };
        }
    }

    private static String blasVersion() {
        cublasContext handle = new cublasContext();
        checkBlas(cublas.cublasCreate_v2(handle), "begin");
        int[] version = new int[1];
        checkBlas(cublas.cublasGetVersion_v2(handle, version), "say its version");
        checkBlas(cublas.cublasDestroy_v2(handle), "end");
        return "%d.%d.%d".formatted(version[0] / 10000, version[0] % 10000 / 100, version[0] % 100);
    }

    private int attribute(int attribute) {
        int[] value = new int[1];
        check(cudart.cuDeviceGetAttribute(value, attribute, device), "say attribute " + attribute);
        return value[0];
    }

    private long totalBytes() {
        try (SizeTPointer bytes = new SizeTPointer(1)) {
            check(cudart.cuDeviceTotalMem(bytes, device), "say the card's memory");
            return bytes.get();
        }
    }

    @Override
    public DeviceFacts facts() {
        return facts;
    }

    @Override
    public long freeBytes() {
        enter();
        try (SizeTPointer free = new SizeTPointer(1);
                SizeTPointer total = new SizeTPointer(1)) {
            check(cudart.cuMemGetInfo(free, total), "say how much memory is free");
            return free.get();
        }
    }

    @Override
    public long allocate(long bytes) {
        long[] address = new long[1];
        check(cudart.cuMemAlloc(address, bytes), "allocate %,d bytes".formatted(bytes));
        return address[0];
    }

    @Override
    public void free(long address) {
        check(cudart.cuMemFree(address), "free memory");
    }

    @Override
    public BytePointer allocateHost(long bytes) {
        try (PointerPointer<Pointer> address = new PointerPointer<>(1)) {
            check(
                    cudart.cuMemHostAlloc(address, bytes, cudart.CU_MEMHOSTALLOC_PORTABLE),
                    "allocate %,d bytes of the host".formatted(bytes));
            HostBytes memory = new HostBytes(address.get(0).address(), bytes);
            memory.zero();
            return memory;
        }
    }

    private static final class HostBytes extends BytePointer {
        HostBytes(long address, long bytes) {
            super((Pointer) null);
            this.address = address;
            limit = bytes;
            capacity = bytes;
        }
    }

    @Override
    public void freeHost(BytePointer memory) {
        check(cudart.cuMemFreeHost(memory), "free memory of the host");
    }

    @Override
    public void enter() {
        check(cudart.cuCtxSetCurrent(context), "use the card on this thread");
    }

    @Override
    public Stream stream() {
        return new CudaStream();
    }

    /** Ends the context's use; what is still allocated goes with it when the process ends. */
    @Override
    public void close() {
        enter();
        check(cudart.cuModuleUnload(module), "unload the kernels");
        check(cudart.cuDevicePrimaryCtxRelease(device), "close the card's context");
    }

    /** Addresses on the device, which the host cannot read. */
    private static final class Addresses extends PointerPointer<Pointer> {
        Addresses(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }

    private static final class CudaGraph implements Graph {
        final CUgraph_st graph = new CUgraph_st();
        final CUgraphExec_st executable = new CUgraphExec_st();

        @Override
        public void close() {
            check(cudart.cuGraphExecDestroy(executable), "forget a graph");
            check(cudart.cuGraphDestroy(graph), "forget a graph");
        }
    }

    private final class CudaStream implements Stream {
        private final CUstream_st stream = new CUstream_st();
        private final cublasContext blas = new cublasContext();
        private final long workspace;
        private final FloatPointer one = new FloatPointer(1f);
        private final FloatPointer beta = new FloatPointer(1);
        private final IntPointer a = new IntPointer(1);
        private final IntPointer b = new IntPointer(1);
        private final IntPointer c = new IntPointer(1);
        private final PointerPointer<Pointer> arguments = new PointerPointer<>(4);

        CudaStream() {
            check(cudart.cuStreamCreate(stream, cudart.CU_STREAM_NON_BLOCKING), "make a stream");
            checkBlas(cublas.cublasCreate_v2(blas), "begin");
            checkBlas(cublas.cublasSetStream_v2(blas, stream), "use a stream");
            workspace = allocate(WORKSPACE);
            checkBlas(cublas.cublasSetWorkspace_v2(blas, new Addresses(workspace), WORKSPACE), "use a workspace");
            checkBlas(
                    cublas.cublasSetMathMode(
                            blas,
                            precision == Precision.TF32
                                    ? cublas.CUBLAS_TF32_TENSOR_OP_MATH
                                    : cublas.CUBLAS_DEFAULT_MATH),
                    "compute in " + precision);
            arguments.put(1, a);
            arguments.put(2, b);
            arguments.put(3, c);
        }

        @Override
        public void upload(long to, BytePointer from, long fromByte, long bytes) {
            check(
                    cudart.cuMemcpyHtoDAsync(to, new HostBytes(from.address() + fromByte, bytes), bytes, stream),
                    "copy %,d bytes to the card".formatted(bytes));
        }

        @Override
        public void download(BytePointer to, long toByte, long from, long bytes) {
            check(
                    cudart.cuMemcpyDtoHAsync(new HostBytes(to.address() + toByte, bytes), from, bytes, stream),
                    "copy %,d bytes from the card".formatted(bytes));
        }

        @Override
        public void clear(long address, long bytes) {
            check(cudart.cuMemsetD8Async(address, (byte) 0, bytes, stream), "clear %,d bytes".formatted(bytes));
        }

        @Override
        public void launch(Operation.Kernel kernel, int lanes, BytePointer structure) {
            // The driver copies the arguments before it returns, for a capture too.
            arguments.put(0, structure);
            a.put(kernel.a());
            b.put(kernel.b());
            c.put(0);
            check(
                    cudart.cuLaunchKernel(
                            kernels.get(kernel.name()),
                            kernel.blocks(),
                            lanes,
                            1,
                            Operation.Kernel.THREADS,
                            1,
                            1,
                            0,
                            stream,
                            arguments,
                            (PointerPointer<?>) null),
                    "launch " + kernel.name());
        }

        @Override
        public void multiply(Operation.Product product, int lanes, long addressesA, long addressesB, long addressesC) {
            beta.put(product.beta());
            checkBlas(
                    cublas.cublasSgemmBatched(
                            blas,
                            product.transposeA() ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
                            product.transposeB() ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N,
                            product.m(),
                            product.n(),
                            product.k(),
                            one,
                            new Addresses(addressesA),
                            product.lda(),
                            new Addresses(addressesB),
                            product.ldb(),
                            beta,
                            new Addresses(addressesC),
                            product.ldc(),
                            lanes),
                    "multiply " + product.name());
        }

        @Override
        public Graph capture(Runnable work) {
            CudaGraph graph = new CudaGraph();
            check(cudart.cuStreamBeginCapture(stream, cudart.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL), "begin a capture");
            try {
                work.run();
            } catch (RuntimeException e) {
                cudart.cuStreamEndCapture(stream, graph.graph);
                throw e;
            }
            check(cudart.cuStreamEndCapture(stream, graph.graph), "end a capture");
            check(cudart.cuGraphInstantiate(graph.executable, graph.graph, 0), "make a graph of a capture");
            return graph;
        }

        @Override
        public void replay(Graph graph) {
            check(cudart.cuGraphLaunch(((CudaGraph) graph).executable, stream), "replay a graph");
        }

        @Override
        public void await() {
            check(cudart.cuStreamSynchronize(stream), "wait for a stream");
        }

        @Override
        public void close() {
            checkBlas(cublas.cublasDestroy_v2(blas), "end");
            check(cudart.cuStreamDestroy(stream), "end a stream");
            free(workspace);
            arguments.deallocate();
            for (Pointer each : new Pointer[] {one, beta, a, b, c}) {
                each.deallocate();
            }
        }
    }
}
