package org.mtlfarm.standalone.command;

import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.TopicSetup;

/** {@code farm regressor}. */
@Command(name = "regressor", description = "Fit the studies' formulas again as experiments complete.")
final class RegressorCommand implements Runnable {
    @Mixin
    private Console console;

    @Mixin
    private KafkaOptions kafka;

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
        try (Admin admin = TopicSetup.openAdmin(kafka.kafka(), TopicSetup.PATIENCE)) {
            TopicSetup.ensureTopics(admin, TopicSetup.BROKERS_REPLICATION, TopicSetup.SERVING);
        }
        kafka.kafka().wire().prepare();
        RegressorService regressor = new RegressorService(
                kafka.kafka(), RegressorSettings.defaults().withSeed(seed).withThreads(threads));
        try (Shutdown shutdown = Shutdown.ownerCloses(regressor::close)) {
            console.note("regressor: running");
            regressor.run();
            shutdown.endedWell();
        }
    }
}
