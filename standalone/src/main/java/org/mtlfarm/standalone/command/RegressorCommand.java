package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.page.http.PageHttp;
import org.mtlfarm.regressor.http.RegressorHttp;
import org.mtlfarm.regressor.service.FormulaMeters;
import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.run.AdaptiveSampler;
import org.mtlfarm.standalone.run.FarmVersion;

/** {@code farm regressor}. */
@Command(name = "regressor", description = "Fit the studies' formulas again as experiments complete.")
final class RegressorCommand implements Runnable {
    @Mixin
    private Console console;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private HttpOptions http;

    @Option(
            names = "--threads",
            defaultValue = "1",
            paramLabel = "N",
            description = "Threads that search; the formulas do not depend on it (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "SEED",
            description = "Decides the split and the search (default ${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public void run() {
        if (threads < 1) {
            throw new InvalidInputException("--threads: expected at least 1, found " + threads);
        }
        try (FarmMetrics metrics = FarmMetrics.of("regressor", FarmVersion.current())) {
            Optional<Served> server = http.start(RegressorHttp.USUAL_PORT, settings -> Served.start(settings, metrics));
            try {
                fit(server, metrics);
            } finally {
                server.ifPresent(Served::close);
            }
        }
    }

    /** The formulas over HTTP, and the page. */
    private record Served(RegressorHttp formulas, PageHttp page) {
        static Served start(HttpSettings settings, FarmMetrics metrics) {
            PageHttp page = PageHttp.of(settings);
            try {
                return new Served(RegressorHttp.start(settings, metrics, page.served()), page);
            } catch (RuntimeException e) {
                page.close();
                throw e;
            }
        }

        void serve(KafkaSettings kafka, WorkGroup group) {
            formulas.serve(kafka);
            page.serve(kafka, group);
        }

        void close() {
            page.close();
            formulas.close();
        }
    }

    private void fit(Optional<Served> server, FarmMetrics metrics) {
        try (Admin admin = TopicSetup.openAdmin(kafka.kafka(), TopicSetup.PATIENCE)) {
            TopicSetup.ensureTopics(admin, TopicSetup.BROKERS_REPLICATION, TopicSetup.SERVING);
        }
        kafka.kafka().wire().prepare();
        RegressorSettings settings = RegressorSettings.defaults().withSeed(seed).withThreads(threads);
        RegressorService regressor =
                new RegressorService(kafka.kafka(), settings, new FormulaMeters(metrics.registry()));
        metrics.readyWhen(regressor::isFollowing);
        AdaptiveSampler sampler =
                new AdaptiveSampler(kafka.kafka(), kafka.group(), settings.whileRunning(), Clock.systemUTC());
        // Whichever of the two cannot go on ends the other, and with it the process.
        CompletableFuture<Void> sampling = CompletableFuture.runAsync(
                        sampler::run, task -> new Thread(task, "sampler").start())
                .whenComplete((done, failure) -> regressor.close());
        try (Shutdown shutdown = Shutdown.ownerCloses(regressor::close)) {
            server.ifPresent(one -> one.serve(kafka.kafka(), kafka.group()));
            console.note("regressor: running"
                    + server.map(one -> ", " + one.formulas().pageUrl()).orElse(""));
            try {
                regressor.run();
            } finally {
                sampler.close();
            }
            sampling.join();
            server.ifPresent(Served::close);
            shutdown.endedWell();
        }
    }
}
