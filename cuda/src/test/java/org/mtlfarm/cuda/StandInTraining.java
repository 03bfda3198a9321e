package org.mtlfarm.cuda;

import java.util.OptionalInt;

import org.mtlfarm.cuda.driver.CudaDevice;

/** What {@code StandInTest} runs in a process of its own: a comparison with {@code fused} on whatever driver is found. */
public final class StandInTraining {
    private StandInTraining() {}

    public static void main(String[] arguments) {
        CudaSettings settings = new CudaSettings(OptionalInt.of(0), Precision.STRICT, true, 4);
        Device device = CudaProvider.device(settings);
        try (CudaEngine engine = new CudaEngine(device, settings.ofEngine(), error -> {
            throw new IllegalStateException(error);
        })) {
            System.out.println(engine.version());
            try {
                device.allocate(1L << 40);
            } catch (DeviceException.OutOfMemory e) {
                System.out.println("out of memory: refused: " + e.getMessage());
            }
            Comparison.Found found = Comparison.tiny().with(engine);
            System.out.println(found);
            if (found.gradientDistance() < 1e-5 && found.lossDistance() < 1e-5 && found.gangDistance() < 1e-5) {
                System.out.println("trained as fused does on " + CudaDevice.class.getSimpleName());
            }
        }
    }
}
