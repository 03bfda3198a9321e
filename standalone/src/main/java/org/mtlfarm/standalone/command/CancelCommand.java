package org.mtlfarm.standalone.command;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import org.mtlfarm.producer.farm.Reconciler.Cancellation;
import org.mtlfarm.standalone.run.FarmConnection;

/** {@code farm cancel STUDY}. */
@Command(
        name = "cancel",
        description = "Take a study's experiments off the plan; workers stop their runs. Results stay.")
final class CancelCommand implements Runnable {
    @Mixin
    private Output output;

    @Mixin
    private KafkaOptions kafka;

    @Parameters(paramLabel = "STUDY", description = "The study's name.")
    private String study;

    @Override
    public void run() {
        try (FarmConnection farm = FarmConnection.existing(kafka.kafka(), kafka.group(), Clock.systemUTC())) {
            farm.view().refresh().requireStudy(study);
            Cancellation cancelled = farm.reconciler().cancel(study);
            output.print(
                    Output.object()
                            .put("experiments", cancelled.experiments())
                            .put("stillQueued", cancelled.stillQueued()),
                    cancelled.experiments() + " experiments taken off the plan; " + cancelled.stillQueued()
                            + " of their runs are queued or in training, and workers cancel them");
        }
    }
}
