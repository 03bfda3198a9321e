package org.mtlfarm.standalone.faults;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.standalone.broker.BrokerFailedException;
import org.mtlfarm.standalone.broker.BrokerProcess;
import org.mtlfarm.standalone.broker.BrokerSettings;
import org.mtlfarm.standalone.broker.TestBroker;
import org.mtlfarm.standalone.command.FarmCommand;

/**
 * A farm of real processes that can be broken: a broker, two workers of two slots (or of a gang's many) behind a network that can be cut, an
 * aggregator with the reconciler, a regressor. Workers, aggregator and regressor are started again when they end.
 */
final class FaultyFarm implements AutoCloseable {
    /** For an aggregator to find its directory taken, on a machine that does much else. */
    private static final Duration AGGREGATORS_START = Duration.ofSeconds(60);

    private final Path directory;
    private final WallClocks clocks;
    private final Path stateDirectory;
    private final BrokerSettings brokerSettings;
    private final SmallDisk brokersDisk;
    private final SmallDisk aggregatorsDisk;
    private final TcpProxy network;
    private final List<Supervised> workers = new ArrayList<>();
    private final Supervised aggregator;
    private final Supervised regressor;
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final Object brokerTurn = new Object();
    private final Object aggregatorTurn = new Object();
    private final Thread atExit = new Thread(this::end, "end the farm");
    private BrokerProcess broker;

    /**
     * Starts it; the study is not submitted.
     *
     * @param worker {@code worker} or {@code gang}
     * @param endless keys of runs that never end
     * @param crashing keys of runs that end their worker
     * @param clocks where no clock can be off, all are right
     */
    FaultyFarm(Path directory, String worker, Set<String> endless, Set<String> crashing, WallClocks clocks)
            throws IOException, InterruptedException {
        this.directory = directory;
        Files.createDirectories(directory);
        boolean shifted = !clocks.equals(WallClocks.RIGHT) && WallClocks.canBeOff(directory);
        this.clocks = shifted ? clocks : WallClocks.RIGHT;
        Path brokerDirectory = directory.resolve("broker");
        stateDirectory = directory.resolve("aggregator");
        brokersDisk = SmallDisk.mount(brokerDirectory, 256);
        aggregatorsDisk = SmallDisk.mount(stateDirectory, 64);
        int[] ports = freePorts(4);
        brokerSettings = TestBroker.settings(brokerDirectory)
                .onPort(ports[0])
                .with(
                        "listeners",
                        "PLAINTEXT://127.0.0.1:" + ports[0] + ",WORKERS://127.0.0.1:" + ports[1]
                                + ",CONTROLLER://127.0.0.1:" + ports[2])
                .with("advertised.listeners", "PLAINTEXT://127.0.0.1:" + ports[0] + ",WORKERS://127.0.0.1:" + ports[3])
                .with("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,WORKERS:PLAINTEXT,CONTROLLER:PLAINTEXT")
                .with("controller.quorum.voters", "1@127.0.0.1:" + ports[2]);
        broker = BrokerProcess.start(brokerSettings);
        network = new TcpProxy(ports[3], ports[1]);
        String throughNetwork = "127.0.0.1:" + ports[3];
        for (int i = 1; i <= 2; i++) {
            workers.add(Supervised.start(
                    directory.resolve("worker" + i + ".log"),
                    clock(i == 1 ? Duration.ZERO : this.clocks.secondWorker()),
                    FarmChild.class,
                    worker,
                    throughNetwork,
                    listed(endless),
                    listed(crashing)));
        }
        aggregator = Supervised.start(
                directory.resolve("aggregator.log"),
                clock(this.clocks.aggregator()),
                FarmCommand.class,
                aggregatorArguments());
        // A test run that is stopped leaves no process and no disk behind.
        Runtime.getRuntime().addShutdownHook(atExit);
        regressor = Supervised.start(
                directory.resolve("regressor.log"),
                clock(this.clocks.regressor()),
                FarmChild.class,
                "regressor",
                kafka().bootstrapServers());
    }

    private Map<String, String> clock(Duration off) {
        return WallClocks.environment(directory, off);
    }

    /** Whether every clock is as it was asked to be. */
    boolean hasClocks(WallClocks asked) {
        return clocks.equals(asked);
    }

    private String[] aggregatorArguments() {
        return new String[] {
            "aggregator",
            "--bootstrap-servers",
            kafka().bootstrapServers(),
            "--state-dir",
            stateDirectory.resolve("state").toString(),
            "--record-lock",
            FarmChild.GROUP.recordLock().toSeconds() + "s",
            "--reconcile-every",
            FarmChild.GROUP.recordLock().toSeconds() + "s"
        };
    }

    private static String listed(Set<String> keys) {
        return keys.isEmpty() ? "none" : String.join(",", keys);
    }

    private static int[] freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            int[] ports = new int[count];
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0));
                ports[i] = sockets.get(i).getLocalPort();
            }
            return ports;
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Past the network that can be cut. */
    KafkaSettings kafka() {
        return KafkaSettings.of("127.0.0.1:" + brokerSettings.port());
    }

    boolean hasSmallDisks() {
        return brokersDisk != null && aggregatorsDisk != null;
    }

    /** What a fault found that must not be. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** How often workers, aggregator and regressor have been started. */
    int starts() {
        return workers.stream().mapToInt(Supervised::starts).sum() + aggregator.starts() + regressor.starts();
    }

    Supervised anyWorker(Random random) {
        return workers.get(random.nextInt(workers.size()));
    }

    /** A process that puts the study on the plan and its missing runs on the queue. */
    Process submit() throws IOException {
        return Supervised.process(
                Supervised.command(directory, FarmChild.class, "submit", kafka().bootstrapServers()),
                clock(clocks.submissions()),
                directory.resolve("submit.log"));
    }

    /** The end of what they printed, traces left out. */
    List<String> submissionsSaid() throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve("submit.log")).stream()
                .filter(line -> !line.startsWith("\t") && !line.contains("-INFO "))
                .toList();
        return lines.subList(Math.max(0, lines.size() - 10), lines.size());
    }

    void killRegressor() {
        regressor.kill();
    }

    void terminate(Supervised worker) throws IOException, InterruptedException {
        Process stopped = worker.signal("TERM");
        if (!stopped.waitFor(300, TimeUnit.SECONDS)) {
            violations.add("a worker had not ended 300 s after SIGTERM");
        }
    }

    void stopFor(Supervised worker, Duration time) throws IOException, InterruptedException {
        Process stopped = worker.signal("STOP");
        pause(time);
        Supervised.signal("CONT", stopped.pid());
    }

    void cutNetworkFor(Duration time) {
        network.cut();
        pause(time);
        network.heal();
    }

    void killBroker() {
        synchronized (brokerTurn) {
            broker.kill();
            broker = startBroker();
        }
    }

    void stopBrokerFor(Duration time) {
        synchronized (brokerTurn) {
            broker.close();
            pause(time);
            broker = startBroker();
        }
    }

    /** Kafka ends its process on a full disk; if it has nothing to write meanwhile, it lives on. */
    void fillBrokersDiskFor(Duration time) throws IOException {
        synchronized (brokerTurn) {
            brokersDisk.fill();
            pause(time);
            brokersDisk.free();
            if (broker.ended().isDone()) {
                broker = startBroker();
            } else {
                // Its log directory may be offline in a process that lives on.
                broker.kill();
                broker = startBroker();
            }
        }
    }

    private BrokerProcess startBroker() {
        for (int attempt = 1; ; attempt++) {
            try {
                return BrokerProcess.start(brokerSettings);
            } catch (BrokerFailedException e) {
                // A client's outgoing connection may have been given the broker's port meanwhile.
                if (attempt == 20) {
                    throw e;
                }
                pause(Duration.ofMillis(500));
            }
        }
    }

    void startSecondBroker() {
        synchronized (brokerTurn) {
            try (BrokerProcess second = BrokerProcess.start(BrokerSettings.in(brokerSettings.directory()))) {
                violations.add("a second broker runs on the first one's directory, at " + second.bootstrapServers());
            } catch (BrokerFailedException e) {
                if (!e.getMessage().contains("another broker")
                        && !e.getMessage().contains("free disk space")) {
                    violations.add("a second broker was refused for another reason: " + e.getMessage());
                }
            }
        }
    }

    void killAggregator() {
        synchronized (aggregatorTurn) {
            aggregator.kill();
        }
    }

    void loseAggregatorsState() throws IOException {
        synchronized (aggregatorTurn) {
            aggregator.kill();
            aggregator.current().onExit().join();
            delete(stateDirectory.resolve("state"));
        }
    }

    void fillAggregatorsDiskFor(Duration time) throws IOException {
        synchronized (aggregatorTurn) {
            aggregatorsDisk.fill();
            pause(time);
            aggregatorsDisk.free();
        }
    }

    /** On the first one's directory: it must be refused while the first one lives. */
    void startSecondAggregator() throws IOException, InterruptedException {
        synchronized (aggregatorTurn) {
            Process first = aggregator.current();
            Process second = secondAggregator();
            boolean ended = second.waitFor(AGGREGATORS_START.toSeconds(), TimeUnit.SECONDS);
            end(second);
            if (!ended && first.isAlive()) {
                violations.add("a second aggregator was not refused on the first one's directory");
            }
        }
    }

    /** The first one is killed, and its successor and another one want its directory: one of them must be refused. */
    void haveTwoAggregatorsFight() throws IOException, InterruptedException {
        synchronized (aggregatorTurn) {
            aggregator.kill();
            aggregator.current().onExit().join();
            int starts = aggregator.starts();
            Process other = secondAggregator();
            long begin = System.nanoTime();
            // The successor is the next start; one more means that it has ended.
            while (other.isAlive() && aggregator.starts() < starts + 2) {
                if (System.nanoTime() - begin > AGGREGATORS_START.toNanos()) {
                    violations.add("of two aggregators on one directory none was refused");
                    break;
                }
                pause(Duration.ofMillis(100));
            }
            end(other);
        }
    }

    private Process secondAggregator() throws IOException {
        return Supervised.process(
                Supervised.command(directory, FarmCommand.class, aggregatorArguments()),
                clock(clocks.aggregator()),
                directory.resolve("second-aggregator.log"));
    }

    private static void end(Process process) throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (java.io.UncheckedIOException e) {
            // Its successor is at work there already: what is left is as good as lost.
        }
    }

    /** A fault lasts as long as it does. */
    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }

    private void end() {
        workers.forEach(Supervised::close);
        regressor.close();
        aggregator.close();
        network.close();
        synchronized (brokerTurn) {
            broker.kill();
        }
        if (brokersDisk != null) {
            brokersDisk.close();
        }
        if (aggregatorsDisk != null) {
            aggregatorsDisk.close();
        }
    }
}
