package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.Initialisation;
import org.mtlfarm.worker.network.Model;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.network.Remembering;
import org.mtlfarm.worker.network.Resumable;
import org.mtlfarm.worker.random.SplitMix64;
import org.mtlfarm.worker.scoring.ConllScores;
import org.mtlfarm.worker.scoring.SpanScorer;

/** Trains and scores runs on an engine. Safe for use by several threads, a run each. */
public final class RunTrainer {
    /** Real task: the one that is scored. */
    private static final int REAL = 0;

    private static final int STEPS_BETWEEN_REPORTS = 50;
    private static final int WINDOWS_AT_ONCE = 4096;

    /**
     * Mean cross-entropy of a task over a batch from which training does not come back: the right labels are given a
     * probability of e^-20 on average. Guessing costs log(labels), about 1.6; step sizes at which training works stay below
     * 5, those at which it does not go to hundreds within a few steps.
     */
    static final double EXPLODED = 20;

    private final Engine engine;
    private final LongSupplier nanoTime;

    /**
     * A trainer.
     *
     * @param nanoTime as {@link System#nanoTime()}
     */
    public RunTrainer(Engine engine, LongSupplier nanoTime) {
        this.engine = engine;
        this.nanoTime = nanoTime;
    }

    public Engine engine() {
        return engine;
    }

    /**
     * Trains and scores one run.
     *
     * @param cancelled asked between steps (before every one where the engine takes one at a time, else at least every 50)
     *     and every few thousand predictions
     * @throws CancellationException if it said so
     * @throws org.mtlfarm.schemas.InvalidInputException if the corpus cannot give what the experiment asks for
     */
    public TrainedRun train(
            Experiment experiment,
            RunSeeds seeds,
            EncodedCorpus corpus,
            TrainingListener listener,
            BooleanSupplier cancelled) {
        return train(experiment, seeds, corpus, listener, cancelled, Checkpoint.NONE);
    }

    /**
     * Trains and scores one run, from its checkpoint where that has one, and keeps it there from time to time and when it is
     * cancelled, if the engine's models are {@link Resumable}. It ends as if it had never been stopped, to the last bit.
     */
    public TrainedRun train(
            Experiment experiment,
            RunSeeds seeds,
            EncodedCorpus corpus,
            TrainingListener listener,
            BooleanSupplier cancelled,
            Checkpoint checkpoint) {
        return new Training(experiment, seeds, corpus, listener, cancelled, checkpoint).run();
    }

    /** One run under way. */
    private final class Training {
        private final Experiment experiment;
        private final TrainingSettings settings;
        private final EncodedCorpus corpus;
        private final TrainingListener listener;
        private final BooleanSupplier cancelled;
        private final Checkpoint checkpoint;

        private final NetworkShape shape;
        private final SimulatedTasks tasks;
        private final List<Batches> turns = new ArrayList<>();
        private final long plannedSteps;

        private final float[] firstParameters;
        private float[] lastParameters;
        private boolean modelRemembersNewer;
        private final List<Double> epochLosses = new ArrayList<>();
        private String divergence = "";
        private long steps;
        private int epoch;
        private int turn;
        private int batch;
        private double lossSum;
        private double[] losses = {};
        private final int lossesAStep;
        private long stepsOfEpoch;
        private double secondsBefore;
        private long stepsBefore;
        private long startedNanos;
        private boolean trained;

        Training(
                Experiment experiment,
                RunSeeds seeds,
                EncodedCorpus corpus,
                TrainingListener listener,
                BooleanSupplier cancelled,
                Checkpoint checkpoint) {
            this.experiment = experiment;
            this.settings = experiment.getTraining();
            this.corpus = corpus;
            this.listener = listener;
            this.cancelled = cancelled;
            this.checkpoint = checkpoint;
            List<String> labels = corpus.corpus().labels();
            List<Integer> labelCounts = new ArrayList<>(List.of(labels.size()));
            for (OtherTask task : OtherTasks.of(experiment)) {
                labelCounts.add(
                        OtherTasks.isReal(task) ? realLabels(task).labels().size() : labels.size());
            }
            shape = new NetworkShape(
                    corpus.vectors().dimension(),
                    settings.getHidden(),
                    experiment.getSharedLayers(),
                    labelCounts,
                    settings.getReadout());
            List<TokenShares.Share> shares =
                    TokenShares.of(experiment, corpus.train().tokens());
            tasks = SimulatedTasks.draw(
                    experiment, corpus.train().labels(), labels.size(), seeds.labels(), this::realLabels);
            long stepsAnEpoch = 0;
            for (TokenShares.Share share : shares) {
                int[][] labelsOfShare =
                        share.tasks().stream().map(task -> tasks.labels()[task]).toArray(int[][]::new);
                EncodedText text = text(share);
                if (share.from() + share.tokens() > text.tokens()) {
                    throw new InvalidInputException("task " + share.tasks().get(0) + " is to have " + share.tokens()
                            + " training tokens, its text has " + text.tokens());
                }
                Batches batches = new Batches(
                        text,
                        share,
                        labelsOfShare,
                        settings.getBatch(),
                        SplitMix64.ofStream(seeds.shuffles(), share.tasks().get(0)));
                turns.add(batches);
                stepsAnEpoch += batches.count();
            }
            plannedSteps = stepsAnEpoch * settings.getEpochs();
            lossesAStep = settings.getStrategy() == Strategy.JOINT ? shape.tasks() : 1;
            firstParameters = Initialisation.parameters(shape, new SplitMix64(seeds.initialisation()));
        }

        private OtherLabels realLabels(OtherTask task) {
            return corpus.other(task.getLabelsHash())
                    .orElseThrow(() -> new InvalidInputException("expected real labels of " + task.getLabels()
                            + " with content " + task.getLabelsHash() + ", found none"));
        }

        private EncodedText text(TokenShares.Share share) {
            int task = share.tasks().get(0);
            OtherTask other = task == REAL ? null : OtherTasks.of(experiment).get(task - 1);
            return other != null && OtherTasks.hasOwnText(other.getLabels())
                    ? realLabels(other).text()
                    : corpus.train();
        }

        TrainedRun run() {
            double trainSeconds;
            Optional<TrainingState> kept = checkpoint.load();
            try (Model model = open(kept.map(TrainingState::parameters).orElse(firstParameters))) {
                if (kept.isPresent() && model instanceof Resumable resumable) {
                    resume(resumable, kept.get());
                }
                startedNanos = nanoTime.getAsLong();
                train(model);
                trainSeconds = trainSeconds();
                secondsBefore = trainSeconds;
                trained = true;
                lastParameters = lastParameters(model);
                if (divergence.isEmpty()) {
                    return score(model, trainSeconds);
                }
            }
            try (Model model = open(lastParameters == null ? firstParameters : lastParameters)) {
                return score(model, trainSeconds);
            }
        }

        private Model open(float[] parameters) {
            return engine.open(
                    shape,
                    settings.getBatch(),
                    settings.getLearningRate(),
                    corpus.vectors().table(),
                    parameters);
        }

        private void resume(Resumable model, TrainingState state) {
            model.resume(state.optimiser());
            steps = state.steps();
            epoch = state.epoch();
            turn = state.turn();
            batch = state.batch();
            lossSum = state.lossSum();
            secondsBefore = state.trainSeconds();
            stepsBefore = steps;
            epochLosses.addAll(state.epochLosses());
            lastParameters = state.sane();
            stepsOfEpoch = steps - epoch * (plannedSteps / settings.getEpochs());
            for (int index = 0; index < turns.size(); index++) {
                boolean begun = index < turn || index == turn && batch > 0;
                for (int shuffles = epoch + (begun ? 1 : 0); shuffles > 0; shuffles--) {
                    turns.get(index).shuffle();
                }
            }
        }

        private void keep(Model model) {
            if (model instanceof Resumable resumable) {
                checkpoint.save(new TrainingState(
                        steps,
                        epoch,
                        turn,
                        batch,
                        lossSum,
                        trainSeconds(),
                        epochLosses,
                        model.parameters(),
                        resumable.optimiser(),
                        lastParameters(model)));
            }
        }

        /** Those at the end of the last epoch; null in the first. */
        private float[] lastParameters(Model model) {
            if (modelRemembersNewer && model instanceof Remembering remembering) {
                lastParameters = remembering.remembered();
                modelRemembersNewer = false;
            }
            return lastParameters;
        }

        /** At the end of an epoch; whether the parameters are finite. */
        private boolean remember(Model model) {
            if (model instanceof Remembering remembering) {
                boolean finite = remembering.remember();
                modelRemembersNewer |= finite;
                return finite;
            }
            float[] parameters = model.parameters();
            if (!allFinite(parameters)) {
                return false;
            }
            lastParameters = parameters;
            return true;
        }

        private void train(Model model) {
            while (epoch < settings.getEpochs() && divergence.isEmpty()) {
                trainEpoch(model);
            }
        }

        private void trainEpoch(Model model) {
            for (; turn < turns.size(); turn++) {
                trainTurn(model, turns.get(turn));
                if (!divergence.isEmpty()) {
                    return;
                }
                batch = 0;
            }
            if (!remember(model)) {
                divergence = "a parameter is not finite after step %d of %d".formatted(steps, plannedSteps);
                return;
            }
            epochLosses.add(lossSum / stepsOfEpoch);
            report(lossSum / stepsOfEpoch);
            epoch++;
            turn = 0;
            lossSum = 0;
            stepsOfEpoch = 0;
        }

        private void trainTurn(Model model, Batches batches) {
            checkCancelled(model);
            if (batch == 0) {
                batches.shuffle();
            }
            while (batch < batches.count()) {
                int count = stepsAtOnce(model, batches);
                batches.fill(batch, count);
                step(model, batches, count);
                for (int index = 0; index < count; index++) {
                    double loss = losses[index] / lossesAStep;
                    steps++;
                    stepsOfEpoch++;
                    batch++;
                    if (!(loss <= EXPLODED)) {
                        divergence = "loss %s at step %d of %d".formatted(loss, steps, plannedSteps);
                        return;
                    }
                    lossSum += loss;
                }
                if (steps % STEPS_BETWEEN_REPORTS == 0) {
                    report(lossSum / stepsOfEpoch);
                }
                if (checkpoint.isDue()) {
                    keep(model);
                }
                checkCancelled(model);
            }
        }

        /** As many as the model likes, up to the end of the turn and the next report. */
        private int stepsAtOnce(Model model, Batches turn) {
            int toReport = STEPS_BETWEEN_REPORTS - (int) (steps % STEPS_BETWEEN_REPORTS);
            return Math.max(1, Math.min(model.preferredSteps(), Math.min(turn.count() - batch, toReport)));
        }

        private void step(Model model, Batches turn, int count) {
            if (losses.length < count) {
                losses = new double[count];
            }
            int task = settings.getStrategy() == Strategy.JOINT
                    ? Model.ALL_TASKS
                    : turn.share().tasks().get(0);
            model.steps(task, count, turn.windows(), turn.labels(), losses);
        }

        private void report(double lossSoFar) {
            int epochs = epochLosses.size();
            listener.progressed(new TrainingProgress(
                    steps,
                    plannedSteps,
                    epochs,
                    settings.getEpochs(),
                    epochs == 0 ? lossSoFar : epochLosses.get(epochs - 1),
                    (steps - stepsBefore) / Math.max(seconds(startedNanos), 1e-9)));
        }

        private TrainedRun score(Model model, double trainSeconds) {
            long scoringNanos = nanoTime.getAsLong();
            ConllScores dev = score(model, corpus.dev(), corpus.corpus().dev());
            ConllScores test = score(model, corpus.test(), corpus.corpus().test());
            float[] parameters = lastParameters == null ? firstParameters : lastParameters;
            return new TrainedRun(
                    divergence.isEmpty() ? Outcome.TRAINED : Outcome.DIVERGED,
                    divergence,
                    shape,
                    parameters,
                    test,
                    dev,
                    boxed(tasks.alpha()),
                    boxed(tasks.ami()),
                    steps,
                    trainSeconds,
                    seconds(scoringNanos),
                    epochLosses.isEmpty() ? 0 : epochLosses.get(epochLosses.size() - 1),
                    epochLosses);
        }

        private ConllScores score(Model model, EncodedText text, TaggedText gold) {
            // Nothing where nothing was learnt: F1 0.
            int[] predicted = new int[text.tokens()];
            Arrays.fill(predicted, SpanScorer.NOTHING);
            if (lastParameters != null) {
                predict(model, text, predicted);
            }
            SpanScorer scorer = new SpanScorer(
                    settings.getScoring(), settings.getBatch(), corpus.corpus().spans());
            return scorer.score(gold, predicted, corpus.corpus().labels());
        }

        private void predict(Model model, EncodedText text, int[] predicted) {
            int most = Math.min(WINDOWS_AT_ONCE, text.tokens());
            int[] positions = new int[most];
            int[] windows = new int[most * NetworkShape.WINDOW];
            int[] labels = new int[most];
            for (int from = 0; from < text.tokens(); from += most) {
                checkCancelled(model);
                int count = Math.min(most, text.tokens() - from);
                for (int i = 0; i < count; i++) {
                    positions[i] = from + i;
                }
                text.fillWindows(positions, 0, count, windows);
                model.predict(REAL, windows, count, labels);
                System.arraycopy(labels, 0, predicted, from, count);
            }
        }

        /** Between two steps, or between two predictions. */
        private void checkCancelled(Model model) {
            if (cancelled.getAsBoolean()) {
                if (checkpoint.keepsStopped() && divergence.isEmpty()) {
                    keep(model);
                }
                throw new CancellationException("run of experiment " + experiment.getExperimentId()
                        + " cancelled at step " + steps + " of " + plannedSteps);
            }
        }

        private double trainSeconds() {
            return secondsBefore + (trained ? 0 : seconds(startedNanos));
        }

        private double seconds(long sinceNanos) {
            return (nanoTime.getAsLong() - sinceNanos) / 1e9;
        }
    }

    private static boolean allFinite(float[] numbers) {
        // Without a branch: 0 times any finite number is 0, times any other NaN.
        float sum = 0;
        for (float number : numbers) {
            sum += 0 * number;
        }
        return sum == 0;
    }

    private static List<Double> boxed(double[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }
}
