package org.mtlfarm.standalone.regressor;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.regressor.search.FitSettings;
import org.mtlfarm.regressor.service.FormulaFit;
import org.mtlfarm.regressor.service.FormulaMeters;
import org.mtlfarm.regressor.service.RegressorService;
import org.mtlfarm.regressor.service.RegressorSettings;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Slot;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.TrainingSettings;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** The regressor against a real broker. */
@ExtendWith(TestBroker.class)
class RegressorServiceTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final byte[] POISON = {1, 2, 3};

    static {
        AvroCodec.trustMessages();
    }

    @Test
    void twoRegressorsAtOnceComeToOneFormulaThatNamesItsRowsWhateverPoisonThereIs(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(WorkGroup.WORKERS);
        List<Average> averages = new ArrayList<>();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (int i = 1; i <= 12; i++) {
                Average average = average(i);
                averages.add(average);
                String id = average.getExperiment().getExperimentId();
                send(producer, Topics.PLAN, "s/" + id, AvroCodec.of(Plan.class).encode(plan(average.getExperiment())));
                send(producer, Topics.AVERAGES, id, AvroCodec.of(Average.class).encode(average));
                send(producer, Topics.PLAN, "poison" + i, POISON);
                send(producer, Topics.AVERAGES, "poison" + i, POISON);
                send(producer, Topics.FORMULAS, "poison" + i, POISON);
            }
            producer.flush();
        }
        FitSettings little = FitSettings.defaults().withEffort(1_000_000).withThreads(1);
        RegressorSettings settings = new RegressorSettings(little, little, Duration.ZERO, Duration.ZERO);
        try (RegressorService one = new RegressorService(kafka, settings);
                RegressorService other = new RegressorService(kafka, settings);
                TopicReader<Formula> reader = TopicReader.open(Topics.FORMULAS, Formula.class, kafka)) {
            CompletableFuture.runAsync(one::run, task -> new Thread(task, "one").start());
            CompletableFuture.runAsync(other::run, task -> new Thread(task, "other").start());
            List<Formula> formulas = new ArrayList<>();
            long deadlineNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
            while (formulas.isEmpty()) {
                assertThat(System.nanoTime())
                        .as("five minutes passed without a formula")
                        .isLessThan(deadlineNanos);
                reader.next(PATIENCE).forEach(message -> formulas.add(message.value()));
            }
            reader.readToEnd(message -> formulas.add(message.value()));

            assertThat(formulas).allSatisfy(formula -> {
                assertThat(formula.getSettled()).isTrue();
                assertThat(formula.getRows()).isEqualTo(12);
                assertThat(FormulaFit.isCurrent(formula, averages)).isTrue();
                assertThat(formula.getBest()).isEqualTo(formulas.get(0).getBest());
            });
        }
    }

    @Test
    void aFormulaThatCannotBeFittedDoesNotKeepTheOthersFromBeing(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(WorkGroup.WORKERS);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            for (int i = 1; i <= 6; i++) {
                // Squares of it leave the range of a double.
                Average average =
                        Average.newBuilder(average(i)).setAmiMean(1e200).build();
                String id = average.getExperiment().getExperimentId();
                Plan plan = Plan.newBuilder(plan(average.getExperiment()))
                        .setFormulas(List.of("f1 ~ ami", "f1 ~ tokens"))
                        .build();
                send(producer, Topics.PLAN, "s/" + id, AvroCodec.of(Plan.class).encode(plan));
                send(producer, Topics.AVERAGES, id, AvroCodec.of(Average.class).encode(average));
            }
            producer.flush();
        }
        FitSettings little = FitSettings.defaults().withEffort(1_000_000).withThreads(1);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (RegressorService regressor = new RegressorService(
                        kafka,
                        new RegressorSettings(little, little, Duration.ZERO, Duration.ZERO),
                        new FormulaMeters(meters));
                TopicReader<Formula> reader = TopicReader.open(Topics.FORMULAS, Formula.class, kafka)) {
            CompletableFuture<Void> end =
                    CompletableFuture.runAsync(regressor::run, task -> new Thread(task, "regressor").start());
            List<Formula> formulas = new ArrayList<>();
            while (formulas.isEmpty() && !end.isDone()) {
                reader.next(Duration.ofSeconds(1)).forEach(message -> formulas.add(message.value()));
            }

            assertThat(formulas)
                    .extracting(formula -> formula.getSpecification())
                    .containsExactly("f1 ~ tokens");
            assertThat(meters.get("farm.regressor.failures").functionCounter().count())
                    .isEqualTo(1);
        }
    }

    private static void send(KafkaProducer<String, byte[]> producer, Topics topic, String key, byte[] value) {
        producer.send(new ProducerRecord<>(topic.topicName(), key, value));
    }

    private static Average average(int i) {
        Experiment experiment = Experiment.newBuilder()
                .setExperimentId("e" + i)
                .setCorpusHash("c")
                .setVectorsHash("v")
                .setTasks(2)
                .setTokensReal(1000 * i)
                .setTokensSynthetic(1000 * i)
                .setAlpha(0.9)
                .setSharedLayers(2)
                .setTraining(
                        TrainingSettings.newBuilder().setEpochs(3).setHidden(10).build())
                .build();
        double f1 = Math.sqrt(i) / 4;
        return Average.newBuilder()
                .setExperiment(experiment)
                .setSlots(IntStream.range(0, 5)
                        .mapToObj(run -> new Slot(run, Outcome.TRAINED, f1, f1, 0.5, null, null))
                        .toList())
                .setRunsDone(5)
                .setComplete(true)
                .setF1Mean(f1)
                .setF1Std(0)
                .setF1Min(0)
                .setF1Max(1)
                .setF1DevMean(0.5)
                .setAmiMean(0.5)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private static Plan plan(Experiment experiment) {
        return Plan.newBuilder()
                .setStudy("s")
                .setExperiment(experiment)
                .setFormulas(List.of("f1 ~ tokens"))
                .setSources(new Sources("builtin", "builtin"))
                .setPlannedAt(Instant.EPOCH)
                .build();
    }
}
