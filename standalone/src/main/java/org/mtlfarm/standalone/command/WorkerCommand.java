package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.standalone.run.FarmVersion;
import org.mtlfarm.worker.queue.EngineTraining;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;
import org.mtlfarm.worker.training.CorpusLibrary;

/** {@code farm worker}. */
@Command(name = "worker", description = "Take runs from the queue, train them, publish their results.")
final class WorkerCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Runs trained at a time, each on one core (default the processors here).")
    private Integer slots;

    @Option(
            names = "--engine",
            defaultValue = "FUSED",
            paramLabel = "ENGINE",
            description = "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
    private EngineChoice engine;

    @Option(
            names = "--corpus",
            paramLabel = "CORPUS",
            description =
                    "Where this machine has the corpus, if not where the run says. Its content must be the run's.")
    private String corpus;

    @Option(
            names = "--vectors",
            paramLabel = "VECTORS",
            description =
                    "Where this machine has the vectors, if not where the run says. Their content must be the run's.")
    private String vectors;

    @Option(
            names = "--drain-timeout",
            defaultValue = "0s",
            converter = Durations.class,
            paramLabel = "DURATION",
            description =
                    "How long runs in flight may go on after SIGTERM before they are given back (default ${DEFAULT-VALUE}).")
    private Duration drain;

    @Override
    public void run() {
        if (slots != null && slots < 1) {
            throw new InvalidInputException("--slots: expected at least 1, found " + slots);
        }
        CorpusLibrary library = new CorpusLibrary(
                Optional.ofNullable(corpus),
                Optional.ofNullable(vectors),
                warning -> output.note("farm: warning: " + warning));
        WorkerSettings settings = WorkerSettings.of(
                        slots == null ? Runtime.getRuntime().availableProcessors() : slots)
                .withGroup(kafka.group())
                .withDrain(drain);
        Clock clock = Clock.systemUTC();
        WorkerService worker = new WorkerService(
                kafka.kafka(),
                settings,
                EngineTraining.of(engine.open(), library, settings.worker(), FarmVersion.current(), clock),
                lines(),
                clock);
        CountDownLatch ended = Shutdown.ownerCloses(worker::stop, drain.plus(Shutdown.PATIENCE));
        try {
            output.note("worker " + settings.worker() + ": " + settings.slots() + " slots");
            worker.run();
        } finally {
            ended.countDown();
        }
    }

    private WorkerListener lines() {
        return new WorkerListener() {
            @Override
            public void finished(Run run, RunResult result) {
                String score = result.getTest() == null
                        ? result.getReason()
                        : String.format(Locale.ROOT, "F1 %.4f", result.getTest().getF1());
                output.note(String.format(
                        Locale.ROOT,
                        "%s %s, %s, %.1f s",
                        RunKey.of(run),
                        result.getOutcome(),
                        score,
                        result.getTrainSeconds()));
            }

            @Override
            public void givenBack(Run run, String reason) {
                output.note(RunKey.of(run) + " given back: " + reason);
            }
        };
    }
}
