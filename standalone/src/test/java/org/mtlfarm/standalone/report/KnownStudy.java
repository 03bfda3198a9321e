package org.mtlfarm.standalone.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

import org.mtlfarm.aggregator.ExperimentSlots;
import org.mtlfarm.producer.study.ExperimentIdentity;
import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.SpanScores;
import org.mtlfarm.schemas.TrainingSettings;

/** A study whose scores follow a law that one knows, with normal noise over its runs: nothing is trained. */
public final class KnownStudy {
    static {
        AvroCodec.trustMessages();
    }

    public static final int EPOCHS = 30;
    public static final int RUNS = 5;

    private static final double[] ALPHAS = {0.2, 0.7, 0.9, 0.96, 1};
    private static final double[] AMIS = {0, 0.21, 0.55, 0.75, 1};
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final ToDoubleFunction<Experiment> law;
    private final double noise;
    private final SplittableRandom random;
    private final List<RunResult> results = new ArrayList<>();

    private KnownStudy(ToDoubleFunction<Experiment> law, double noise, long seed) {
        this.law = law;
        this.noise = noise;
        this.random = new SplittableRandom(seed);
    }

    /** F1 rises with n, with AMI, with T where tasks are related, falls with T where they are not. */
    public static double helpful(Experiment experiment) {
        double ami = ami(experiment);
        int others = experiment.getTasks() - 1;
        double worth = experiment.getTokensReal() * (1 + 0.5 * others * (ami - 0.3));
        double steps = experiment.getTraining().getEpochs() / (double) EPOCHS;
        return 0.8 * (1 - Math.exp(-Math.max(100, worth) * (1 + 0.02 * (steps - 1)) / 3000));
    }

    public static double ami(Experiment experiment) {
        for (int i = 0; i < ALPHAS.length; i++) {
            if (experiment.getAlpha() == ALPHAS[i]) {
                return experiment.getTasks() == 1 ? 1 : AMIS[i];
            }
        }
        throw new IllegalArgumentException("alpha " + experiment.getAlpha());
    }

    /** T 1, 2, 4, 8, n 500 to 3,000, five alphas, with the controls STEPS and TOKENS; 0.2 is chance already. */
    public static StudyReport report(ToDoubleFunction<Experiment> law, double noise, long seed, String... formulas) {
        KnownStudy study = new KnownStudy(law, noise, seed);
        List<Average> averages = new ArrayList<>();
        List<Average> controls = new ArrayList<>();
        for (int tokens : new int[] {500, 1000, 2000, 3000}) {
            averages.add(study.average(experiment(1, tokens, 1, EPOCHS)));
            for (int tasks : new int[] {2, 4, 8}) {
                for (double alpha : ALPHAS) {
                    averages.add(study.average(experiment(tasks, tokens, alpha, EPOCHS)));
                }
                controls.add(study.average(experiment(1, tokens, 1, EPOCHS * tasks)));
                if (tokens * tasks > 3000 || tokens * tasks == 1500) {
                    Average all = study.average(experiment(1, tokens * tasks, 1, EPOCHS));
                    if (controls.stream().noneMatch(one -> one.getExperiment().equals(all.getExperiment()))) {
                        controls.add(all);
                    }
                }
            }
        }
        List<Formula> fitted = new ArrayList<>();
        for (String formula : formulas) {
            FormulaFit.fit(
                            "known",
                            FormulaSpecification.parse(formula),
                            averages,
                            FitSettings.defaults().withTimeLimit(Duration.ofSeconds(1)),
                            NOW,
                            progress -> {})
                    .ifPresent(fitted::add);
        }
        return new StudyReport(
                "known",
                new Sources("builtin", "builtin"),
                averages,
                controls,
                fitted,
                study.results,
                List.of(formulas),
                NOW);
    }

    public static Experiment experiment(int tasks, int tokens, double alpha, int epochs) {
        return ExperimentIdentity.identified(Experiment.newBuilder()
                .setExperimentId("")
                .setCorpusHash("c")
                .setVectorsHash("v")
                .setTasks(tasks)
                .setTokensReal(tokens)
                .setTokensSynthetic(tokens)
                .setAlpha(alpha)
                .setSharedLayers(2)
                .setTraining(TrainingSettings.newBuilder()
                        .setEpochs(epochs)
                        .setHidden(100)
                        .build())
                .build());
    }

    private Average average(Experiment experiment) {
        ExperimentSlots slots = ExperimentSlots.empty(experiment);
        for (int run = 0; run < RUNS; run++) {
            double normal =
                    Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
            RunResult result = result(experiment, run, law.applyAsDouble(experiment) + noise * normal);
            if (results.stream().noneMatch(known -> RunKey.of(known).equals(RunKey.of(result)))) {
                results.add(result);
            }
            slots = slots.with(result, NOW);
        }
        return slots.average();
    }

    private static RunResult result(Experiment experiment, int run, double f1) {
        double score = Math.min(1, Math.max(0, f1));
        List<Double> ami = new ArrayList<>(List.of(1.0));
        List<Double> alpha = new ArrayList<>(List.of(1.0));
        for (int task = 1; task < experiment.getTasks(); task++) {
            ami.add(ami(experiment));
            alpha.add(experiment.getAlpha());
        }
        return RunResult.newBuilder()
                .setExperiment(experiment)
                .setRunIndex(run)
                .setRuns(RUNS)
                .setStudy("known")
                .setOutcome(Outcome.TRAINED)
                .setTest(new SpanScores(score, score, score, 100L, 100L, 50L))
                .setDev(new SpanScores(score, score, score, 100L, 100L, 50L))
                .setAmi(ami)
                .setAlpha(alpha)
                .setSteps(100)
                .setTrainSeconds(1)
                .setScoreSeconds(1)
                .setFinalLoss(0.1)
                .setWorker("worker <1>")
                .setProvenance(Provenance.newBuilder()
                        .setSeed(new RunKey(experiment.getExperimentId(), run).seed())
                        .setEngine("fused")
                        .setEngineVersion("1")
                        .setFarmVersion("1")
                        .setCorpusHash("c")
                        .setVectorsHash("v")
                        .setCorpus("builtin")
                        .setVectors("builtin")
                        .setJavaRuntime("17")
                        .setOperatingSystem("Linux")
                        .setProcessor("a processor")
                        .build())
                .setFinishedAt(NOW)
                .build();
    }

    /** Writes such a study's report, for one's own eyes. */
    public static void main(String[] arguments) {
        StudyReport report = report(
                KnownStudy::helpful,
                0.02,
                1,
                "f1 ~ tokens",
                "f1 ~ ami where tasks > 1",
                "f1 ~ tasks",
                "f1 ~ tokens, ami, tasks");
        ReportFiles.write(
                java.nio.file.Path.of(arguments[0]),
                report,
                StudyFindings.of(
                        report,
                        () -> {
                            throw new org.mtlfarm.schemas.InvalidInputException("nothing is there");
                        },
                        java.util.Optional.empty()));
    }
}
