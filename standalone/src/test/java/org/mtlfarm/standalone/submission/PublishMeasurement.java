package org.mtlfarm.standalone.submission;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.mtlfarm.producer.farm.Submission;
import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.run.FarmConnection;

/** How long it takes to plan and enqueue a study of so many experiments of 5 runs, by hand: {@code PublishMeasurement EXPERIMENTS}. */
final class PublishMeasurement {
    private PublishMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        StudyPlan plan = plan(Integer.parseInt(arguments[0]));
        Path directory = Files.createTempDirectory("publish-measurement");
        try (BrokerProcess broker = BrokerProcess.start(TestBroker.settings(directory));
                FarmConnection farm = FarmConnection.open(
                        KafkaSettings.of(broker.bootstrapServers()), WorkGroup.WORKERS, Clock.systemUTC())) {
            for (String what : List.of("submitted", "submitted again")) {
                long begin = System.nanoTime();
                Submission submission = farm.submitter().submit(plan);
                System.out.printf("%s in %.1f s: %s%n", what, (System.nanoTime() - begin) / 1e9, submission);
            }
        }
    }

    private static StudyPlan plan(int experiments) {
        String tokens = IntStream.rangeClosed(100, 99 + experiments)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
        String text = "study: large\nruns: 5\ngrid: {tasks: 2, tokens: [" + tokens + "], alpha: 0.9}\n";
        return Planner.plan(StudyReader.parse(text, "large.yaml", Path.of("/")), new CorpusCatalogue() {
            @Override
            public CorpusFacts describe(Sources sources) {
                return new CorpusFacts("c", "v", 1_000_000, List.of("O"), new long[] {1_000_000}, 50, List.of());
            }

            @Override
            public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                throw new IllegalStateException("this study names alphas");
            }
        });
    }
}
