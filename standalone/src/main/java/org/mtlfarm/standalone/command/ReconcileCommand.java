package org.mtlfarm.standalone.command;

import java.time.Clock;
import java.util.Optional;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import org.mtlfarm.producer.farm.Reconciler.Reconciliation;
import org.mtlfarm.standalone.run.FarmConnection;

/** {@code farm reconcile}. */
@Command(
        name = "reconcile",
        description =
                "Enqueue every planned run that has neither a result nor a final failure and is nowhere on the queue.")
final class ReconcileCommand implements Runnable {
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
            Reconciliation done = farm.reconciler().reconcile(only);
            output.print(
                    Output.object().put("enqueued", done.enqueued()).put("givenUp", done.givenUp()),
                    done.enqueued() + " runs enqueued, " + done.givenUp() + " given up after their last try");
        }
    }
}
