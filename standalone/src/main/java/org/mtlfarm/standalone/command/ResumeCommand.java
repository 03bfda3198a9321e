package org.mtlfarm.standalone.command;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import org.mtlfarm.producer.farm.Reconciler.Resumption;
import org.mtlfarm.standalone.run.FarmConnection;

/** {@code farm resume STUDY}. */
@Command(name = "resume", description = "Let a paused study go on: what was put aside is enqueued again.")
final class ResumeCommand implements Runnable {
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
            Resumption resumed = farm.reconciler().resume(study);
            output.print(
                    Output.object().put("experiments", resumed.experiments()).put("enqueued", resumed.enqueued()),
                    resumed.experiments() + " experiments resumed, " + resumed.enqueued() + " runs enqueued");
        }
    }
}
