package org.mtlfarm.metrics;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Processor time; memory that the process holds, and what of it is not Java's heap: BLAS, RocksDB and direct buffers, which no limit of the
 * JVM's bounds. Not a number where the system does not tell.
 */
final class ProcessMeters implements MeterBinder {
    private static final Path STATUS = Path.of("/proc/self/status");

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder(
                        "process.cpu.seconds",
                        ManagementFactory.getOperatingSystemMXBean(),
                        ProcessMeters::processorSeconds)
                .description("Processor time that the process has used")
                .register(registry);
        Gauge.builder("process.resident.memory", ProcessMeters::resident)
                .baseUnit(BaseUnits.BYTES)
                .description("Memory that the process holds")
                .register(registry);
        Gauge.builder("farm.native.memory", ProcessMeters::outsideTheHeap)
                .baseUnit(BaseUnits.BYTES)
                .description("Memory that the process holds beside what is used of the heap, at most")
                .register(registry);
    }

    private static double processorSeconds(java.lang.management.OperatingSystemMXBean system) {
        return system instanceof OperatingSystemMXBean known ? known.getProcessCpuTime() / 1e9 : Double.NaN;
    }

    private static double resident() {
        try {
            List<String> lines = Files.readAllLines(STATUS);
            for (String line : lines) {
                if (line.startsWith("VmRSS:")) {
                    return 1024.0 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            // Another system than Linux.
        }
        return Double.NaN;
    }

    /** At most: of the heap, what was used once and is free now may still be held. */
    private static double outsideTheHeap() {
        return Math.max(
                0,
                resident()
                        - ManagementFactory.getMemoryMXBean()
                                .getHeapMemoryUsage()
                                .getUsed());
    }
}
