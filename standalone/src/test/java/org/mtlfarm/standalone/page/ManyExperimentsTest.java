package org.mtlfarm.standalone.page;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.http.HttpSettings;
import org.mtlfarm.metrics.FarmMetrics;
import org.mtlfarm.page.http.PageHttp;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.regressor.http.RegressorHttp;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Candidate;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Slot;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;

/** A study of 5,000 experiments, whose results come from nowhere, in a real Chromium. Prints what drawing it takes. */
@Tag("browser")
@ExtendWith(TestBroker.class)
class ManyExperimentsTest {
    private static final int CHANGES = 100;

    private static final StudyPlan STUDY = WatchedFarm.plan("""
            study: large
            runs: 1
            grid:
              tasks: [2, 3, 4, 6, 8, 10, 12, 15, 20, 30]
              tokens: [500, 1000, 2000, 3000, 5000, 8000, 12000, 20000, 30000, 40000]
              alpha: [%s]
            formulas: ["f1 ~ tokens, ami, tasks"]
            """.formatted(alphas()));

    private static String alphas() {
        List<String> alphas = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            alphas.add(Double.toString((500 + 9 * i) / 1000.0));
        }
        return String.join(", ", alphas);
    }

    @Test
    void fiveThousandExperimentsAreDrawnAndStaySmoothWhileTheyChange(TestBroker broker) throws Exception {
        KafkaSettings kafka = broker.emptied(WorkGroup.WORKERS);
        List<Plan> plans = STUDY.plans(Instant.now());
        assertThat(plans).hasSize(5_000);
        publish(kafka, plans);
        HttpSettings settings = HttpSettings.local();
        PageHttp page = PageHttp.of(settings);
        try (RegressorHttp http = RegressorHttp.start(settings, FarmMetrics.of("test", "0"), page.served());
                Browser browser = Browser.open()) {
            http.serve(kafka);
            page.serve(kafka, WorkGroup.WORKERS);
            awaitState(http.url());
            browser.go("about:blank");
            browser.look(1280, false);
            browser.go(http.url() + "/");
            browser.until("document.querySelector('#figures').textContent.includes('runs done5,000 of 5,000')");
            browser.until("document.querySelector('#law-latex .katex')");
            System.out.println("5,000 experiments, first drawn: " + browser.run("""
                    const first = performance.getEntriesByType('measure')[0];
                    const state = performance.getEntriesByType('resource').find(e => e.name.includes('/live/state'));
                    return Math.round(first.duration) + ' ms of drawing, ' + Math.round(first.startTime + first.duration) + ' ms after the page was asked for; the state: '
                      + state.transferSize + ' bytes in ' + Math.round(state.duration) + ' ms';
                    """));
            browser.picture(java.nio.file.Path.of(System.getProperty("page.pictures", "target/pictures"))
                    .resolve("page-5000.png"));
            browser.run("""
                    window.frames_ = [];
                    performance.clearMeasures();
                    let last = performance.now();
                    const frame = now => { frames_.push(now - last); last = now; requestAnimationFrame(frame); };
                    requestAnimationFrame(frame);
                    """);
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
                for (int i = 0; i < CHANGES; i++) {
                    send(producer, Topics.AVERAGES, id(plans.get(i)), average(plans.get(i), 0.5));
                    LockSupport.parkNanos(50_000_000);
                }
            }
            browser.until(
                    "document.querySelector('main').dataset.id && performance.getEntriesByType('measure').length > 1");
            System.out.println("while 20 of them change a second: " + browser.run("""
                    const draws = performance.getEntriesByType('measure').map(m => m.duration).sort((a, b) => a - b);
                    const frames = frames_.slice(2).sort((a, b) => a - b);
                    const at = (list, share) => Math.round(list[Math.min(list.length - 1, Math.floor(share * list.length))]);
                    return draws.length + ' drawings of ' + at(draws, .5) + ' ms at the median, ' + at(draws, 1) + ' ms at most; ' + frames.length
                      + ' frames, ' + at(frames, .5) + ' ms apart at the median, ' + at(frames, .99) + ' ms at the 99th percentile, ' + at(frames, 1) + ' ms at most';
                    """));
            assertThat(browser.errors()).isEmpty();
        } finally {
            page.close();
        }
    }

    /** Until the server has read the study: a page that comes before is told to come again, which its console calls an error. */
    private static void awaitState(String url) throws Exception {
        HttpRequest asked = HttpRequest.newBuilder(URI.create(url + "/live/state?study=large"))
                .build();
        HttpClient client = HttpClient.newHttpClient();
        while (client.send(asked, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
            LockSupport.parkNanos(50_000_000);
        }
    }

    private static void publish(KafkaSettings kafka, List<Plan> plans) throws Exception {
        Random random = new Random(1);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (Plan plan : plans) {
                Run run = StudyPlan.runs(plan, Instant.now()).get(0);
                double f1 = 0.0035
                                * Math.sqrt(plan.getExperiment().getTokensReal()
                                        * (1
                                                + plan.getExperiment().getAlpha()
                                                        * Math.log(plan.getExperiment()
                                                                .getTasks())
                                                        / 2))
                        + 0.01 * random.nextGaussian();
                send(producer, Topics.PLAN, "large/" + id(plan), plan);
                send(producer, Topics.RESULTS, id(plan) + "/0", result(run));
                sent.add(send(producer, Topics.AVERAGES, id(plan), average(plan, f1)));
            }
            Candidate law = new Candidate(
                    "0.0035*sqrt(tokens*(1 + ami*log(tasks)))",
                    "0.0035\\sqrt{n\\left(1 + \\mathrm{AMI}\\log T\\right)}",
                    10,
                    1e-4,
                    1e-4,
                    0.99);
            sent.add(send(
                    producer,
                    Topics.FORMULAS,
                    "large/f1 ~ tokens, ami, tasks",
                    Formula.newBuilder()
                            .setStudy("large")
                            .setSpecification("f1 ~ tokens, ami, tasks")
                            .setTarget("f1")
                            .setFeatures(List.of("tokens", "ami", "tasks"))
                            .setRows(plans.size())
                            .setExperiments(
                                    plans.stream().<String>map(plan -> id(plan)).toList())
                            .setBest(law)
                            .setFront(List.of(law))
                            .setSeed(1)
                            .setSeconds(1)
                            .setFittedAt(Instant.now())
                            .build()));
            for (Future<RecordMetadata> record : sent) {
                record.get();
            }
        }
    }

    private static String id(Plan plan) {
        return plan.getExperiment().getExperimentId();
    }

    @SuppressWarnings("unchecked") // a record's codec is that of its class
    private static <T extends SpecificRecord> Future<RecordMetadata> send(
            KafkaProducer<String, byte[]> producer, Topics topic, String key, T message) {
        return producer.send(new ProducerRecord<>(
                topic.topicName(),
                key,
                AvroCodec.of((Class<T>) message.getClass()).encode(message)));
    }

    private static Average average(Plan plan, double f1) {
        Experiment experiment = plan.getExperiment();
        return Average.newBuilder()
                .setExperiment(experiment)
                .setRuns(1)
                .setRunsDone(1)
                .setComplete(true)
                .setF1Mean(f1)
                .setF1Std(0.02)
                .setF1Min(f1)
                .setF1Max(f1)
                .setF1DevMean(f1)
                .setAmiMean(experiment.getAlpha() * experiment.getAlpha() * experiment.getAlpha())
                .setSlots(List.of(Slot.newBuilder()
                        .setRunIndex(0)
                        .setOutcome(Outcome.TRAINED)
                        .setF1Test(f1)
                        .setF1Dev(f1)
                        .setAmi(experiment.getAlpha())
                        .build()))
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    private static RunResult result(Run run) {
        return RunResult.newBuilder()
                .setExperiment(run.getExperiment())
                .setRunIndex(0)
                .setRuns(1)
                .setStudy("large")
                .setOutcome(Outcome.TRAINED)
                .setSteps(1)
                .setTrainSeconds(0)
                .setScoreSeconds(0)
                .setFinalLoss(1)
                .setWorker("")
                .setProvenance(new Provenance(
                        run.getSeed(), "scripted", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", "x86"))
                .setFinishedAt(Instant.EPOCH)
                .build();
    }
}
