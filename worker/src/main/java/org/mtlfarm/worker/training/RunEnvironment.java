package org.mtlfarm.worker.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where a run is trained; part of its provenance.
 *
 * @param worker host and process
 * @param farmVersion version of the farm, with the commit where known
 * @param javaRuntime vendor and version
 * @param processor model name: BLAS chooses its kernels by it
 */
public record RunEnvironment(
        String worker, String farmVersion, String javaRuntime, String operatingSystem, String processor) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /** The environment of this process. */
    public static RunEnvironment current(String worker, String farmVersion) {
        return new RunEnvironment(
                worker,
                farmVersion,
                System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                processorModel());
    }

    /** Linux's name of the processor; elsewhere its architecture. */
    private static String processorModel() {
        String architecture = System.getProperty("os.arch");
        if (!Files.isReadable(PROCESSORS)) {
            return architecture;
        }
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            return architecture;
        }
    }
}
