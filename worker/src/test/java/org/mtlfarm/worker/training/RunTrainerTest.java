package org.mtlfarm.worker.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.LabelDraw;
import org.mtlfarm.schemas.OtherTask;
import org.mtlfarm.schemas.OtherTasks;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Strategy;
import org.mtlfarm.worker.corpus.Corpus;
import org.mtlfarm.worker.corpus.EncodedText;
import org.mtlfarm.worker.corpus.TaggedText;
import org.mtlfarm.worker.network.Engine;
import org.mtlfarm.worker.network.NetworkShape;
import org.mtlfarm.worker.simulator.AdjustedMutualInformation;
import org.mtlfarm.worker.vectors.WordVectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class RunTrainerTest {
    private static final int TOKENS = 100;

    /** Every word stands once, so that its row tells the token: token t has row t + 1. */
    private static final EncodedCorpus CORPUS = corpus();

    private final RecordingEngine engine = new RecordingEngine(step -> 1.0 / step);

    @Test
    void anEpochGoesTaskByTaskAndDropsTheLastPartialBatch() {
        Experiment experiment = Experiments.unbalanced(3, 25, 31, settings -> settings.setEpochs(2));
        TrainedRun run = train(experiment, 1);
        assertThat(engine.steps.stream().map(RecordingEngine.Step::tasks).map(tasks -> tasks.get(0)))
                .containsExactly(0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 1, 1, 1, 2, 2, 2);
        assertThat(run.steps()).isEqualTo(16);
        assertThat(run.outcome()).isEqualTo(Outcome.TRAINED);
    }

    @Test
    void inEachEpochATaskSeesItsOwnTokensOnceInANewOrder() {
        Experiment experiment = Experiments.of(3, 30, settings -> settings.setEpochs(2));
        train(experiment, 1);
        for (int task = 0; task < 3; task++) {
            List<Integer> first = tokensSeen(task).subList(0, 30);
            List<Integer> second = tokensSeen(task).subList(30, 60);
            Integer[] own = IntStream.range(30 * task, 30 * task + 30).boxed().toArray(Integer[]::new);
            assertThat(first).containsExactlyInAnyOrder(own).isNotEqualTo(second);
            assertThat(second).containsExactlyInAnyOrder(own);
        }
    }

    @Test
    void windowsRunOverTheBordersOfSharesAndEndAtThoseOfTheText() {
        train(Experiments.of(2, 50, settings -> settings.setEpochs(1)), 1);
        Map<Integer, int[]> windows = new HashMap<>();
        for (RecordingEngine.Step step : engine.steps) {
            for (int i = 0; i < 10; i++) {
                int[] window = Arrays.copyOfRange(step.windows(), 7 * i, 7 * i + 7);
                windows.put(window[NetworkShape.TARGET] - 1, window);
            }
        }
        assertThat(windows.get(0)).containsExactly(0, 0, 0, 1, 2, 3, 4);
        assertThat(windows.get(49)).containsExactly(47, 48, 49, 50, 51, 52, 53);
        assertThat(windows.get(99)).containsExactly(97, 98, 99, 100, 0, 0, 0);
    }

    @Test
    void theRealTaskHasTheCorpussLabelsAndArtificialOnesTheirDraws() {
        Experiment experiment = Experiments.of(2, 50, settings -> settings.setEpochs(1));
        TrainedRun run = train(experiment, 1);
        Map<Integer, Integer> real = labelsSeen(0);
        Map<Integer, Integer> artificial = labelsSeen(1);
        int[] expected = CORPUS.train().labels();
        real.forEach((token, label) -> assertThat(label).isEqualTo(expected[token]));
        long kept = artificial.entrySet().stream()
                .filter(entry -> entry.getValue() == expected[entry.getKey()])
                .count();
        assertThat(kept).isBetween(30L, 49L);
        assertThat(run.alpha()).containsExactly(1.0, 0.8);
        assertThat(run.ami().get(0)).isEqualTo(1);
        assertThat(run.ami().get(1)).isBetween(0.05, 0.95);
    }

    @Test
    void jointStepsTakeAllTasksOnTheSameWindows() {
        Experiment experiment =
                Experiments.of(3, 40, settings -> settings.setEpochs(2).setStrategy(Strategy.JOINT));
        TrainedRun run = train(experiment, 1);
        assertThat(engine.steps)
                .hasSize(8)
                .allSatisfy(step -> assertThat(step.tasks()).containsExactly(0, 1, 2));
        assertThat(tokensSeen(0).subList(0, 40))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 40).boxed().toList());
        // Losses of a joint step are sums; a task's mean is reported.
        assertThat(run.epochLosses().get(0)).isCloseTo((1 + 1 / 2.0 + 1 / 3.0 + 1 / 4.0) / 4 / 3, within(1e-12));
    }

    @Test
    void lossesAreMeansOverAnEpochsSteps() {
        TrainedRun run = train(Experiments.of(1, 20, settings -> settings.setEpochs(2)), 1);
        assertThat(run.epochLosses()).containsExactly((1 + 1 / 2.0) / 2, (1 / 3.0 + 1 / 4.0) / 2);
        assertThat(run.finalLoss()).isEqualTo((1 / 3.0 + 1 / 4.0) / 2);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, 2 * RunTrainer.EXPLODED})
    void aRunThatDivergesStopsAtOnceAndIsScoredWithItsLastSaneParameters(double loss) {
        RecordingEngine diverging = new RecordingEngine(step -> step == 5 ? loss : 1);
        TrainedRun run = train(diverging, Experiments.of(1, 20, settings -> {}), 1);
        assertThat(run.outcome()).isEqualTo(Outcome.DIVERGED);
        assertThat(run.reason()).isEqualTo("loss " + loss + " at step 5 of 6");
        assertThat(diverging.steps).hasSize(5);
        assertThat(run.epochLosses()).containsExactly(1.0, 1.0);
        float[] afterTwoEpochs = diverging.opened.get(0);
        for (int i = 0; i < afterTwoEpochs.length; i++) {
            for (int step = 0; step < 4; step++) {
                afterTwoEpochs[i] += 1;
            }
        }
        assertThat(run.parameters()).isEqualTo(afterTwoEpochs);
        assertThat(diverging.opened.get(1)).isEqualTo(afterTwoEpochs);
        assertThat(run.test().overall().found()).isPositive();
        assertThat(diverging.open).isZero();
    }

    @Test
    void aRunThatDivergesInItsFirstEpochHasAnF1OfZero() {
        TrainedRun run = train(
                new RecordingEngine(step -> step == 2 ? Double.NaN : 1), Experiments.of(1, 20, settings -> {}), 1);
        assertThat(run.outcome()).isEqualTo(Outcome.DIVERGED);
        assertThat(run.test().overall().f1()).isZero();
        assertThat(run.test().overall().gold()).isPositive();
        assertThat(run.test().overall().found()).isZero();
        assertThat(run.finalLoss()).isZero();
    }

    @Test
    void parametersThatStopBeingFiniteAreADivergenceWhateverTheLossSays() {
        RecordingEngine quiet = new RecordingEngine(step -> 1);
        Experiment experiment = Experiments.of(1, 20, settings -> {});
        RunTrainer trainer = new RunTrainer(new PoisonedEngine(quiet, 4), System::nanoTime);
        TrainedRun run =
                trainer.train(experiment, RunSeeds.of(experiment, 1), CORPUS, TrainingListener.NONE, () -> false);
        assertThat(run.outcome()).isEqualTo(Outcome.DIVERGED);
        assertThat(run.reason()).isEqualTo("a parameter is not finite after step 4 of 6");
        assertThat(run.epochLosses()).hasSize(1);
    }

    @Test
    void whatAModelRemembersForItselfIsFetchedOnceAndIsTheSame() {
        Experiment experiment = Experiments.of(1, 20, settings -> {});
        RememberingEngine remembering = new RememberingEngine(new RecordingEngine(step -> 1), Integer.MAX_VALUE);
        TrainedRun run = train(remembering, experiment, 1);
        assertThat(run.parameters())
                .isEqualTo(train(new RecordingEngine(step -> 1), experiment, 1).parameters());
        assertThat(remembering.asked).containsExactly("remember", "remember", "remember", "remembered");
    }

    @Test
    void aRunWhoseModelRemembersForItselfIsScoredWithItsLastSaneParametersToo() {
        Experiment experiment = Experiments.of(1, 20, settings -> {});
        RecordingEngine diverging = new RecordingEngine(step -> step == 5 ? Double.NaN : 1);
        TrainedRun run = train(new RememberingEngine(diverging, Integer.MAX_VALUE), experiment, 1);
        assertThat(run.reason()).isEqualTo("loss NaN at step 5 of 6");
        assertThat(diverging.opened.get(1)).isEqualTo(run.parameters());
        assertThat(run.parameters()[0]).isEqualTo(diverging.opened.get(0)[0] + 1 + 1 + 1 + 1);

        TrainedRun notFinite = train(new RememberingEngine(new RecordingEngine(step -> 1), 4), experiment, 1);
        assertThat(notFinite.reason()).isEqualTo("a parameter is not finite after step 4 of 6");
        assertThat(notFinite.epochLosses()).hasSize(1);
    }

    @Test
    void aCancelledRunStopsBeforeItsNextStepAndClosesItsModel() {
        RunTrainer trainer = new RunTrainer(engine, System::nanoTime);
        Experiment experiment = Experiments.of(2, 40, settings -> {});
        assertThatThrownBy(() -> trainer.train(
                        experiment,
                        RunSeeds.of(experiment, 1),
                        CORPUS,
                        TrainingListener.NONE,
                        () -> engine.steps.size() == 3))
                .isInstanceOf(CancellationException.class)
                .hasMessageContaining("at step 3 of 24");
        assertThat(engine.steps).hasSize(3);
        assertThat(engine.open).isZero();
    }

    @Test
    void progressIsToldAtEveryEpochsEndAndEveryFiftySteps() {
        AtomicLong nanos = new AtomicLong();
        RunTrainer trainer = new RunTrainer(engine, () -> nanos.addAndGet(500_000_000));
        Experiment experiment =
                Experiments.of(1, 100, settings -> settings.setEpochs(6).setBatch(1));
        List<TrainingProgress> told = new ArrayList<>();
        TrainedRun run = trainer.train(experiment, RunSeeds.of(experiment, 1), CORPUS, told::add, () -> false);
        assertThat(told.stream().map(TrainingProgress::step))
                .containsExactly(
                        50L, 100L, 100L, 150L, 200L, 200L, 250L, 300L, 300L, 350L, 400L, 400L, 450L, 500L, 500L, 550L,
                        600L, 600L);
        assertThat(told.get(0))
                .isEqualTo(new TrainingProgress(50, 600, 0, 6, told.get(0).loss(), 100));
        assertThat(told.get(17).epoch()).isEqualTo(6);
        assertThat(told.get(17).loss()).isEqualTo(run.finalLoss());
        // 18 reports and the end, each half a second after the one before by this clock.
        assertThat(run.trainSeconds()).isEqualTo(9.5);
        assertThat(run.scoreSeconds()).isEqualTo(0.5);
    }

    @ParameterizedTest
    @EnumSource(Strategy.class)
    void stepsAreHandedOverTogetherUpToTheEndOfATurnOrAReportAndTheRunIsTheSame(Strategy strategy) {
        int tasks = strategy == Strategy.JOINT ? 2 : 3;
        Experiment experiment = Experiments.unbalanced(
                tasks,
                31,
                strategy == Strategy.JOINT ? 31 : 30,
                settings -> settings.setEpochs(3).setBatch(2).setStrategy(strategy));
        RecordingEngine several = new RecordingEngine(step -> 1.0 / step);
        several.preferredSteps = 10;
        List<TrainingProgress> told = new ArrayList<>();
        TrainedRun run = new RunTrainer(several, System::nanoTime)
                .train(experiment, RunSeeds.of(experiment, 1), CORPUS, told::add, () -> false);
        TrainedRun oneByOne = train(experiment, 1);

        List<Integer> handedOver =
                strategy == Strategy.JOINT ? List.of(10, 5, 10, 5, 10, 5) : List.of(10, 5, 10, 5, 10, 5, 5, 10);
        assertThat(several.handedOver).startsWith(handedOver.toArray(Integer[]::new));
        assertThat(run.parameters()).isEqualTo(oneByOne.parameters());
        assertThat(run.epochLosses()).isEqualTo(oneByOne.epochLosses());
        assertThat(several.steps).usingRecursiveFieldByFieldElementComparator().isEqualTo(engine.steps);
        assertThat(told.stream().map(TrainingProgress::step))
                .containsExactlyElementsOf(
                        strategy == Strategy.JOINT ? List.of(15L, 30L, 45L) : List.of(45L, 50L, 90L, 100L, 135L));
    }

    @Test
    void ofStepsHandedOverTogetherThoseBehindTheDivergedOneDoNotCount() {
        RecordingEngine diverging = new RecordingEngine(step -> step < 7 ? 1 : Double.NaN);
        diverging.preferredSteps = 5;
        TrainedRun run = train(diverging, Experiments.of(1, 100, settings -> settings.setBatch(10)), 1);
        assertThat(run.outcome()).isEqualTo(Outcome.DIVERGED);
        assertThat(run.steps()).isEqualTo(7);
        assertThat(run.reason()).startsWith("loss NaN at step 7 of");
        assertThat(diverging.steps).hasSize(10);
    }

    @Test
    void theSameSeedGivesTheSameRunAndAnotherSeedAnother() {
        Experiment experiment = Experiments.of(2, 40, settings -> {});
        TrainedRun first = train(experiment, 7);
        TrainedRun again = train(experiment, 7);
        TrainedRun other = train(experiment, 8);
        assertThat(again.parameters()).isEqualTo(first.parameters());
        assertThat(again.ami()).isEqualTo(first.ami());
        assertThat(engine.steps.get(0).windows()).isEqualTo(engine.steps.get(24).windows());
        assertThat(other.parameters()).isNotEqualTo(first.parameters());
        assertThat(other.ami()).isNotEqualTo(first.ami());
        assertThat(engine.steps.get(0).windows())
                .isNotEqualTo(engine.steps.get(48).windows());
    }

    @Test
    void labelsDrawnOnceAreTheSameInEveryRunOfAnExperiment() {
        Experiment experiment = Experiments.of(2, 40, settings -> settings.setLabels(LabelDraw.ONCE));
        TrainedRun first = train(experiment, 7);
        TrainedRun second = train(experiment, 8);
        assertThat(second.ami()).isEqualTo(first.ami());
        assertThat(second.parameters()).isNotEqualTo(first.parameters());
    }

    @Test
    void tasksThatDifferTakeTheirTurnsAsOftenAsTheyHaveBatchesEachWithItsOwnAlpha() {
        Experiment mixed = OtherTasks.with(
                Experiments.of(1, 20, settings -> settings.setEpochs(1)),
                List.of(OtherTasks.drawn(1, 30), OtherTasks.drawn(0, 10), OtherTasks.drawn(1, 25)));
        TrainedRun run = train(mixed, 1);
        assertThat(engine.steps.stream().map(RecordingEngine.Step::tasks).map(tasks -> tasks.get(0)))
                .containsExactly(0, 0, 1, 1, 1, 2, 3, 3);
        assertThat(run.alpha()).containsExactly(1.0, 1.0, 0.0, 1.0);
        assertThat(run.ami().get(1)).isEqualTo(1);
        assertThat(run.ami().get(2)).isLessThan(0.9);
        int[] real = CORPUS.train().labels();
        labelsSeen(1).forEach((token, label) -> assertThat(label).isEqualTo(real[token]));
        labelsSeen(2).forEach((token, label) -> assertThat(label).isNotEqualTo(real[token]));
    }

    @Test
    void aTaskDrawsTheSameLabelsWhateverStandsBesideIt() {
        Experiment plain = Experiments.of(3, 20, settings -> settings.setEpochs(1));
        Experiment mixed = OtherTasks.with(plain, List.of(OtherTasks.drawn(0.8, 20), OtherTasks.drawn(0.3, 20)));
        TrainedRun first = train(plain, 1);
        Map<Integer, Integer> drawn = labelsSeen(1);
        engine.steps.clear();
        TrainedRun second = train(mixed, 1);
        assertThat(labelsSeen(1)).isEqualTo(drawn);
        assertThat(second.ami().get(1)).isEqualTo(first.ami().get(1));
    }

    @Test
    void aTaskMayHaveRealLabelsOfTheSameTokensOrATextOfItsOwn() {
        int[] other = new int[TOKENS];
        Arrays.setAll(other, token -> CORPUS.train().labels()[token] == 0 ? 4 : token % 4);
        int[] ownRows = new int[30];
        Arrays.setAll(ownRows, token -> TOKENS - token);
        EncodedCorpus corpus = CORPUS.withOthers(List.of(
                new OtherLabels(
                        "column=3",
                        "c3",
                        new EncodedText(CORPUS.train().rows(), other),
                        List.of("A", "B", "C", "D", "E")),
                new OtherLabels("file=f", "f1", new EncodedText(ownRows, new int[30]), List.of("O", "X"))));
        Experiment mixed = OtherTasks.with(
                Experiments.of(1, 20, settings -> settings.setEpochs(1)),
                List.of(new OtherTask(null, 30, "column=3", "c3"), new OtherTask(null, 30, "file=f", "f1")));

        TrainedRun run = train(engine, mixed, 1, corpus);

        assertThat(run.shape().labelsOfTasks()).containsExactly(3, 5, 2);
        assertThat(run.alpha()).containsExactly(1.0, Double.NaN, Double.NaN);
        assertThat(run.ami().get(1))
                .isEqualTo(AdjustedMutualInformation.of(CORPUS.train().labels(), other)
                        .arithmetic())
                .isBetween(0.2, 0.99);
        assertThat(run.ami().get(2)).isNaN();
        labelsSeen(1).forEach((token, label) -> assertThat(label).isEqualTo(other[token]));
        assertThat(labelsSeen(1).keySet()).allMatch(token -> token >= 20 && token < 50);
        assertThat(labelsSeen(2).keySet()).allMatch(token -> token >= TOKENS - 30 && token < TOKENS);
        Experiment unknown = OtherTasks.with(mixed, List.of(new OtherTask(null, 30, "column=3", "another")));
        assertThatThrownBy(() -> train(engine, unknown, 1, corpus)).hasMessageContaining("real labels of column=3");
        Experiment more = OtherTasks.with(mixed, List.of(new OtherTask(null, 40, "file=f", "f1")));
        assertThatThrownBy(() -> train(engine, more, 1, corpus))
                .hasMessage("task 1 is to have 40 training tokens, its text has 30");
    }

    private TrainedRun train(Experiment experiment, long seed) {
        return train(engine, experiment, seed);
    }

    private static TrainedRun train(Engine engine, Experiment experiment, long seed) {
        return train(engine, experiment, seed, CORPUS);
    }

    private static TrainedRun train(Engine engine, Experiment experiment, long seed, EncodedCorpus corpus) {
        return new RunTrainer(engine, System::nanoTime)
                .train(experiment, RunSeeds.of(experiment, seed), corpus, TrainingListener.NONE, () -> false);
    }

    private List<Integer> tokensSeen(int task) {
        List<Integer> tokens = new ArrayList<>();
        for (RecordingEngine.Step step : engine.steps) {
            if (step.tasks().contains(task)) {
                for (int i = 0; i < 10; i++) {
                    tokens.add(step.windows()[7 * i + NetworkShape.TARGET] - 1);
                }
            }
        }
        return tokens;
    }

    private Map<Integer, Integer> labelsSeen(int task) {
        Map<Integer, Integer> labels = new HashMap<>();
        for (RecordingEngine.Step step : engine.steps) {
            int place = step.tasks().indexOf(task);
            for (int i = 0; place >= 0 && i < 10; i++) {
                labels.put(step.windows()[7 * i + NetworkShape.TARGET] - 1, step.labels()[place][i]);
            }
        }
        return labels;
    }

    /** A tenth of a vector tells the type; three labels. */
    static EncodedCorpus corpus() {
        String[] types = {"O", "O", "PER", "O", "LOC"};
        String[] words = new String[TOKENS];
        String[] io = new String[TOKENS];
        String[] iob2 = new String[TOKENS];
        Map<String, Integer> rows = new HashMap<>();
        float[] table = new float[4 * (TOKENS + 1)];
        for (int token = 0; token < TOKENS; token++) {
            String type = types[(token * 7 + token / 9) % 5];
            words[token] = "word" + token;
            io[token] = type.equals("O") ? type : "I-" + type;
            boolean inside = token > 0 && io[token].equals(io[token - 1]);
            iob2[token] = type.equals("O") ? type : (inside ? "I-" : "B-") + type;
            rows.put(words[token], token + 1);
            table[4 * (token + 1)] = type.equals("PER") ? 1 : -1;
            table[4 * (token + 1) + 1] = type.equals("LOC") ? 1 : -1;
            table[4 * (token + 1) + 2] = (token % 11) / 11f;
        }
        int[] starts = {0};
        TaggedText train = new TaggedText(words, io, starts);
        TaggedText scored = new TaggedText(words, iob2, starts);
        Corpus corpus = new Corpus("of this test", train, scored, scored, List.of("O", "LOC", "PER"));
        return EncodedCorpus.of(corpus, new WordVectors(4, table, rows), "of this test", List.of());
    }
}
