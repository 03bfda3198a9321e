package org.mtlfarm.cuda;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.mtlfarm.cuda.driver.CudaDevice;
import org.mtlfarm.cuda.emulation.EmulatedDevice;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.EngineProvider;

/** Runs where there is an NVIDIA driver with CUDA 13's libraries, many models on one card. */
public final class CudaProvider implements EngineProvider {
    /** Memory that the emulation says it has. */
    private static final long EMULATED_BYTES = 4L << 30;

    private final UnaryOperator<String> environment;

    public CudaProvider() {
        this(System::getenv);
    }

    CudaProvider(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public Optional<String> unavailable() {
        return CudaSettings.of(environment).card().isPresent()
                ? CudaDevice.unavailable()
                : EmulatedDevice.unavailable();
    }

    @Override
    public Engine open() {
        CudaSettings settings = CudaSettings.of(environment);
        return new CudaEngine(device(settings), settings.ofEngine(), endOfProcess());
    }

    /** The device that some settings name. */
    static Device device(CudaSettings settings) {
        Optional<String> missing =
                settings.card().isPresent() ? CudaDevice.unavailable() : EmulatedDevice.unavailable();
        if (missing.isPresent()) {
            throw new DeviceException(missing.get(), false);
        }
        try {
            return settings.card().isPresent()
                    ? new CudaDevice(settings.card().getAsInt(), settings.precision())
                    : new EmulatedDevice(EMULATED_BYTES);
        } catch (LinkageError e) {
            throw new DeviceException("a library of CUDA cannot be used: " + e.getMessage(), false);
        }
    }

    /**
     * A card's context that has met such an error answers every call with it until the process ends. So the process ends, at
     * once, as if it had been killed: its runs are taken by other workers, or by the next process.
     */
    private static Consumer<DeviceException> endOfProcess() {
        return error -> {
            System.err.println("farm: the card cannot be used any more: " + error.getMessage());
            System.err.println("farm: the process ends; its runs will be taken again");
            Runtime.getRuntime().halt(1);
        };
    }

    @Override
    public int slots(Engine engine) {
        CudaEngine cuda = (CudaEngine) engine;
        boolean emulated = cuda.device() instanceof EmulatedDevice;
        return emulated ? Runtime.getRuntime().availableProcessors() : new GangTiming(cuda).slots();
    }
}
