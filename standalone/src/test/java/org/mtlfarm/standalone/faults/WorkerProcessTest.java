package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.command.FarmCommand;
import org.mtlfarm.standalone.run.LibraryCatalogue;
import org.mtlfarm.worker.training.CorpusLibrary;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code farm worker} as operators start and stop it: a process, its signals and its exit status, with real training. */
@ExtendWith(TestBroker.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "Windows has no SIGTERM")
class WorkerProcessTest {
    private static final long PATIENCE_SECONDS = 300;

    /** Some 6,000 steps: long enough to be stopped in the middle on a machine that does other things as well. */
    private static final String STUDY = """
            study: long
            corpus: builtin:tokens=4000,dev=500,test=1000,seed=7
            runs: 1
            grid: {tasks: 1, tokens: 2000, alpha: 1}
            training: {epochs: 150, batch: 50, hidden: 24}
            """;

    @TempDir
    Path folder;

    @Test
    void aWorkerToldToStopKeepsItsRunAndAnotherOneEndsItTheSameToTheLastBit(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(WorkGroup.WORKERS);
        Run run = run();
        enqueue(kafka, run);

        Process first = worker(kafka);
        long reached = awaitProgress(kafka);
        Supervised.signal("TERM", first.pid());
        assertThat(first.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).as("status after SIGTERM").isZero();
        assertThat(folder.resolve("checkpoints")).isNotEmptyDirectory();
        assertThat(results(kafka)).isEmpty();

        // Once more, as if it were new: what it comes to if nobody stops it.
        enqueue(kafka, run);
        Process second = worker(kafka);
        List<RunResult> results = awaitResults(kafka, 2);
        Supervised.signal("TERM", second.pid());
        assertThat(second.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue())
                .as("status of an idle worker after SIGTERM")
                .isZero();
        assertThat(folder.resolve("checkpoints"))
                .as("of runs that have a result")
                .isEmptyDirectory();

        RunResult goneOn = results.get(0);
        RunResult whole = results.get(1);
        assertThat(goneOn.getTest()).isEqualTo(whole.getTest());
        assertThat(goneOn.getDev()).isEqualTo(whole.getDev());
        assertThat(goneOn.getEpochLosses()).isEqualTo(whole.getEpochLosses());
        assertThat(goneOn.getSteps()).isEqualTo(whole.getSteps());
        assertThat(firstStepOf(kafka, goneOn.getWorker()))
                .as("where it went on")
                .isGreaterThanOrEqualTo(reached);
    }

    private Process worker(KafkaSettings kafka) throws IOException {
        List<String> arguments = List.of(
                "worker",
                "--bootstrap-servers",
                kafka.bootstrapServers(),
                "--slots",
                "1",
                "--checkpoint-dir",
                folder.resolve("checkpoints").toString());
        return new ProcessBuilder(Supervised.command(folder, FarmCommand.class, arguments.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("worker.log").toFile()))
                .start();
    }

    private static Run run() {
        CorpusLibrary library = new CorpusLibrary(Optional.empty(), Optional.empty(), warning -> {});
        StudyPlan plan =
                Planner.plan(StudyReader.parse(STUDY, "long.yaml", Path.of("/")), new LibraryCatalogue(library));
        return StudyPlan.runs(
                        plan.plans(Clock.systemUTC().instant()).get(0),
                        Clock.systemUTC().instant())
                .get(0);
    }

    private static void enqueue(KafkaSettings kafka, Run run) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            producer.send(new ProducerRecord<>(
                            Topics.RUNS.topicName(),
                            RunKey.of(run).toString(),
                            AvroCodec.of(Run.class).encode(run)))
                    .get();
        }
    }

    /** The first step that is told once it is in training. */
    private static long awaitProgress(KafkaSettings kafka) {
        try (TopicReader<Progress> reader = TopicReader.open(Topics.PROGRESS, Progress.class, kafka)) {
            while (true) {
                for (TopicReader.Message<Progress> message : reader.next(Duration.ofSeconds(PATIENCE_SECONDS))) {
                    if (message.value().getStep() > 0) {
                        return message.value().getStep();
                    }
                }
            }
        }
    }

    private static long firstStepOf(KafkaSettings kafka, String worker) {
        try (TopicReader<Progress> reader = TopicReader.open(Topics.PROGRESS, Progress.class, kafka)) {
            return reader.readToEnd().stream()
                    .map(TopicReader.Message::value)
                    .filter(progress -> progress.getWorker().equals(worker) && progress.getStep() > 0)
                    .mapToLong(Progress::getStep)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<RunResult> awaitResults(KafkaSettings kafka, int count) {
        List<RunResult> results = new ArrayList<>();
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try (TopicReader<RunResult> reader = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            while (results.size() < count) {
                reader.next(Duration.ofNanos(deadlineNanos - System.nanoTime()))
                        .forEach(message -> results.add(message.value()));
                assertThat(deadlineNanos - System.nanoTime())
                        .as("nanoseconds left, %d results", results.size())
                        .isPositive();
            }
        }
        return results;
    }

    private static List<RunResult> results(KafkaSettings kafka) {
        try (TopicReader<RunResult> reader = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            return reader.readToEnd().stream().map(TopicReader.Message::value).toList();
        }
    }
}
