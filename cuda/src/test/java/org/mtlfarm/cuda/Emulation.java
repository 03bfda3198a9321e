package org.mtlfarm.cuda;

import org.mtlfarm.cuda.emulation.EmulatedDevice;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Engines on an emulated card, where there is a C++ compiler. */
final class Emulation {
    static final long MEMORY = 1L << 30;

    private Emulation() {}

    static EmulatedDevice device() {
        assumeTrue(
                EmulatedDevice.unavailable().isEmpty(),
                EmulatedDevice.unavailable().orElse(""));
        return new EmulatedDevice(MEMORY);
    }

    static CudaEngine engine(Device device) {
        return new CudaEngine(device, new CudaEngine.Settings(Precision.STRICT, true, 64), error -> {
            throw new AssertionError("the device was lost", error);
        });
    }

    static CudaEngine engine() {
        return engine(device());
    }
}
