package org.mtlfarm.standalone.run;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;

/**
 * What a study took in all against the training of its runs, read from the topics that {@code farm run --out DIR} has left
 * within the last hour (progress is kept no longer), by hand: {@code OverheadMeasurement DIR SLOTS}.
 */
final class OverheadMeasurement {
    private OverheadMeasurement() {}

    public static void main(String[] arguments) {
        int slots = Integer.parseInt(arguments[1]);
        try (EmbeddedBroker broker =
                EmbeddedBroker.start(BrokerSettings.in(Path.of(arguments[0]).resolve("kafka")))) {
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            Instant first = Instant.MAX;
            Instant last = Instant.MIN;
            List<RunResult> results = new ArrayList<>();
            try (TopicReader<Progress> progress = TopicReader.open(Topics.PROGRESS, Progress.class, kafka);
                    TopicReader<Average> averages = TopicReader.open(Topics.AVERAGES, Average.class, kafka);
                    TopicReader<RunResult> finished = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
                for (TopicReader.Message<Progress> message : progress.readToEnd()) {
                    // When it was written; it is sent a little later.
                    Instant at = message.value().getAt();
                    first = at.isBefore(first) ? at : first;
                }
                for (TopicReader.Message<Average> message : averages.readToEnd()) {
                    last = message.timestamp().isAfter(last) ? message.timestamp() : last;
                }
                finished.readToEnd(message -> results.add(message.value()));
            }
            double train =
                    results.stream().mapToDouble(RunResult::getTrainSeconds).sum();
            double score =
                    results.stream().mapToDouble(RunResult::getScoreSeconds).sum();
            double wall = (last.toEpochMilli() - first.toEpochMilli()) / 1e3;
            System.out.printf(
                    "%d runs in %d slots: %.1f s from the first run taken to the last average; training %.1f s a slot,"
                            + " scoring %.1f s a slot; wall time is %.3f times the training, %.3f times training and scoring%n",
                    results.size(),
                    slots,
                    wall,
                    train / slots,
                    score / slots,
                    wall * slots / train,
                    wall * slots / (train + score));
        }
        System.exit(0);
    }
}
