package org.mtlfarm.standalone.command;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.http.OperatorHttp;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.standalone.run.FarmVersion;
import org.mtlfarm.worker.network.CardEngine;
import org.mtlfarm.worker.queue.EngineTraining;
import org.mtlfarm.worker.queue.EverythingRefusedException;
import org.mtlfarm.worker.queue.WorkerCounters;
import org.mtlfarm.worker.queue.WorkerListener;
import org.mtlfarm.worker.queue.WorkerMeters;
import org.mtlfarm.worker.queue.WorkerService;
import org.mtlfarm.worker.queue.WorkerSettings;
import org.mtlfarm.worker.training.CheckpointFolder;
import org.mtlfarm.worker.training.CorpusLibrary;

/** {@code farm worker}. */
@Command(name = "worker", description = "Take runs from the queue, train them, publish their results.")
final class WorkerCommand implements Runnable {
    /** Where a lone worker is looked for. */
    private static final int USUAL_PORT = 8473;

    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--slots",
            defaultValue = Slots.AUTO,
            converter = Slots.Converter.class,
            paramLabel = "N",
            description =
                    "Runs trained at a time (default ${DEFAULT-VALUE}: as many as the engine thinks best, on processors one a core).")
    private Slots slots;

    @Option(
            names = "--engine",
            defaultValue = "FUSED",
            paramLabel = "ENGINE",
            description =
                    "${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}). AUTO takes a card where there is one, else FUSED.")
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

    @Option(
            names = "--checkpoint-dir",
            paramLabel = "DIR",
            description =
                    "Folder that all workers share: long runs are kept there from time to time and when a worker stops, and go on elsewhere.")
    private Path checkpointDirectory;

    @Option(
            names = "--checkpoint-every",
            defaultValue = "1m",
            converter = Durations.class,
            paramLabel = "DURATION",
            description = "Training between two checkpoints of a run (default ${DEFAULT-VALUE}).")
    private Duration checkpointEvery;

    @Option(
            names = "--exit-when-idle",
            arity = "0..1",
            fallbackValue = "30s",
            converter = Durations.class,
            paramLabel = "DURATION",
            description =
                    "For job schedulers: end after so long without a run that this worker can train (30s unless said otherwise); status 0 when the queue is done with or others have what is left, 1 when this worker has refused what is left. While runs are left it stays for --record-lock at least, and for a minute before its first.")
    private Duration exitWhenIdle;

    @Override
    public void run() {
        try (Engines.Opened opened = Engines.here().open(engine, output::note)) {
            work(opened);
        }
    }

    private void work(Engines.Opened opened) {
        CorpusLibrary library = new CorpusLibrary(
                Optional.ofNullable(corpus),
                Optional.ofNullable(vectors),
                warning -> output.note("farm: warning: " + warning));
        WorkerSettings settings =
                WorkerSettings.of(slots.of(opened)).withGroup(kafka.group()).withDrain(drain);
        if (exitWhenIdle != null) {
            settings = settings.withIdleExit(exitWhenIdle);
        }
        Clock clock = Clock.systemUTC();
        EngineTraining training =
                EngineTraining.of(opened.engine(), library, settings.worker(), FarmVersion.current(), clock);
        if (checkpointDirectory != null) {
            training = training.keeping(new CheckpointFolder(checkpointDirectory, checkpointEvery, System::nanoTime));
        }
        try (FarmMetrics metrics = FarmMetrics.of("worker", FarmVersion.current())) {
            WorkerMeters meters = new WorkerMeters(metrics.registry(), lines(), clock);
            if (opened.engine() instanceof CardEngine card) {
                meters.of(card);
            }
            Optional<OperatorHttp> server = http.start(USUAL_PORT, asked -> OperatorHttp.start(asked, metrics));
            try {
                work(settings, training, clock, metrics, meters, server);
            } finally {
                server.ifPresent(OperatorHttp::close);
            }
        }
    }

    private void work(
            WorkerSettings settings,
            EngineTraining training,
            Clock clock,
            FarmMetrics metrics,
            WorkerMeters meters,
            Optional<OperatorHttp> server) {
        WorkerService worker = new WorkerService(kafka.kafka(), settings, training, meters, clock);
        worker.tell(meters);
        metrics.readyWhen(worker::isWorking);
        try (Shutdown shutdown = Shutdown.ownerCloses(worker::stop, drain.plus(Shutdown.PATIENCE))) {
            output.note("worker " + settings.worker() + ": " + settings.slots() + " slots"
                    + server.map(one -> ", " + one.url()).orElse(""));
            try {
                worker.run();
            } catch (EverythingRefusedException e) {
                tell(settings.worker(), worker.counters());
                throw e;
            }
            tell(settings.worker(), worker.counters());
            shutdown.endedWell();
        }
    }

    /** What the worker has done. */
    private void tell(String name, WorkerCounters counters) {
        ObjectNode done = Output.object()
                .put("worker", name)
                .put("trained", counters.trained())
                .put("diverged", counters.diverged())
                .put("failed", counters.failed())
                .put("cancelled", counters.cancelled())
                .put("retried", counters.retried())
                .put("refused", counters.refused())
                .put("givenBack", counters.givenBack())
                .put("locksLost", counters.leasesLost());
        output.print(
                done,
                String.format(
                        Locale.ROOT,
                        "%d runs trained, %d diverged, %d failed, %d refused, %d given back",
                        counters.trained(),
                        counters.diverged(),
                        counters.failed(),
                        counters.refused(),
                        counters.givenBack()));
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

            @Override
            public void endsIdle(String reason) {
                output.note("worker ends: " + reason);
            }
        };
    }
}
