package org.mtlfarm.producer.study;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.Strategy;

import static org.mtlfarm.producer.study.StudyMistakes.thousands;

/** Mixtures of tasks on a corpus: whether it has what they ask for, and the experiments that they come to. */
final class MixturePlanner {
    private final Study study;
    private final Sources sources;
    private final CorpusCatalogue catalogue;
    private final long trainTokens;
    private final StudyMistakes mistakes;
    private final DoubleUnaryOperator alphaForAmi;
    private final Map<String, Optional<CorpusCatalogue.LabelFacts>> realLabels = new HashMap<>();
    private final Map<Double, Double> alphas = new HashMap<>();

    /**
     * @param mistakes told of all that the corpus cannot give
     * @param alphaForAmi solves an AMI to an alpha
     */
    MixturePlanner(
            Study study,
            Sources sources,
            CorpusCatalogue catalogue,
            long trainTokens,
            StudyMistakes mistakes,
            DoubleUnaryOperator alphaForAmi) {
        this.study = study;
        this.sources = sources;
        this.catalogue = catalogue;
        this.trainTokens = trainTokens;
        this.mistakes = mistakes;
        this.alphaForAmi = alphaForAmi;
    }

    /** Checks a mixture with so many tokens of the real task, and so many of each other one that names none of its own. */
    void check(Mixture mixture, int real, int synthetic) {
        boolean joint = study.training().getStrategy() == Strategy.JOINT;
        for (Mixture.Part part : mixture.parts()) {
            int tokens = part.tokens().orElse(synthetic);
            if (part.tokens().isPresent() && tokens < study.training().getBatch()) {
                mistake(
                        part.path() + ".tokens",
                        "expected at least one batch of "
                                + thousands(study.training().getBatch()) + " tokens (fewer make no step), found "
                                + thousands(tokens));
            }
            if (part.kind() == Mixture.Kind.REAL) {
                checkLabels(part, tokens);
            }
            if (joint && tokens != real) {
                mistake(
                        part.path(),
                        "expected as many tokens for each task as for the real one (JOINT: all tasks label the same"
                                + " tokens), found " + thousands(tokens) + " beside " + thousands(real));
            }
            if (joint && OtherTasks.hasOwnText(part.labels())) {
                mistake(
                        part.path(),
                        "expected no text of its own (JOINT: all tasks label the same tokens), found " + part.labels());
            }
        }
        if (joint) {
            checkSum(mixture, real, thousands(real) + " tokens");
        } else {
            checkShares(mixture, real, synthetic);
        }
    }

    /** The tasks of a mixture as an experiment lists them. */
    List<OtherTask> tasks(Mixture mixture, int synthetic) {
        List<OtherTask> tasks = new ArrayList<>();
        for (Mixture.Part part : mixture.parts()) {
            int tokens = part.tokens().orElse(synthetic);
            OtherTask task = switch (part.kind()) {
                case ALPHA -> OtherTasks.drawn(part.value(), tokens);
                case AMI -> OtherTasks.drawn(alphas.computeIfAbsent(part.value(), alphaForAmi::applyAsDouble), tokens);
                case REAL ->
                    new OtherTask(
                            null,
                            tokens,
                            part.labels(),
                            labels(part).orElseThrow().hash());
            };
            tasks.addAll(Collections.nCopies(part.count(), task));
        }
        return tasks;
    }

    /** The same tasks with labels that tell nothing of the real ones. */
    static Experiment atChance(Experiment experiment, double chance) {
        return OtherTasks.with(
                experiment,
                OtherTasks.of(experiment).stream()
                        .map(task -> OtherTasks.drawn(chance, task.getTokens()))
                        .toList());
    }

    private void checkLabels(Mixture.Part part, int tokens) {
        labels(part)
                .filter(facts -> OtherTasks.hasOwnText(part.labels()) && facts.tokens() < tokens)
                .ifPresent(facts -> mistake(
                        part.path(),
                        thousands(tokens) + " tokens, " + part.labels() + " has " + thousands(facts.tokens())));
    }

    /** Facts of real labels; empty where there are none, which is a mistake. */
    private Optional<CorpusCatalogue.LabelFacts> labels(Mixture.Part part) {
        return realLabels.computeIfAbsent(part.labels(), labels -> {
            try {
                return Optional.of(catalogue.describeLabels(sources, labels));
            } catch (InvalidInputException e) {
                mistake(part.path(), e.getMessage());
                return Optional.empty();
            }
        });
    }

    /** {@code 2,000 + 3 x 3,000 + 1,000 tokens = 12,000, the corpus has 10,000 training tokens}. */
    private void checkShares(Mixture mixture, int real, int synthetic) {
        long needed = real;
        StringBuilder sum = new StringBuilder(thousands(real));
        for (Mixture.Part part : mixture.parts()) {
            if (!OtherTasks.hasOwnText(part.labels())) {
                int tokens = part.tokens().orElse(synthetic);
                needed += (long) part.count() * tokens;
                sum.append(" + ")
                        .append(part.count() == 1 ? "" : part.count() + " x ")
                        .append(thousands(tokens));
            }
        }
        checkSum(mixture, needed, sum + " tokens = " + thousands(needed));
    }

    private void checkSum(Mixture mixture, long needed, String demand) {
        if (needed > trainTokens) {
            mistake(mixture.path(), demand + ", the corpus has " + thousands(trainTokens) + " training tokens");
        }
    }

    private void mistake(String path, String text) {
        mistakes.add(study.lines().of(path), path, text);
    }
}
