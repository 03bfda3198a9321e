package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Strategy;

/** Which tokens of the training part which tasks are trained on. */
public final class TokenShares {
    /**
     * A stretch of the training part, or of the text of a task that has its own, and the tasks that label it.
     *
     * @param tasks whose losses make one step together
     * @param from first token
     * @param tokens how many
     */
    public record Share(List<Integer> tasks, int from, int tokens) {
        public Share {
            tasks = List.copyOf(tasks);
        }
    }

    private TokenShares() {}

    /**
     * The shares, in the order in which they take turns in an epoch. ALTERNATING: each task has its own, the real task's
     * first, one after the other; one on a text of its own begins with that. JOINT: all tasks have the first tokens together.
     *
     * @param corpusTokens of the training part
     * @throws InvalidInputException if the corpus has not enough tokens, a share has less than one batch, or JOINT tasks
     *     are to have different numbers of tokens
     */
    public static List<Share> of(Experiment experiment, int corpusTokens) {
        int real = experiment.getTokensReal();
        List<OtherTask> others = OtherTasks.of(experiment);
        List<Share> shares = new ArrayList<>();
        if (experiment.getTraining().getStrategy() == Strategy.JOINT) {
            List<Integer> all = new ArrayList<>(List.of(0));
            for (OtherTask task : others) {
                if (task.getTokens() != real) {
                    throw new InvalidInputException(
                            "JOINT tasks label the same tokens: expected as many for artificial tasks"
                                    + " as for the real one, found " + real + " and " + task.getTokens());
                }
                all.add(all.size());
            }
            requireTokens(real, "n = " + real, corpusTokens);
            shares.add(new Share(all, 0, real));
        } else {
            requireTokens(OtherTasks.corpusTokens(experiment), arithmetic(experiment), corpusTokens);
            shares.add(new Share(List.of(0), 0, real));
            int from = real;
            for (OtherTask task : others) {
                boolean ownText = OtherTasks.hasOwnText(task.getLabels());
                shares.add(new Share(List.of(shares.size()), ownText ? 0 : from, task.getTokens()));
                from += ownText ? 0 : task.getTokens();
            }
        }
        shares.forEach(share -> requireBatch(share, experiment.getTraining().getBatch()));
        return shares;
    }

    private static String arithmetic(Experiment experiment) {
        int others = experiment.getTasks() - 1;
        int real = experiment.getTokensReal();
        int synthetic = experiment.getTokensSynthetic();
        long total = OtherTasks.corpusTokens(experiment);
        if (!experiment.getOthers().isEmpty()) {
            return "%d of the real task + %s = %d".formatted(real, OtherTasks.describe(experiment.getOthers()), total);
        }
        return real == synthetic
                ? "T x n = %d x %d = %d".formatted(others + 1, real, total)
                : "n_real + (T - 1) x n_synthetic = %d + %d x %d = %d".formatted(real, others, synthetic, total);
    }

    private static void requireTokens(long asked, String arithmetic, int corpusTokens) {
        if (asked > corpusTokens) {
            throw new InvalidInputException(
                    "more training tokens asked for than the corpus has: " + arithmetic + " > " + corpusTokens);
        }
    }

    private static void requireBatch(Share share, int batch) {
        if (share.tokens() < batch) {
            throw new InvalidInputException("task " + share.tasks().get(0) + " gets no step: its " + share.tokens()
                    + " tokens are less than one batch of " + batch + ", and the last partial batch is dropped");
        }
    }
}
