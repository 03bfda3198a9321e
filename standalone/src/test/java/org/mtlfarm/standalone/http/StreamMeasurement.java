package org.mtlfarm.standalone.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

import org.mtlfarm.aggregator.SampleResults;
import org.mtlfarm.aggregator.http.AggregatorHttp;
import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.AvroJson;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;

/**
 * Many event streams on one {@code farm aggregator}, which is a process of its own: {@code StreamMeasurement CLIENTS LAZY
 * MINUTES RESULTS_A_SECOND}. The lazy ones, of the clients, do not read until the end. Prints what was lost, how late events
 * came, and memory and handles of the aggregator; exits with 1 if anything was lost or repeated.
 */
public final class StreamMeasurement {
    private static final Pattern SERVED = Pattern.compile("running, (http://\\S+)");
    private static final Duration SETTLING = Duration.ofMinutes(2);

    private final AvroCodec<RunResult> codec = AvroCodec.of(RunResult.class);

    private StreamMeasurement() {}

    public static void main(String[] arguments) throws IOException {
        int clients = Integer.parseInt(arguments[0]);
        int lazy = Integer.parseInt(arguments[1]);
        Duration time = Duration.ofSeconds((long) (60 * Double.parseDouble(arguments[2])));
        int rate = Integer.parseInt(arguments[3]);
        Path directory = Files.createTempDirectory("stream-measurement");
        boolean whole;
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.in(directory.resolve("broker")))) {
            whole = new StreamMeasurement().run(broker.bootstrapServers(), directory, clients, lazy, time, rate);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        System.exit(whole ? 0 : 1);
    }

    private boolean run(String servers, Path directory, int count, int lazy, Duration time, int rate)
            throws IOException {
        KafkaSettings kafka = KafkaSettings.of(servers);
        TopicSetup.ensure(kafka, WorkGroup.WORKERS);
        Process aggregator = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.mtlfarm.standalone.command.FarmCommand",
                        "aggregator",
                        "--bootstrap-servers",
                        servers,
                        "--state-dir",
                        directory.resolve("state").toString(),
                        "--http-port",
                        "0",
                        "--reconcile-every",
                        "0s"))
                .start();
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(kafka.producer())) {
            URI stream = URI.create(url(aggregator) + AggregatorHttp.EVENTS);
            Path process = Path.of("/proc", Long.toString(aggregator.pid()));
            EventClients clients = new EventClients(stream, "", count, lazy, System::currentTimeMillis);
            System.out.println("second events/client resident_MB handles");
            sample(process, 0, clients);
            long begin = System.nanoTime();
            long published = 0;
            int nextSample = 30;
            // Until all are greeted, what they wait for is their turn to be accepted.
            clients.measure();
            while (System.nanoTime() - begin < time.toNanos()) {
                double seconds = (System.nanoTime() - begin) / 1e9;
                while (published < seconds * rate) {
                    publish(producer, published++);
                }
                if (seconds >= nextSample) {
                    sample(process, nextSample, clients);
                    nextSample += 30;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            producer.flush();
            boolean whole = settled(kafka, clients, lazy, published);
            sample(process, (int) time.toSeconds(), clients);
            clients.close();
            percentiles(clients.latencies());
            return whole;
        } finally {
            aggregator.destroy();
            aggregator.onExit().join();
        }
    }

    /** Whether each client has got each average once. */
    private static boolean settled(KafkaSettings kafka, EventClients clients, int lazy, long published) {
        long events = 0;
        long hashes = 0;
        long deadline = System.nanoTime() + SETTLING.toNanos();
        try (TopicReader<Average> reader = TopicReader.open(Topics.AVERAGES, Average.class, kafka)) {
            while (events < published && System.nanoTime() < deadline) {
                for (TopicReader.Message<Average> message : reader.next(Duration.ofSeconds(1))) {
                    events++;
                    hashes += EventClients.hash(AvroJson.line(message.value()));
                }
            }
        }
        long expected = hashes;
        clients.wakeTheLazy();
        while (clients.clients().stream().anyMatch(one -> !one.ended && one.hashes != expected)
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
        long whole =
                clients.clients().stream().filter(one -> one.hashes == expected).count();
        long wholeLazy = clients.clients().subList(0, lazy).stream()
                .filter(one -> one.hashes == expected)
                .count();
        long cut = clients.clients().stream().filter(one -> one.ended).count();
        System.out.printf(
                Locale.ROOT,
                "%d averages published; clients that got each once: %d of %d readers, %d of %d lazy ones; %d cut off%n",
                published,
                whole - wholeLazy,
                clients.clients().size() - lazy,
                wholeLazy,
                lazy,
                cut);
        // One that took nothing for too long is cut off: it knows the id from which it goes on.
        return whole
                        + clients.clients().subList(0, lazy).stream()
                                .filter(one -> one.ended && one.hashes != expected)
                                .count()
                == clients.clients().size();
    }

    private static void percentiles(List<Integer> sorted) {
        if (!sorted.isEmpty()) {
            System.out.printf(
                    Locale.ROOT,
                    "milliseconds from a result's stamp to a client that reads: median %d, 99 %% %d, longest %d, of %d events%n",
                    sorted.get(sorted.size() / 2),
                    sorted.get((int) (sorted.size() * 0.99)),
                    sorted.get(sorted.size() - 1),
                    sorted.size());
        }
    }

    private static void sample(Path process, int second, EventClients clients) throws IOException {
        String resident = Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .findFirst()
                .orElse("0");
        long handles;
        try (Stream<Path> all = Files.list(process.resolve("fd"))) {
            handles = all.count();
        }
        System.out.printf(
                Locale.ROOT,
                "%d %d %.0f %d%n",
                second,
                clients.clients().get(clients.clients().size() - 1).events,
                Long.parseLong(resident) / 1024.0,
                handles);
    }

    private static String url(Process aggregator) throws IOException {
        BufferedReader said = aggregator.errorReader(StandardCharsets.UTF_8);
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            Matcher served = SERVED.matcher(line);
            if (served.find()) {
                Thread rest = new Thread(() -> said.lines().forEach(System.err::println), "aggregator-log");
                rest.setDaemon(true);
                rest.start();
                return served.group(1);
            }
        }
        throw new IOException("the aggregator ended before it said where it is");
    }

    private void publish(KafkaProducer<String, byte[]> producer, long number) {
        String id = "e" + number / 5;
        int run = (int) (number % 5);
        producer.send(new ProducerRecord<>(
                Topics.RESULTS.topicName(),
                id + "/" + run,
                codec.encode(SampleResults.trained(id, run, 1.0 / (run + 3)))));
    }
}
