package org.mtlfarm.standalone.faults;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.mtlfarm.aggregator.EveryAverageEqualsItsRecomputation;
import org.mtlfarm.producer.farm.FarmStatus;
import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.DeadLetter;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The farm's promise: when a study has ended, whatever broke on the way, every planned run has one outcome that counts, every
 * average is to the last bit what the results give, every formula names the rows it was fitted to, and the status says so.
 * Reads all topics from their beginnings and asserts.
 */
final class NothingLostNothingTwice {
    private final KafkaSettings kafka;
    private final Set<String> planned;
    private final Set<String> doomed;
    private long repeated;

    /**
     * @param planned keys of all runs
     * @param doomed those of them that can only fail
     */
    NothingLostNothingTwice(KafkaSettings kafka, Set<String> planned, Set<String> doomed) {
        this.kafka = kafka;
        this.planned = planned;
        this.doomed = doomed;
    }

    /** Looks again until the promise holds; after so long, says what is wrong. */
    void await(Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                holds();
                return;
            } catch (AssertionError | RuntimeException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            FaultyFarm.pause(Duration.ofSeconds(1));
        }
    }

    /** Results of runs that had one already, in the last look: work done twice, and counted once. */
    long repeated() {
        return repeated;
    }

    private void holds() {
        everyRunHasOneOutcome();
        EveryAverageEqualsItsRecomputation.on(kafka);
        everyFormulaNamesItsRows(everyAverageIsWhole());
        theStatusSaysSo();
    }

    private void everyRunHasOneOutcome() {
        Map<String, List<RunResult>> counted = new HashMap<>();
        Map<String, RunResult> failed = new HashMap<>();
        try (TopicReader<RunResult> reader = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            reader.readToEnd(message -> {
                RunResult result = message.value();
                String key = RunKey.of(result).toString();
                assertThat(message.key()).isEqualTo(key);
                if (result.getOutcome() == Outcome.TRAINED) {
                    counted.computeIfAbsent(key, unseen -> new ArrayList<>()).add(result);
                } else {
                    failed.put(key, result);
                }
            });
        }
        Set<String> able = new TreeSet<>(planned);
        able.removeAll(doomed);
        assertThat(counted.keySet()).as("runs with a result").isEqualTo(able);
        assertThat(failed.keySet().containsAll(doomed))
                .as("all of %s have failed", doomed)
                .isTrue();
        assertThat(failed.values())
                .as("outcomes of failed runs")
                .allSatisfy(result -> assertThat(result.getOutcome()).isEqualTo(Outcome.FAILED));
        counted.forEach((key, results) -> assertThat(results)
                .as("results of run %s", key)
                .extracting(RunResult::getTest)
                .containsOnly(results.get(0).getTest()));
        repeated = counted.values().stream()
                .mapToLong(results -> results.size() - 1)
                .sum();
        try (TopicReader<DeadLetter> reader = TopicReader.open(Topics.DEAD_LETTERS, DeadLetter.class, kafka)) {
            List<DeadLetter> letters =
                    reader.readToEnd().stream().map(TopicReader.Message::value).toList();
            assertThat(letters.stream()
                            .map(letter -> RunKey.of(letter.getRun()).toString())
                            .collect(Collectors.toSet()))
                    .as("runs with a dead letter")
                    .isEqualTo(doomed);
            assertThat(letters)
                    .as("histories of dead letters")
                    .allSatisfy(
                            letter -> assertThat(letter.getRun().getHistory()).isNotEmpty());
        }
    }

    private Map<String, Average> everyAverageIsWhole() {
        try (TopicReader<Average> reader = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            Map<String, Average> averages = reader.readLatest();
            long done =
                    averages.values().stream().mapToLong(Average::getRunsDone).sum();
            assertThat(done).as("places filled in averages").isEqualTo(planned.size() - doomed.size());
            assertThat(averages.values())
                    .as("results that contradict the first")
                    .allSatisfy(average ->
                            assertThat(average.getDuplicatesDifferent()).isZero());
            return averages;
        }
    }

    private void everyFormulaNamesItsRows(Map<String, Average> averages) {
        try (TopicReader<Formula> reader = TopicReader.open(Topics.FORMULAS, Formula.class, kafka)) {
            assertThat(reader.readLatest().values()).as("formulas").hasSize(2).allSatisfy(formula -> {
                assertThat(formula.getSettled()).isTrue();
                assertThat(formula.getExperiments()).hasSize(formula.getRows());
                assertThat(FormulaFit.isCurrent(formula, averages.values())).isTrue();
            });
        }
    }

    private void theStatusSaysSo() {
        try (FarmView view = FarmView.open(kafka, FarmChild.GROUP)) {
            FarmStatus status = FarmStatus.of(
                    view.refresh(),
                    Optional.of(FireStudy.NAME),
                    Clock.systemUTC().instant());
            assertThat(status.isFinished()).as("status finished").isTrue();
            assertThat(status.runsDone()).as("status done").isEqualTo(planned.size() - doomed.size());
            assertThat(status.failures())
                    .as("status failures")
                    .extracting(failure -> failure.experiment() + "/" + failure.run())
                    .containsExactlyInAnyOrderElementsOf(doomed);
        }
    }
}
