package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

import org.mtlfarm.producer.study.Planner;
import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.producer.study.StudyReader;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.command.FarmCommand;
import org.mtlfarm.standalone.run.FarmConnection;
import org.mtlfarm.standalone.run.LibraryCatalogue;
import org.mtlfarm.worker.training.CorpusLibrary;

/**
 * Memory and file handles of a farm's processes over a long time of small runs, by hand: {@code SoakMeasurement MINUTES [RUNS A SECOND]}. The
 * processes are {@code farm} commands; the same few runs are put on the queue again and again, so that what the processes
 * have to know stays the same and only what they leak grows. Fails if anything grows beyond its bound, a process ends, or a
 * run is lost.
 *
 * <p>Every heap is committed and touched from the start: what resident memory grows by lies outside it. What lies in it is
 * looked at after a full collection, every few minutes from the middle on; where it has grown, by which classes is told. Not counted
 * is what Kafka's Raft client takes in one piece: the buffers in which it collects what it appends, of which it keeps five.
 */
final class SoakMeasurement {
    private static final String STUDY = """
            study: soak
            corpus: builtin:tokens=1000,dev=200,test=200,seed=3
            runs: 5
            grid: {tasks: [1, 2], tokens: [100, 200, 300, 400], alpha: 0.9}
            training: {epochs: 2, batch: 50, hidden: 8}
            formulas: [f1 ~ tokens]
            """;

    private static final String BROKER = "broker";
    private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(10);
    private static final long RUNS_A_SECOND = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Megabytes an hour, unless it is less than the noise of one sample. */
    private static final double RESIDENT_AN_HOUR = 16;

    private static final double RESIDENT_NOISE = 3;
    private static final double HEAP_AN_HOUR = 8;
    private static final double HEAP_NOISE = 2;
    private static final double HANDLES_AN_HOUR = 6;
    private static final double HANDLES_NOISE = 3;

    private static final Duration BETWEEN_HEAPS = Duration.ofMinutes(5);

    /** Of {@code KafkaRaftClient}'s pool of buffers. */
    private static final double RAFT_BUFFER = 8;

    private static final int RAFT_BUFFERS_KEPT = 5;
    private static final double RAFT_BUFFER_TOLERANCE = 0.5;

    private static final Pattern CLASS = Pattern.compile("^ *\\d+: +\\d+ +(\\d+) +(\\S+).*");
    private static final int CLASSES_TOLD = 8;

    private final Map<String, LongSupplier> processes = new LinkedHashMap<>();
    private final Map<String, List<LiveHeap>> heaps = new LinkedHashMap<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    private record Sample(double hours, double residentMegabytes, int handles) {}

    /** What is left in a heap after a full collection, in all and by classes. */
    private record LiveHeap(double megabytes, Map<String, Long> bytes) {
        private double arrays() {
            return bytes.getOrDefault("[B", 0L) / (double) (1 << 20);
        }

        /** Whether the Raft client has taken one more buffer since, and nothing else of that kind has changed much. */
        boolean hasOneMoreRaftBuffer(LiveHeap before) {
            return Math.abs(arrays() - before.arrays() - RAFT_BUFFER) < RAFT_BUFFER_TOLERANCE;
        }

        /** The classes that have grown most since. */
        String growth(LiveHeap before) {
            return bytes.entrySet().stream()
                    .map(entry ->
                            Map.entry(entry.getKey(), entry.getValue() - before.bytes.getOrDefault(entry.getKey(), 0L)))
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .limit(CLASSES_TOLD)
                    .map(entry -> String.format(Locale.ROOT, "%s %+d kB", entry.getKey(), entry.getValue() / 1024))
                    .collect(Collectors.joining(", "));
        }
    }

    private SoakMeasurement() {}

    public static void main(String[] arguments) throws Exception {
        Duration time = Duration.ofMinutes(arguments.length > 0 ? Long.parseLong(arguments[0]) : 60);
        Duration between =
                Duration.ofSeconds(1).dividedBy(arguments.length > 1 ? Long.parseLong(arguments[1]) : RUNS_A_SECOND);
        Path directory = Files.createTempDirectory("soak-measurement");
        boolean flat;
        try {
            flat = new SoakMeasurement().run(directory, time, between);
        } finally {
            delete(directory);
        }
        System.exit(flat ? 0 : 1);
    }

    private boolean run(Path directory, Duration time, Duration between) throws Exception {
        AvroCodec.trustMessages();
        List<AutoCloseable> open = new ArrayList<>();
        Thread atExit = new Thread(() -> end(open), "end the farm");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            BrokerProcess broker = BrokerProcess.start(
                    BrokerSettings.in(directory.resolve("broker")), heap("256m", List.of("-XX:+UseSerialGC")));
            open.add(broker);
            processes.put(BROKER, broker::pid);
            KafkaSettings kafka = KafkaSettings.of(broker.bootstrapServers());
            List<Run> runs = submit(kafka);
            List<Supervised> supervised = new ArrayList<>();
            for (String[] command : new String[][] {
                {
                    "aggregator",
                    "aggregator",
                    "--state-dir",
                    directory.resolve("state").toString()
                },
                {"regressor", "regressor"},
                {"worker 1", "worker", "--slots", "1"},
                {"worker 2", "worker", "--slots", "1"}
            }) {
                Supervised process = start(directory, command, kafka);
                open.add(process);
                supervised.add(process);
                processes.put(command[0], () -> process.current().pid());
            }
            soak(kafka, runs, time, between);
            supervised.stream()
                    .filter(process -> process.starts() > 1)
                    .forEach(process -> failures.add("a process ended and was started again"));
        } finally {
            end(open);
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
        failures.forEach(failure -> System.out.println("FAILED: " + failure));
        return failures.isEmpty();
    }

    private static List<String> heap(String size, List<String> options) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-Xms" + size, "-Xmx" + size, "-XX:+AlwaysPreTouch"));
        // A full collection leaves some of what is dead where it lies, and a histogram counts it, as arrays of int.
        all.add("-XX:MarkSweepAlwaysCompactCount=1");
        return all;
    }

    private static Supervised start(Path directory, String[] command, KafkaSettings kafka) throws IOException {
        List<String> all = new ArrayList<>(List.of(command).subList(1, command.length));
        all.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers()));
        return Supervised.start(
                directory.resolve(command[0].replace(' ', '-') + ".log"),
                Map.of("JDK_JAVA_OPTIONS", "-Xms192m -XX:+AlwaysPreTouch"),
                FarmCommand.class,
                all.toArray(String[]::new));
    }

    private static List<Run> submit(KafkaSettings kafka) {
        CorpusLibrary library = new CorpusLibrary(Optional.empty(), Optional.empty(), warning -> {});
        StudyPlan plan =
                Planner.plan(StudyReader.parse(STUDY, "soak.yaml", Path.of("/")), new LibraryCatalogue(library));
        Clock clock = Clock.systemUTC();
        try (FarmConnection farm = FarmConnection.open(kafka, WorkGroup.WORKERS, clock)) {
            farm.submitter().submit(plan);
        }
        List<Run> runs = new ArrayList<>();
        for (Plan planned : plan.plans(clock.instant())) {
            runs.addAll(StudyPlan.runs(planned, clock.instant()));
        }
        return runs;
    }

    private void soak(KafkaSettings kafka, List<Run> runs, Duration time, Duration between) throws Exception {
        AvroCodec<Run> codec = AvroCodec.of(Run.class);
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer());
                TopicReader<RunResult> results = TopicReader.open(Topics.RESULTS, RunResult.class, kafka)) {
            long done = awaitResults(results, 0, runs.size());
            long begin = System.nanoTime();
            long end = begin + time.toNanos();
            long nextSample = begin;
            long nextHeap = begin + time.toNanos() / 2;
            int sent = 0;
            while (System.nanoTime() - end < 0) {
                if (System.nanoTime() - nextSample >= 0) {
                    sample((System.nanoTime() - begin) / 3.6e12);
                    nextSample += BETWEEN_SAMPLES.toNanos();
                }
                if (System.nanoTime() - nextHeap >= 0) {
                    lookAtHeaps();
                    nextHeap += BETWEEN_HEAPS.toNanos();
                }
                Run run = runs.get(sent % runs.size());
                producer.send(new ProducerRecord<>(
                                Topics.RUNS.topicName(), RunKey.of(run).toString(), codec.encode(run)))
                        .get();
                sent++;
                long nextRun = begin + sent * between.toNanos();
                for (long left = 1; left > 0; left = nextRun - System.nanoTime()) {
                    done += results.next(Duration.ofNanos(left)).size();
                }
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            lookAtHeaps();
            done = awaitResults(results, done, runs.size() + sent);
            System.out.printf(
                    Locale.ROOT, "%d runs in %.0f s, %d results: none lost%n", sent, seconds, done - runs.size());
            tell(time);
        }
    }

    private static long awaitResults(TopicReader<RunResult> results, long before, long wanted) {
        long begin = System.nanoTime();
        long done = before;
        while (done < wanted) {
            done += results.next(Duration.ofSeconds(1)).size();
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "expected " + wanted + " results within " + PATIENCE.toSeconds() + " s, found " + done);
            }
        }
        return done;
    }

    private void sample(double hours) throws IOException {
        for (Map.Entry<String, LongSupplier> process : processes.entrySet()) {
            Path proc = Path.of("/proc", Long.toString(process.getValue().getAsLong()));
            try (Stream<Path> handles = Files.list(proc.resolve("fd"))) {
                samples.computeIfAbsent(process.getKey(), name -> new ArrayList<>())
                        .add(new Sample(hours, residentMegabytes(proc), (int) handles.count()));
            }
        }
    }

    private static double residentMegabytes(Path proc) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Counts objects, which begins with a full collection; a heap's use, asked for once a collection is over, would hold what was
     * allocated since.
     */
    private void lookAtHeaps() throws IOException, InterruptedException {
        for (Map.Entry<String, LongSupplier> process : processes.entrySet()) {
            Map<String, Long> bytes = new HashMap<>();
            jcmd(process.getValue().getAsLong(), "GC.class_histogram")
                    .lines()
                    .map(CLASS::matcher)
                    .filter(Matcher::matches)
                    .forEach(line -> bytes.merge(line.group(2), Long.parseLong(line.group(1)), Long::sum));
            double all = bytes.values().stream().mapToLong(Long::longValue).sum();
            heaps.computeIfAbsent(process.getKey(), name -> new ArrayList<>())
                    .add(new LiveHeap(all / (1 << 20), bytes));
        }
    }

    /** As many as have come from one look to the next. */
    private static int newRaftBuffers(List<LiveHeap> looks) {
        int found = 0;
        for (int i = 1; i < looks.size(); i++) {
            if (looks.get(i).hasOneMoreRaftBuffer(looks.get(i - 1))) {
                found++;
            }
        }
        return Math.min(found, RAFT_BUFFERS_KEPT - 1);
    }

    private static String jcmd(long pid, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid), command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        jcmd.waitFor(30, TimeUnit.SECONDS);
        return said;
    }

    private void tell(Duration time) {
        double halfInHours = time.toMillis() / 3.6e6 / 2;
        System.out.println(
                "| process | resident, MB: start | middle | end | an hour | live heap, MB: middle | end | an hour |"
                        + " handles: start | middle | end | an hour |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        samples.forEach((name, all) -> {
            Sample first = all.get(0);
            Sample middle = all.get(all.size() / 2);
            Sample last = all.get(all.size() - 1);
            List<Sample> secondHalf = all.subList(all.size() / 2, all.size());
            double resident = slope(secondHalf, Sample::residentMegabytes);
            double handles = slope(secondHalf, Sample::handles);
            List<LiveHeap> looks = heaps.get(name);
            LiveHeap heapBefore = looks.get(0);
            LiveHeap heapAfter = looks.get(looks.size() - 1);
            int raftBuffers = name.equals(BROKER) ? newRaftBuffers(looks) : 0;
            double heap = (heapAfter.megabytes() - heapBefore.megabytes() - raftBuffers * RAFT_BUFFER) / halfInHours;
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f | %+.1f | %.1f | %.1f | %+.1f | %d | %d | %d | %+.1f |%n",
                    name,
                    first.residentMegabytes(),
                    middle.residentMegabytes(),
                    last.residentMegabytes(),
                    resident,
                    heapBefore.megabytes(),
                    heapAfter.megabytes(),
                    heap,
                    first.handles(),
                    middle.handles(),
                    last.handles(),
                    handles);
            check(name + ": resident memory", resident, halfInHours, RESIDENT_AN_HOUR, RESIDENT_NOISE);
            check(
                    name + ": live heap (" + heapAfter.growth(heapBefore) + ")",
                    heap,
                    halfInHours,
                    HEAP_AN_HOUR,
                    HEAP_NOISE);
            check(name + ": file handles", handles, halfInHours, HANDLES_AN_HOUR, HANDLES_NOISE);
        });
        int buffers = newRaftBuffers(heaps.get(BROKER));
        if (buffers > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "not counted of the broker's heap: %d new buffers of %.0f MB that its Raft client keeps%n",
                    buffers,
                    RAFT_BUFFER);
        }
        System.out.printf(
                Locale.ROOT,
                "bounds: %.0f MB resident, %.0f MB of heap, %.0f handles an hour, fitted over the second half; not counted"
                        + " below %.0f MB, %.0f MB, %.0f handles in all%n",
                RESIDENT_AN_HOUR,
                HEAP_AN_HOUR,
                HANDLES_AN_HOUR,
                RESIDENT_NOISE,
                HEAP_NOISE,
                HANDLES_NOISE);
    }

    private void check(String what, double anHour, double hours, double bound, double noise) {
        if (anHour > bound && anHour * hours > noise) {
            failures.add(String.format(Locale.ROOT, "%s grows by %.1f an hour, more than %.0f", what, anHour, bound));
        }
    }

    /** Of the least-squares line, an hour. */
    private static double slope(List<Sample> some, ToDoubleFunction<Sample> value) {
        double meanHours = some.stream().mapToDouble(Sample::hours).average().orElseThrow();
        double meanValue = some.stream().mapToDouble(value).average().orElseThrow();
        double product = 0;
        double square = 0;
        for (Sample sample : some) {
            product += (sample.hours() - meanHours) * (value.applyAsDouble(sample) - meanValue);
            square += (sample.hours() - meanHours) * (sample.hours() - meanHours);
        }
        return square == 0 ? 0 : product / square;
    }

    private static void end(List<AutoCloseable> open) {
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception e) {
                System.err.println("cannot end a process: " + e);
            }
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
