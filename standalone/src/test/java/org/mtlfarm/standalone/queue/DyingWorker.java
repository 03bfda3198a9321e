package org.mtlfarm.standalone.queue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;

/**
 * A worker in a process of its own that comes to grief: {@code DyingWorker FATE BOOTSTRAP LOCK_MILLIS DELIVERY_LIMIT}. It says
 * on standard output when it trains, and otherwise ends with its parent.
 */
final class DyingWorker {
    enum Fate {
        /** Ends, as by kill -9, during its first training. */
        DIES_TRAINING,
        /** Ends when its first result is published and not yet acknowledged. */
        DIES_BEFORE_ACKNOWLEDGING,
        /** Trains until it is told that the run is no longer its own, then says so and goes on. */
        TRAINS_UNTIL_CANCELLED
    }

    static final String TRAINING = "training";
    static final String CANCELLED = "cancelled";
    private static final int KILLED = 137;

    private DyingWorker() {}

    static Process start(Fate fate, KafkaSettings kafka, WorkGroup group) throws IOException {
        return start(fate, kafka, group, 1);
    }

    static Process start(Fate fate, KafkaSettings kafka, WorkGroup group, int slots) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingWorker.class.getName(),
                        fate.name(),
                        kafka.bootstrapServers(),
                        Long.toString(group.recordLock().toMillis()),
                        Integer.toString(group.deliveryLimit()),
                        Integer.toString(slots)))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) {
        PrintStream said = System.out;
        // What is logged is no part of what is said.
        System.setOut(System.err);
        Fate fate = Fate.valueOf(arguments[0]);
        WorkGroup group = new WorkGroup(
                WorkGroup.WORKERS.groupId(),
                Duration.ofMillis(Long.parseLong(arguments[2])),
                Integer.parseInt(arguments[3]));
        FakeTraining training = new FakeTraining((run, cancelled) -> {
            said.println(TRAINING);
            if (fate == Fate.DIES_TRAINING) {
                Runtime.getRuntime().halt(KILLED);
            }
            while (fate == Fate.TRAINS_UNTIL_CANCELLED && !cancelled.getAsBoolean()) {
                LockSupport.parkNanos(1_000_000);
            }
            if (cancelled.getAsBoolean()) {
                said.println(CANCELLED);
                throw new CancellationException();
            }
        });
        WorkerListener listener = new WorkerListener() {
            @Override
            public void finished(Run run, RunResult result) {
                if (fate == Fate.DIES_BEFORE_ACKNOWLEDGING) {
                    Runtime.getRuntime().halt(KILLED);
                }
            }
        };
        WorkerService worker = new WorkerService(
                KafkaSettings.of(arguments[1]),
                WorkerSettings.of(Integer.parseInt(arguments[4])).withGroup(group),
                training,
                listener,
                Clock.systemUTC());
        Thread parent = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Only the end of the input, which is the end of the parent, says something.
                }
            } catch (IOException e) {
                // As good as the end.
            }
            worker.stop();
        });
        parent.setDaemon(true);
        parent.start();
        worker.run();
    }
}
