package org.mtlfarm.schemas;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A number of an {@link Average} that a formula can speak of: what is explained, or what explains it. */
public enum AverageColumn {
    /** Mean test F1 over the runs, a ratio in [0, 1]. */
    F1("f1", true, Average::getF1Mean),
    /** Mean F1 on the development part, a ratio in [0, 1]. */
    F1_DEV("f1_dev", true, Average::getF1DevMean),
    /** Training tokens of the real task. */
    TOKENS("tokens", false, average -> average.getExperiment().getTokensReal()),
    /** Training tokens of each artificial task; their mean where they differ. */
    TOKENS_SYNTHETIC(
            "tokens_synthetic", false, average -> average.getExperiment().getTokensSynthetic()),
    /** T, the tasks including the real one. */
    TASKS("tasks", false, average -> average.getExperiment().getTasks()),
    /** Mean adjusted mutual information of the artificial tasks with the real one; 1 where there is none. */
    AMI("ami", false, Average::getAmiMean),
    /** Probability that an artificial task keeps the real label; the mean where they differ. */
    ALPHA("alpha", false, average -> average.getExperiment().getAlpha()),
    /** Dense layers shared by all tasks. */
    SHARED_LAYERS("shared_layers", false, average -> average.getExperiment().getSharedLayers()),
    /** AMI of the least related artificial task, mean over the runs; 1 where there is none. */
    AMI_LEAST("ami_least", false, average -> meanAmi(average, Slot::getAmiLeast)),
    /** AMI of the most related artificial task, mean over the runs; 1 where there is none. */
    AMI_MOST("ami_most", false, average -> meanAmi(average, Slot::getAmiMost)),
    /** Training tokens of all tasks together. */
    TOKENS_TOTAL("tokens_total", false, average -> OtherTasks.totalTokens(average.getExperiment()));

    private final String columnName;
    private final boolean target;
    private final ToDoubleFunction<Average> value;

    AverageColumn(String columnName, boolean target, ToDoubleFunction<Average> value) {
        this.columnName = columnName;
        this.target = target;
        this.value = value;
    }

    /** As formulas and {@code averages.csv} spell it: {@code shared_layers}. */
    public String columnName() {
        return columnName;
    }

    /** Whether it is a score: such a column is explained by a formula and explains none. */
    public boolean isTarget() {
        return target;
    }

    public double valueOf(Average average) {
        return value.applyAsDouble(average);
    }

    /** The column of that name, spelled {@code shared_layers} or {@code sharedLayers}. */
    public static Optional<AverageColumn> named(String name) {
        String plain = plain(name);
        return Arrays.stream(values())
                .filter(column -> plain(column.columnName).equals(plain))
                .findFirst();
    }

    /** The names of the columns that can be explained, or of those that can explain. */
    public static List<String> names(boolean targets) {
        return Arrays.stream(values())
                .filter(column -> column.target == targets)
                .map(AverageColumn::columnName)
                .toList();
    }

    /** Over the places that are filled; what they do not tell of their tasks one by one, their mean stands for. */
    private static double meanAmi(Average average, Function<Slot, Double> ofSlot) {
        double sum = 0;
        int filled = 0;
        for (Slot slot : average.getSlots()) {
            if (slot.getOutcome() == Outcome.TRAINED || slot.getOutcome() == Outcome.DIVERGED) {
                Double ami = ofSlot.apply(slot);
                sum += ami == null ? slot.getAmi() : ami;
                filled++;
            }
        }
        return filled == 0 ? average.getAmiMean() : sum / filled;
    }

    private static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }
}
