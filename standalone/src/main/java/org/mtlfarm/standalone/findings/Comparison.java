package org.mtlfarm.standalone.findings;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.mtlfarm.producer.study.RunSteps;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

/**
 * A multitask experiment and what stands beside it, each absent where the study has no such experiment.
 *
 * @param single T = 1, as many tokens a task, as many epochs
 * @param steps T = 1 with as many Adam steps, to the nearest epoch
 * @param tokens T = 1 with as many tokens as all the tasks have together
 * @param chance as many tasks that tell nothing of the real one
 */
public record Comparison(
        Average multitask,
        Optional<Average> single,
        Optional<Average> steps,
        Optional<Average> tokens,
        Optional<Average> chance) {
    /** Tasks of at most so large an AMI tell nothing. */
    public static final double NOTHING = 0.01;

    /** Of every multitask experiment among the first, what stands beside it among all. */
    public static List<Comparison> of(List<Average> averages, List<Average> controls) {
        List<Average> all = new ArrayList<>(averages);
        all.addAll(controls);
        all.removeIf(average -> average.getRunsDone() == 0);
        return averages.stream()
                .filter(average ->
                        average.getRunsDone() > 0 && average.getExperiment().getTasks() > 1)
                .map(average -> of(average, all))
                .toList();
    }

    /** Whether its own tasks tell nothing. */
    public boolean isChance() {
        return tellsNothing(multitask);
    }

    private static Comparison of(Average multitask, List<Average> all) {
        Experiment own = multitask.getExperiment();
        List<Average> alone = all.stream()
                .filter(other -> other.getExperiment().getTasks() == 1 && alike(own, other.getExperiment()))
                .toList();
        return new Comparison(
                multitask,
                alone.stream()
                        .filter(other -> other.getExperiment().getTokensReal() == own.getTokensReal()
                                && epochs(other.getExperiment()) == epochs(own))
                        .findFirst(),
                alone.stream()
                        .filter(other -> other.getExperiment().getTokensReal() == own.getTokensReal()
                                && withinAnEpoch(RunSteps.of(own), other.getExperiment()))
                        .min(Comparator.comparingLong(
                                other -> Math.abs(RunSteps.of(own) - RunSteps.of(other.getExperiment())))),
                alone.stream()
                        .filter(other -> other.getExperiment().getTokensReal() == allTokens(own)
                                && epochs(other.getExperiment()) == epochs(own))
                        .findFirst(),
                all.stream()
                        .filter(other -> other.getExperiment().getTasks() == own.getTasks()
                                && other.getExperiment().getTokensReal() == own.getTokensReal()
                                && other.getExperiment().getTokensSynthetic() == own.getTokensSynthetic()
                                && epochs(other.getExperiment()) == epochs(own)
                                && alike(own, other.getExperiment())
                                && tellsNothing(other))
                        .min(Comparator.comparingDouble(other -> Math.abs(other.getAmiMean()))));
    }

    private static boolean tellsNothing(Average average) {
        return average.getExperiment().getTasks() > 1 && Math.abs(average.getAmiMean()) <= NOTHING;
    }

    /** Everything but tasks, tokens and epochs. */
    private static boolean alike(Experiment one, Experiment other) {
        return one.getCorpusHash().equals(other.getCorpusHash())
                && one.getVectorsHash().equals(other.getVectorsHash())
                && one.getSharedLayers() == other.getSharedLayers()
                && withoutEpochs(one).equals(withoutEpochs(other));
    }

    private static TrainingSettings withoutEpochs(Experiment experiment) {
        return TrainingSettings.newBuilder(experiment.getTraining())
                .setEpochs(1)
                .build();
    }

    private static int epochs(Experiment experiment) {
        return experiment.getTraining().getEpochs();
    }

    private static boolean withinAnEpoch(long steps, Experiment alone) {
        return Math.abs(steps - RunSteps.of(alone)) * epochs(alone) <= RunSteps.of(alone);
    }

    private static long allTokens(Experiment experiment) {
        return experiment.getTraining().getStrategy() == Strategy.JOINT
                ? experiment.getTokensReal()
                : experiment.getTokensReal() + (experiment.getTasks() - 1L) * experiment.getTokensSynthetic();
    }
}
