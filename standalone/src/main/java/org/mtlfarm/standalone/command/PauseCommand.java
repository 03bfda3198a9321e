package org.mtlfarm.standalone.command;

import java.time.Clock;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import org.mtlfarm.standalone.run.FarmConnection;

/** {@code farm pause STUDY}. */
@Command(
        name = "pause",
        description = "Let a study rest: runs in training go on, no other starts until farm resume STUDY.")
final class PauseCommand implements Runnable {
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
            int paused = farm.reconciler().pause(study);
            output.print(Output.object().put("experiments", paused), paused + " experiments paused");
        }
    }
}
