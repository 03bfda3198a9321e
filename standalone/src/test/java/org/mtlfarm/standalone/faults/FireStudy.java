package org.mtlfarm.standalone.faults;

import java.nio.file.Path;
import java.util.List;

import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.Sources;

import static java.time.Instant.EPOCH;

/** The study that is run while things break: 20 experiments of 5 runs on a corpus that nobody reads. */
final class FireStudy {
    static final String NAME = "fire";

    private static final String TEXT = """
            study: fire
            runs: 5
            maxAttempts: 2
            deadline: 8s
            grid: {tasks: [1, 2, 4], tokens: [500, 1000, 1500, 2000], alpha: [0.6, 0.9]}
            formulas: [f1 ~ tokens, "f1 ~ tokens, ami, tasks"]
            """;

    private FireStudy() {}

    static StudyPlan plan() {
        return Planner.plan(StudyReader.parse(TEXT, "fire.yaml", Path.of("/")), new CorpusCatalogue() {
            @Override
            public CorpusFacts describe(Sources sources) {
                return new CorpusFacts("c", "v", 10_000, List.of("O"), new long[] {10_000}, 50, List.of());
            }

            @Override
            public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
                throw new IllegalStateException("this study names alphas");
            }
        });
    }

    static List<Run> runs() {
        return plan().plans(EPOCH).stream()
                .flatMap(plan -> StudyPlan.runs(plan, EPOCH).stream())
                .toList();
    }
}
