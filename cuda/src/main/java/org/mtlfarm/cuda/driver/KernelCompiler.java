package org.mtlfarm.cuda.driver;

import java.util.Arrays;

import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

import org.mtlfarm.cuda.DeviceException;

/** NVRTC. It needs neither a card nor a driver. */
final class KernelCompiler {
    private KernelCompiler() {}

    /** {@code 13.0}. */
    static String version() {
        int[] major = new int[1];
        int[] minor = new int[1];
        check(nvrtc.nvrtcVersion(major, minor), "its version");
        return major[0] + "." + minor[0];
    }

    /** Compute capabilities that it compiles for, times ten: 80, 90, 100. */
    static int[] architectures() {
        int[] count = new int[1];
        check(nvrtc.nvrtcGetNumSupportedArchs(count), "the number of its architectures");
        int[] architectures = new int[count[0]];
        check(nvrtc.nvrtcGetSupportedArchs(architectures), "its architectures");
        Arrays.sort(architectures);
        return architectures;
    }

    /**
     * Compiles for a card: machine code if the library knows its kind, else code of the newest older kind that it knows, which
     * the driver translates.
     *
     * @param architecture compute capability times ten
     * @return what {@code cuModuleLoadData} takes
     */
    static byte[] compile(String source, int architecture) {
        int known = Arrays.stream(architectures())
                .filter(each -> each <= architecture)
                .max()
                .orElseThrow(() -> new DeviceException(
                        "NVRTC %s compiles for compute capability %.1f and newer, the card has %.1f"
                                .formatted(version(), architectures()[0] / 10.0, architecture / 10.0),
                        false));
        boolean machineCode = known == architecture;
        _nvrtcProgram program = new _nvrtcProgram();
        BytePointer text = new BytePointer(source);
        BytePointer name = new BytePointer("kernels.cu");
        check(
                nvrtc.nvrtcCreateProgram(program, text, name, 0, (PointerPointer<?>) null, (PointerPointer<?>) null),
                "a program");
        try (PointerPointer<BytePointer> options =
                new PointerPointer<>("--gpu-architecture=" + (machineCode ? "sm_" : "compute_") + known)) {
            int result = nvrtc.nvrtcCompileProgram(program, 1, options);
            if (result != nvrtc.NVRTC_SUCCESS) {
                throw new DeviceException(
                        "NVRTC does not compile the kernels for " + known + ": " + log(program), false);
            }
            return code(program, machineCode);
        } finally {
            nvrtc.nvrtcDestroyProgram(program);
            text.deallocate();
            name.deallocate();
        }
    }

    private static byte[] code(_nvrtcProgram program, boolean machineCode) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            check(
                    machineCode ? nvrtc.nvrtcGetCUBINSize(program, size) : nvrtc.nvrtcGetPTXSize(program, size),
                    "the code's size");
            byte[] code = new byte[(int) size.get()];
            check(machineCode ? nvrtc.nvrtcGetCUBIN(program, code) : nvrtc.nvrtcGetPTX(program, code), "the code");
            return code;
        }
    }

    private static String log(_nvrtcProgram program) {
        try (SizeTPointer size = new SizeTPointer(1)) {
            check(nvrtc.nvrtcGetProgramLogSize(program, size), "the log's size");
            try (BytePointer log = new BytePointer(size.get())) {
                check(nvrtc.nvrtcGetProgramLog(program, log), "the log");
                return log.getString();
            }
        }
    }

    private static void check(int result, String asked) {
        if (result != nvrtc.NVRTC_SUCCESS) {
            throw new DeviceException(
                    "NVRTC was asked for %s and answered %s"
                            .formatted(asked, nvrtc.nvrtcGetErrorString(result).getString()),
                    false);
        }
    }
}
