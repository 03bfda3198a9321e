package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.List;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.Strategy;

/** Which tokens of the training part which tasks are trained on. */
public final class TokenShares {
    /**
     * A stretch of the training part and the tasks that label it.
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
     * first, one after the other. JOINT: all tasks have the first tokens together.
     *
     * @param corpusTokens of the training part
     * @throws InvalidInputException if the corpus has not enough tokens, a share has less than one batch, or JOINT tasks
     *     are to have different numbers of tokens
     */
    public static List<Share> of(Experiment experiment, int corpusTokens) {
        int tasks = experiment.getTasks();
        int real = experiment.getTokensReal();
        int synthetic = experiment.getTokensSynthetic();
        List<Share> shares = new ArrayList<>();
        if (experiment.getTraining().getStrategy() == Strategy.JOINT) {
            if (tasks > 1 && real != synthetic) {
                throw new InvalidInputException(
                        "JOINT tasks label the same tokens: expected as many for artificial tasks"
                                + " as for the real one, found " + real + " and " + synthetic);
            }
            requireTokens(real, "n = " + real, corpusTokens);
            List<Integer> all = new ArrayList<>();
            for (int task = 0; task < tasks; task++) {
                all.add(task);
            }
            shares.add(new Share(all, 0, real));
        } else {
            requireTokens(real + (tasks - 1L) * synthetic, arithmetic(tasks, real, synthetic), corpusTokens);
            int from = 0;
            for (int task = 0; task < tasks; task++) {
                int tokens = task == 0 ? real : synthetic;
                shares.add(new Share(List.of(task), from, tokens));
                from += tokens;
            }
        }
        shares.forEach(share -> requireBatch(share, experiment.getTraining().getBatch()));
        return shares;
    }

    private static String arithmetic(int tasks, int real, int synthetic) {
        long total = real + (tasks - 1L) * synthetic;
        return real == synthetic
                ? "T x n = %d x %d = %d".formatted(tasks, real, total)
                : "n_real + (T - 1) x n_synthetic = %d + %d x %d = %d".formatted(real, tasks - 1, synthetic, total);
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
