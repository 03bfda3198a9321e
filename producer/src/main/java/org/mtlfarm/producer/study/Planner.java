package org.mtlfarm.producer.study;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

import org.mtlfarm.schemas.AverageColumn;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.FormulaSpecification;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;

import static org.mtlfarm.producer.study.StudyMistakes.thousands;

/**
 * A study and a corpus to experiments. A single task (T = 1) has no other, so its alpha is 1 and its artificial tasks have
 * as many tokens as itself, whatever the grid says; experiments that are then the same are one.
 */
public final class Planner {
    /** Decimals of an alpha that was computed, so that no id depends on the last bits of a logarithm. */
    private static final double COMPUTED_ALPHA_STEPS = 1e6;

    /** What is known of an experiment only when it has run. */
    private static final Set<AverageColumn> MEASURED =
            EnumSet.of(AverageColumn.AMI, AverageColumn.AMI_LEAST, AverageColumn.AMI_MOST);

    private final Study study;
    private final CorpusFacts facts;
    private final StudyMistakes mistakes;
    private final Map<String, Experiment> experiments = new LinkedHashMap<>();
    private int combinations;

    private Planner(Study study, CorpusFacts facts) {
        this.study = study;
        this.facts = facts;
        this.mistakes = new StudyMistakes(study.lines().file());
    }

    /** Plans a study; throws {@link InvalidInputException} with all that the corpus cannot give, a line each. */
    public static StudyPlan plan(Study study, CorpusCatalogue catalogue) {
        Sources sources = study.sources();
        Planner planner = new Planner(study, catalogue.describe(sources));
        MixturePlanner mixtures = new MixturePlanner(
                study,
                sources,
                catalogue,
                planner.facts.trainTokens(),
                planner.mistakes,
                ami -> rounded(
                        catalogue.alphaForAmi(sources, ami, study.training().getAmiNormalisation())));
        for (Grid grid : study.grids()) {
            planner.checkTokens(grid, mixtures);
        }
        planner.mistakes.throwIfAny();
        for (Grid grid : study.grids()) {
            planner.combine(grid, alphas(grid, sources, study.training(), catalogue));
            planner.combineMixtures(grid, mixtures);
        }
        List<Experiment> planned = List.copyOf(planner.experiments.values());
        planner.checkSampling(planned.size());
        planner.mistakes.throwIfAny();
        List<String> warnings = new ArrayList<>(planner.facts.warnings());
        warnings.addAll(planner.formulaWarnings(planned));
        planned.forEach(planner::addControls);
        Set<String> controls = new HashSet<>(planner.experiments.keySet());
        planned.forEach(experiment -> controls.remove(experiment.getExperimentId()));
        return new StudyPlan(
                study,
                sources,
                planner.facts,
                List.copyOf(planner.experiments.values()),
                controls,
                planner.combinations,
                warnings);
    }

    private static List<Double> alphas(
            Grid grid, Sources sources, TrainingSettings training, CorpusCatalogue catalogue) {
        if (grid.relatedness().measure() == Relatedness.Measure.ALPHA) {
            return grid.relatedness().values();
        }
        return grid.relatedness().values().stream()
                .map(ami -> catalogue.alphaForAmi(sources, ami, training.getAmiNormalisation()))
                .map(Planner::rounded)
                .toList();
    }

    private static double rounded(double alpha) {
        return Math.round(alpha * COMPUTED_ALPHA_STEPS) / COMPUTED_ALPHA_STEPS;
    }

    /** To choose the next ones takes memory and time that grow with the square of their number. */
    private void checkSampling(int experiments) {
        if (study.sampling().isPresent() && experiments > AdaptiveSampling.MOST_EXPERIMENTS) {
            mistakes.add(
                    study.lines().of("sampling"),
                    "sampling",
                    "at most " + StudyMistakes.thousands(AdaptiveSampling.MOST_EXPERIMENTS)
                            + " experiments beside sampling: adaptive",
                    StudyMistakes.thousands(experiments));
        }
    }

    private void combine(Grid grid, List<Double> alphas) {
        for (int tasks : grid.tasks()) {
            for (int real : grid.tokens().real()) {
                for (int synthetic : syntheticFor(grid.tokens(), real)) {
                    for (double alpha : alphas) {
                        for (int layers : grid.sharedLayers()) {
                            combinations++;
                            add(experiment(tasks, real, synthetic, alpha, layers, study.training()));
                        }
                    }
                }
            }
        }
    }

    private void combineMixtures(Grid grid, MixturePlanner mixtures) {
        for (Mixture mixture : grid.mixtures()) {
            for (int real : grid.tokens().real()) {
                for (int synthetic : syntheticFor(grid.tokens(), real)) {
                    for (int layers : grid.sharedLayers()) {
                        combinations++;
                        Experiment alone = alone(real, layers, study.training());
                        add(ExperimentIdentity.identified(OtherTasks.with(alone, mixtures.tasks(mixture, synthetic))));
                    }
                }
            }
        }
    }

    /** T = 1 with as many tokens a task, and what the study asks for beside it. */
    private void addControls(Experiment experiment) {
        if (experiment.getTasks() == 1 || study.controls().isEmpty()) {
            return;
        }
        int real = experiment.getTokensReal();
        int layers = experiment.getSharedLayers();
        Experiment single = alone(real, layers, study.training());
        add(single);
        for (Control control : study.controls()) {
            add(
                    switch (control) {
                        case STEPS -> alone(real, layers, lasting(RunSteps.of(experiment), single));
                        case TOKENS -> alone(allTokens(experiment), layers, study.training());
                        case CHANCE ->
                            ExperimentIdentity.identified(MixturePlanner.atChance(
                                    experiment, rounded(1.0 / facts.labels().size())));
                    });
        }
    }

    private Experiment alone(int tokens, int layers, TrainingSettings training) {
        return experiment(1, tokens, tokens, 1, layers, training);
    }

    /** The study's training with the epochs in which an experiment comes nearest to so many steps. */
    private TrainingSettings lasting(long steps, Experiment experiment) {
        double stepsAnEpoch =
                (double) RunSteps.of(experiment) / study.training().getEpochs();
        return TrainingSettings.newBuilder(study.training())
                .setEpochs(Math.toIntExact(Math.round(steps / stepsAnEpoch)))
                .build();
    }

    /** Of all tasks together; the corpus has them, but for those of texts of their own. */
    private int allTokens(Experiment experiment) {
        return Math.toIntExact(Math.min(OtherTasks.totalTokens(experiment), facts.trainTokens()));
    }

    private void add(Experiment experiment) {
        experiments.putIfAbsent(experiment.getExperimentId(), experiment);
    }

    private Experiment experiment(
            int tasks, int real, int synthetic, double alpha, int layers, TrainingSettings training) {
        return ExperimentIdentity.identified(Experiment.newBuilder()
                .setExperimentId("")
                .setCorpusHash(facts.corpusHash())
                .setVectorsHash(facts.vectorsHash())
                .setTasks(tasks)
                .setTokensReal(real)
                .setTokensSynthetic(tasks == 1 ? real : synthetic)
                .setAlpha(tasks == 1 ? 1 : alpha)
                .setSharedLayers(layers)
                .setTraining(training)
                .build());
    }

    private static List<Integer> syntheticFor(Tokens tokens, int real) {
        return tokens.balanced() ? List.of(real) : tokens.synthetic();
    }

    private void checkTokens(Grid grid, MixturePlanner mixtures) {
        boolean alone = grid.tasks().stream().allMatch(tasks -> tasks == 1);
        Tokens tokens = grid.tokens();
        for (int i = 0; i < tokens.real().size(); i++) {
            checkBatch(
                    tokensPath(grid, tokens.balanced() ? "" : ".real", i),
                    tokens.real().get(i));
        }
        for (int j = 0; j < tokens.synthetic().size() && !alone; j++) {
            checkBatch(tokensPath(grid, ".synthetic", j), tokens.synthetic().get(j));
        }
        for (int i = 0; i < tokens.real().size(); i++) {
            int real = tokens.real().get(i);
            for (int synthetic : syntheticFor(tokens, real)) {
                if (!grid.mixtures().isEmpty()) {
                    grid.mixtures().forEach(mixture -> mixtures.check(mixture, real, synthetic));
                    continue;
                }
                checkCorpus(grid, tokensPath(grid, tokens.balanced() ? "" : ".real", i), real, synthetic);
            }
        }
    }

    /** The path that was read for one of several values; a single value that stands for a list has no index. */
    private String tokensPath(Grid grid, String part, int index) {
        String path = grid.path() + ".tokens" + part;
        String element = path + "[" + index + "]";
        return study.lines().lines().containsKey(element) ? element : path;
    }

    private void checkBatch(String path, int tokens) {
        int batch = study.training().getBatch();
        if (tokens < batch) {
            mistakes.add(
                    study.lines().of(path),
                    path,
                    "at least one batch of " + thousands(batch) + " tokens (fewer make no step)",
                    thousands(tokens));
        }
    }

    private void checkCorpus(Grid grid, String path, int real, int synthetic) {
        boolean joint = study.training().getStrategy() == Strategy.JOINT;
        if (joint && real != synthetic && grid.tasks().stream().anyMatch(tasks -> tasks > 1)) {
            mistakes.add(
                    study.lines().of(path),
                    path,
                    "as many tokens for artificial tasks as for the real one (JOINT: all tasks label the same tokens)",
                    thousands(real) + " and " + thousands(synthetic));
            return;
        }
        TreeMap<Integer, Long> tooMany = new TreeMap<>();
        for (int tasks : grid.tasks()) {
            long needed = joint ? real : real + (tasks - 1L) * synthetic;
            if (needed > facts.trainTokens()) {
                tooMany.put(tasks, needed);
            }
        }
        if (!tooMany.isEmpty()) {
            mistakes.add(study.lines().of(path), path, arithmetic(tooMany, real, synthetic, joint));
        }
    }

    /** {@code tasks 8 x 5,000 tokens = 40,000, the corpus has 26,752 training tokens (at most 5 tasks fit)}. */
    private String arithmetic(TreeMap<Integer, Long> tooMany, int real, int synthetic, boolean joint) {
        int fewest = tooMany.firstKey();
        String demand;
        if (joint || fewest == 1) {
            demand = thousands(real) + " tokens";
        } else if (real == synthetic) {
            demand = "tasks " + fewest + " x " + thousands(real) + " tokens = " + thousands(tooMany.get(fewest));
        } else {
            demand = thousands(real) + " tokens + " + (fewest - 1) + " artificial tasks x " + thousands(synthetic)
                    + " tokens = " + thousands(tooMany.get(fewest));
        }
        String more = tooMany.size() == 1
                ? ""
                : "; more still for tasks "
                        + tooMany.tailMap(fewest, false).keySet().stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", "));
        long fitting = real > facts.trainTokens() ? 0 : 1 + (facts.trainTokens() - real) / synthetic;
        String most =
                joint || fitting == 0 ? "" : " (at most " + fitting + (fitting == 1 ? " task" : " tasks") + " fit)";
        return demand + ", the corpus has " + thousands(facts.trainTokens()) + " training tokens" + most + more;
    }

    private List<String> formulaWarnings(List<Experiment> planned) {
        List<String> warnings = new ArrayList<>();
        for (FormulaSpecification formula : study.formulas()) {
            List<Experiment> rows =
                    planned.stream().filter(row -> mayMatch(formula, row)).toList();
            if (rows.isEmpty()) {
                warnings.add("formula '" + formula + "' will find no rows: no experiment of the study has "
                        + formula.condition());
                continue;
            }
            for (AverageColumn feature : formula.features()) {
                if (rows.size() > 1
                        && rows.stream()
                                        .mapToDouble(row -> value(feature, row))
                                        .distinct()
                                        .count()
                                == 1) {
                    warnings.add("formula '" + formula + "' cannot show the effect of " + feature.columnName()
                            + ": it is the same in all " + rows.size() + " experiments");
                }
            }
        }
        return warnings;
    }

    /** Whether an experiment's average may match, the AMI being known only when it has run. */
    private static boolean mayMatch(FormulaSpecification formula, Experiment experiment) {
        return formula.conditions().stream()
                .filter(condition -> !MEASURED.contains(condition.column()))
                .allMatch(condition -> condition.holds(value(condition.column(), experiment)));
    }

    /** A factor's planned value; for the AMI the alpha, on which it depends alone. */
    private static double value(AverageColumn column, Experiment experiment) {
        return switch (column) {
            case TASKS -> experiment.getTasks();
            case TOKENS -> experiment.getTokensReal();
            case TOKENS_SYNTHETIC -> experiment.getTokensSynthetic();
            case ALPHA, AMI -> experiment.getAlpha();
            case SHARED_LAYERS -> experiment.getSharedLayers();
            case AMI_LEAST -> alphas(experiment).min().orElse(1);
            case AMI_MOST -> alphas(experiment).max().orElse(1);
            case TOKENS_TOTAL -> OtherTasks.totalTokens(experiment);
            case F1, F1_DEV -> throw new IllegalArgumentException(column + " is no factor");
        };
    }

    private static DoubleStream alphas(Experiment experiment) {
        return OtherTasks.of(experiment).stream()
                .filter(task -> !OtherTasks.isReal(task))
                .mapToDouble(OtherTask::getAlpha);
    }
}
