package org.mtlfarm.cuda.driver;

import java.util.Set;

import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

import org.mtlfarm.cuda.DeviceException;

/** What the driver and cuBLAS answer, as exceptions. */
final class DriverCall {
    /**
     * Errors after which every call on the context gives the same error again, until the process ends: the driver's manual
     * says so of each (700 illegal address, 702 time-out, 709 context destroyed, 710 assert, 714 to 719 faults of a kernel,
     * 214 and 220 hardware), and of a context that is not usable (3 not initialised, 4 shutting down, 201 invalid, 999 unknown).
     */
    private static final Set<Integer> LOST =
            Set.of(3, 4, 201, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 999);

    private DriverCall() {}

    static void check(int result, String asked) {
        if (result == cudart.CUDA_SUCCESS) {
            return;
        }
        String message = "the driver was asked to %s and answered %s".formatted(asked, name(result));
        if (result == cudart.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new DeviceException.OutOfMemory(message);
        }
        throw new DeviceException(message, isLost(result));
    }

    static void checkBlas(int status, String asked) {
        if (status == cublas.CUBLAS_STATUS_SUCCESS) {
            return;
        }
        String message = "cuBLAS was asked to %s and answered %s"
                .formatted(asked, cublas.cublasGetStatusName(status).getString());
        if (status == cublas.CUBLAS_STATUS_ALLOC_FAILED) {
            throw new DeviceException.OutOfMemory(message);
        }
        throw new DeviceException(message, isLost(cudart.cuCtxSynchronize()));
    }

    static boolean isLost(int result) {
        return LOST.contains(result);
    }

    private static String name(int result) {
        try (PointerPointer<BytePointer> name = new PointerPointer<>(1);
                PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
            boolean known = cudart.cuGetErrorName(result, name) == cudart.CUDA_SUCCESS
                    && cudart.cuGetErrorString(result, text) == cudart.CUDA_SUCCESS;
            return known
                    ? name.get(BytePointer.class, 0).getString() + " ("
                            + text.get(BytePointer.class, 0).getString() + ")"
                    : "error " + result;
        }
    }
}
