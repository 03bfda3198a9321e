package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.producer.farm.FarmState;
import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.standalone.run.FarmConnection;

/** {@code farm status}. */
@Command(name = "status", description = "What is done, running, failed and missing, and when it will end.")
final class StatusCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Option(names = "--study", paramLabel = "NAME", description = "Only what this study wants (default everything).")
    private String study;

    @Option(names = "--watch", description = "Print again until everything is done, failed or cancelled.")
    private boolean watch;

    @Option(
            names = "--interval",
            defaultValue = "5s",
            converter = Durations.class,
            paramLabel = "DURATION",
            description = "Time between two looks of --watch (default ${DEFAULT-VALUE}).")
    private Duration interval;

    @Override
    public void run() {
        Clock clock = Clock.systemUTC();
        CountDownLatch never = new CountDownLatch(1);
        try (FarmConnection farm = FarmConnection.existing(kafka.kafka(), kafka.group(), clock)) {
            FarmStatus status = look(farm, clock);
            // With --json, standard output is one JSON value: the last look's.
            while (watch && !status.isFinished()) {
                if (output.json()) {
                    output.note(StatusJson.text(status));
                } else {
                    output.print(null, StatusJson.text(status));
                }
                never.await(interval.toMillis(), TimeUnit.MILLISECONDS);
                status = look(farm, clock);
            }
            output.print(StatusJson.json(status), StatusJson.text(status));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private FarmStatus look(FarmConnection farm, Clock clock) {
        Optional<String> only = Optional.ofNullable(study);
        FarmState state = farm.view().refresh();
        only.ifPresent(state::requireStudy);
        return FarmStatus.of(state, only, farm.view().now(clock));
    }
}
