package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * By how much the wall clocks of whole processes are off; the system's clock stays as it is. A few lines of C, compiled here and
 * loaded before the C library ({@code LD_PRELOAD}), add seconds to whatever a process asks of the wall clock: the farm's code,
 * Kafka's clients and the JVM all read the same wrong time. Monotonic time is left alone, as a wrong clock leaves it.
 */
record WallClocks(Duration secondWorker, Duration aggregator, Duration regressor, Duration submissions) {
    /** Beyond the hour by which Kafka lets a writer's clock be ahead. */
    private static final Duration OFF = Duration.ofMinutes(65);

    static final WallClocks RIGHT = new WallClocks(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    static final WallClocks AHEAD = new WallClocks(OFF, OFF, OFF, OFF);
    static final WallClocks BEHIND = new WallClocks(OFF.negated(), OFF.negated(), OFF.negated(), OFF.negated());

    /** Each right, ahead or behind. */
    static WallClocks drawn(Random random) {
        return new WallClocks(draw(random), draw(random), draw(random), draw(random));
    }

    private static Duration draw(Random random) {
        return OFF.multipliedBy(random.nextInt(3) - 1);
    }

    /** False where there is no C compiler; all clocks are right then. */
    static boolean canBeOff(Path directory) throws IOException, InterruptedException {
        Path library = library(directory);
        if (Files.exists(library)) {
            return true;
        }
        Path source = directory.resolve("wallclock.c");
        try (InputStream text = WallClocks.class.getResourceAsStream("wallclock.c")) {
            Files.write(source, text.readAllBytes());
        }
        try {
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl")
                    .inheritIO()
                    .start();
            return compiler.waitFor(60, TimeUnit.SECONDS) && compiler.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** What a process is to find in its environment for its clock to be off by that much. */
    static Map<String, String> environment(Path directory, Duration off) {
        return off.isZero()
                ? Map.of()
                : Map.of(
                        "LD_PRELOAD",
                        library(directory).toAbsolutePath().toString(),
                        "WALL_CLOCK_OFF",
                        Long.toString(off.toSeconds()));
    }

    private static Path library(Path directory) {
        return directory.resolve("wallclock.so");
    }

    @Override
    public String toString() {
        return "minutes off: second worker " + secondWorker.toMinutes() + ", aggregator and reconciler "
                + aggregator.toMinutes() + ", regressor " + regressor.toMinutes() + ", submissions "
                + submissions.toMinutes();
    }
}
