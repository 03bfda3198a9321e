package org.mtlfarm.schemas;

import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The tasks that an experiment has beside the real one, alike or not. */
public final class OtherTasks {
    private OtherTasks() {}

    /** All of them, in the order in which they take turns: {@code tasks - 1}, whether the experiment lists them or not. */
    public static List<OtherTask> of(Experiment experiment) {
        if (!experiment.getOthers().isEmpty()) {
            if (experiment.getOthers().size() != experiment.getTasks() - 1) {
                throw new IllegalArgumentException("an experiment of " + experiment.getTasks() + " tasks lists "
                        + experiment.getOthers().size() + " beside the real one");
            }
            return experiment.getOthers();
        }
        return Collections.nCopies(
                Math.max(0, experiment.getTasks() - 1), drawn(experiment.getAlpha(), experiment.getTokensSynthetic()));
    }

    /** A task whose labels are drawn. */
    public static OtherTask drawn(double alpha, int tokens) {
        return new OtherTask(alpha, tokens, "", "");
    }

    /** Whether a task's labels are real ones rather than drawn. */
    public static boolean isReal(OtherTask task) {
        return task.getAlpha() == null;
    }

    /** Whether a task with such labels ({@link OtherTask#getLabels()}) is trained on a text of its own, not on the corpus. */
    public static boolean hasOwnText(String labels) {
        return labels.startsWith("file=");
    }

    /**
     * The same experiment with these tasks beside the real one. Those that are drawn and all alike are not listed: the
     * experiment is then the one that knows no list, under the same id.
     */
    public static Experiment with(Experiment experiment, List<OtherTask> others) {
        Experiment.Builder changed = Experiment.newBuilder(experiment)
                .setTasks(others.size() + 1)
                .setOthers(List.of())
                .setTokensSynthetic(experiment.getTokensReal())
                .setAlpha(1);
        if (!others.isEmpty()) {
            boolean alike = !isReal(others.get(0)) && others.stream().allMatch(others.get(0)::equals);
            changed.setOthers(alike ? List.of() : List.copyOf(others))
                    .setTokensSynthetic(meanTokens(others))
                    .setAlpha(alike ? others.get(0).getAlpha() : meanAlpha(others));
        }
        return changed.build();
    }

    /** Training tokens of all tasks, the real one's included; with {@code JOINT} those that all of them label. */
    public static long totalTokens(Experiment experiment) {
        if (experiment.getTraining().getStrategy() == Strategy.JOINT) {
            return experiment.getTokensReal();
        }
        return experiment.getTokensReal()
                + of(experiment).stream().mapToLong(OtherTask::getTokens).sum();
    }

    /** Training tokens that an experiment takes from its corpus: those of tasks with a text of their own are not among them. */
    public static long corpusTokens(Experiment experiment) {
        if (experiment.getTraining().getStrategy() == Strategy.JOINT) {
            return experiment.getTokensReal();
        }
        return experiment.getTokensReal()
                + of(experiment).stream()
                        .filter(task -> !hasOwnText(task.getLabels()))
                        .mapToLong(OtherTask::getTokens)
                        .sum();
    }

    /** {@code 3 x alpha 0.9 (2000 tokens), column=4 (1000 tokens)}: neighbours that are alike in one. */
    public static String describe(List<OtherTask> others) {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < others.size(); ) {
            OtherTask task = others.get(from);
            int to = from + 1;
            while (to < others.size() && others.get(to).equals(task)) {
                to++;
            }
            String what = isReal(task) ? task.getLabels() : "alpha " + CanonicalNumber.print(task.getAlpha());
            text.append(text.isEmpty() ? "" : ", ")
                    .append(to - from == 1 ? "" : (to - from) + " x ")
                    .append(String.format(Locale.ROOT, "%s (%d tokens)", what, task.getTokens()));
            from = to;
        }
        return text.toString();
    }

    private static int meanTokens(List<OtherTask> others) {
        return Math.toIntExact(Math.round(
                others.stream().mapToInt(OtherTask::getTokens).average().orElseThrow()));
    }

    private static double meanAlpha(List<OtherTask> others) {
        double sum = 0;
        int drawn = 0;
        for (OtherTask task : others) {
            if (!isReal(task)) {
                sum += task.getAlpha();
                drawn++;
            }
        }
        return drawn == 0 ? 1 : sum / drawn;
    }
}
