package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.util.Optional;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.standalone.run.FarmConnection;

/** {@code farm retry}. */
@Command(name = "retry", description = "Enqueue the runs that failed or were cancelled, with fresh tries.")
final class RetryCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Option(names = "--study", paramLabel = "NAME", description = "Only this study's (default every study's).")
    private String study;

    @Override
    public void run() {
        try (FarmConnection farm = FarmConnection.existing(kafka.kafka(), kafka.group(), Clock.systemUTC())) {
            Optional<String> only = Optional.ofNullable(study);
            only.ifPresent(farm.view().refresh()::requireStudy);
            int enqueued = farm.reconciler().retry(only);
            output.print(Output.object().put("enqueued", enqueued), enqueued + " runs enqueued");
        }
    }
}
