package org.mtlfarm.standalone.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;

import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.producer.farm.PlanKey;
import org.mtlfarm.producer.farm.StudySubmitter;
import org.mtlfarm.producer.study.CorpusCatalogue;
import org.mtlfarm.producer.study.CorpusFacts;
import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AmiNormalisation;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Experiment;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Outcome;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Provenance;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.Sources;
import org.mtlfarm.schemas.SpanScores;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;

/**
 * Writes to a farm's topics what alerts are for: {@code Trouble BOOTSTRAP} does what it reads, a line a task, and answers each
 * with {@code done}. For {@code docker/checks/alerts_live.py}.
 *
 * <ul>
 *   <li>{@code bytes TOPIC COUNT}: records of random bytes
 *   <li>{@code plan NAME FORMULAS COUNT}: a study's plan, with nothing on the queue, as a submission leaves it that is killed half way
 *   <li>{@code submit NAME COUNT}: the same with its runs, on a corpus that no worker has
 *   <li>{@code results NAME FROM TO LAW}: results of a planned study's experiments, in the order of their tokens; LAW is
 *       {@code exact}, {@code noise} or {@code huge} (an AMI that no formula can be fitted to)
 *   <li>{@code differ NAME}: the result of its first experiment again, with another F1
 *   <li>{@code flood FROM TO}: results of experiments that nobody has planned
 *   <li>{@code limit TOPIC BYTES}: the topic takes no larger record
 * </ul>
 */
final class Trouble implements AutoCloseable {
    private static final CorpusCatalogue NOBODYS = new CorpusCatalogue() {
        @Override
        public CorpusFacts describe(Sources sources) {
            return new CorpusFacts("c", "v", 1_000_000, List.of("O"), new long[] {1_000_000}, 50, List.of());
        }

        @Override
        public double alphaForAmi(Sources sources, double ami, AmiNormalisation normalisation) {
            throw new IllegalStateException("these studies name alphas");
        }
    };

    private final KafkaSettings kafka;
    private final KafkaProducer<String, byte[]> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    private final Random random = new Random(1);

    private Trouble(KafkaSettings kafka) {
        AvroCodec.trustMessages();
        this.kafka = kafka;
        this.producer = new KafkaProducer<>(kafka.producer());
    }

    public static void main(String[] arguments) throws Exception {
        try (Trouble trouble = new Trouble(KafkaSettings.of(arguments[0]));
                BufferedReader tasks = new BufferedReader(new InputStreamReader(System.in))) {
            for (String task = tasks.readLine(); task != null; task = tasks.readLine()) {
                trouble.make(task.split(" "));
                System.out.println("done");
            }
        }
    }

    private void make(String[] task) throws IOException, ExecutionException, InterruptedException {
        switch (task[0]) {
            case "bytes" -> bytes(task[1], Integer.parseInt(task[2]));
            case "plan" -> plan(study(task[1], Integer.parseInt(task[2]), Integer.parseInt(task[3])));
            case "submit" -> submit(study(task[1], 0, Integer.parseInt(task[2])));
            case "results" -> results(task[1], Integer.parseInt(task[2]), Integer.parseInt(task[3]), task[4]);
            case "differ" -> results(task[1], 0, 1, "noise");
            case "flood" -> flood(Integer.parseInt(task[1]), Integer.parseInt(task[2]));
            case "limit" -> limit(task[1], task[2]);
            default -> throw new IllegalArgumentException("no such trouble: " + task[0]);
        }
        for (Future<RecordMetadata> record : sent) {
            record.get();
        }
        sent.clear();
    }

    private void bytes(String topic, int count) {
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[40];
            random.nextBytes(value);
            send(topic, "none", value);
        }
    }

    /** Experiments of one task and one run, that differ in their tokens; formulas that differ in the rows they take. */
    private static StudyPlan study(String name, int formulas, int experiments) {
        List<String> tokens = new ArrayList<>();
        for (int i = 1; i <= experiments; i++) {
            tokens.add(Integer.toString(100 * i));
        }
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < formulas; i++) {
            wanted.add(i == 0 ? "f1 ~ tokens" : "f1 ~ tokens where tokens > " + i);
        }
        if (name.equals("huge")) {
            wanted.add("f1 ~ ami");
        }
        // The same experiment in two studies is one: each study has an alpha of its own. Two tasks: one alone has no
        // AMI.
        double alpha = (500 + Math.floorMod(name.hashCode(), 400)) / 1000.0;
        String text = "study: " + name + "\nruns: 1\ngrid: {tasks: [2], alpha: [" + alpha + "], tokens: ["
                + String.join(", ", tokens) + "]}\n"
                + (wanted.isEmpty() ? "" : "formulas: [" + String.join(", ", wanted) + "]\n");
        return Planner.plan(StudyReader.parse(text, name, Path.of("/")), NOBODYS);
    }

    private void plan(StudyPlan study) {
        for (Plan plan : study.plans(Instant.now())) {
            send(
                    Topics.PLAN.topicName(),
                    PlanKey.of(plan).toString(),
                    AvroCodec.of(Plan.class).encode(plan));
        }
    }

    private void submit(StudyPlan study) {
        try (FarmView view = FarmView.open(kafka, WorkGroup.WORKERS)) {
            new StudySubmitter(producer, view, Clock.systemUTC()).submit(study);
        }
    }

    private void results(String study, int from, int to, String law) {
        List<Plan> plans = new ArrayList<>();
        try (TopicReader<Plan> reader = TopicReader.open(Topics.PLAN, Plan.class, kafka)) {
            reader.readToEnd(message -> {
                if (message.value().getStudy().equals(study)) {
                    plans.add(message.value());
                }
            });
        }
        plans.sort(Comparator.comparing(plan -> plan.getExperiment().getTokensReal()));
        for (Plan plan : plans.subList(from, Math.min(to, plans.size()))) {
            double f1 = law.equals("noise")
                    ? random.nextDouble()
                    : 0.3 + 1e-5 * plan.getExperiment().getTokensReal();
            result(plan.getStudy(), plan.getExperiment(), f1, law.equals("huge") ? 1e200 : 0.5);
        }
    }

    private void flood(int from, int to) {
        Experiment one = study("flood", 0, 1).plans(Instant.EPOCH).get(0).getExperiment();
        for (int i = from; i < to; i++) {
            Experiment experiment =
                    Experiment.newBuilder(one).setExperimentId("flood-" + i).build();
            result("flood", experiment, 0.5, 0.5);
        }
    }

    private void limit(String topic, String bytes) throws ExecutionException, InterruptedException {
        AlterConfigOp limit = new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
        try (Admin admin = Admin.create(kafka.admin())) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(limit)))
                    .all()
                    .get();
        }
    }

    private void result(String study, Experiment experiment, double f1, double ami) {
        SpanScores scores = new SpanScores(f1, f1, f1, 100L, 100L, Math.round(100 * f1));
        RunResult result = RunResult.newBuilder()
                .setExperiment(experiment)
                .setRunIndex(0)
                .setRuns(1)
                .setStudy(study)
                .setOutcome(Outcome.TRAINED)
                .setTest(scores)
                .setDev(scores)
                .setAmi(List.of(1.0, ami))
                .setEpochLosses(Collections.nCopies(30, 0.25))
                .setSteps(600)
                .setTrainSeconds(12.5)
                .setScoreSeconds(0.5)
                .setFinalLoss(0.25)
                .setWorker("trouble")
                .setProvenance(
                        new Provenance(7L, "trouble", "1", "1", "c", "v", "builtin", "builtin", "17", "Linux", ""))
                .setFinishedAt(Instant.EPOCH)
                .build();
        send(
                Topics.RESULTS.topicName(),
                experiment.getExperimentId() + "/0",
                AvroCodec.of(RunResult.class).encode(result));
    }

    private void send(String topic, String key, byte[] value) {
        sent.add(producer.send(new ProducerRecord<>(topic, key, value)));
    }

    @Override
    public void close() {
        producer.close();
    }
}
