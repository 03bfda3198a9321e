package org.mtlfarm.aggregator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.mtlfarm.schemas.InvalidInputException;
import org.mtlfarm.schemas.KafkaSettings;

/**
 * How one aggregator process runs.
 *
 * @param stateDirectory holds the RocksDB stores; of one process at a time; can be deleted at the cost of a restore
 * @param applicationId names the group of aggregators that share the work, and begins the names of its internal topics
 * @param instanceId of this process among them; it keeps its share of the work over a restart if the id stays the same
 * @param commitInterval between commits; averages reach readers that much later
 * @param threads stream threads
 * @param partitions into which the experiments are divided: the most threads, over all processes, that can work; to change
 *     it, the averages must be rebuilt
 * @param standbyReplicas copies of each store kept ready on other processes
 * @param replicationFactor of the internal topics; -1 leaves it to the broker
 * @param sessionTimeout after which a process that does not answer loses its share of the work
 * @param address {@code host:port} at which the other processes can ask this one for its share; empty if it answers nobody
 */
public record AggregatorSettings(
        KafkaSettings kafka,
        Path stateDirectory,
        String applicationId,
        String instanceId,
        Duration commitInterval,
        int threads,
        int partitions,
        int standbyReplicas,
        short replicationFactor,
        Duration sessionTimeout,
        Optional<String> address) {
    /** The group that {@code farm run} and {@code farm aggregator} belong to unless told otherwise. */
    public static final String APPLICATION_ID = "farm-aggregator";

    private static final String NAME = "[a-zA-Z0-9._-]{1,200}";

    public AggregatorSettings {
        named("application id", applicationId);
        named("instance id", instanceId);
        between("commit interval in ms", commitInterval.toMillis(), 1, 60_000);
        between("number of threads", threads, 1, 256);
        between("number of partitions", partitions, 1, 1024);
        between("number of standby replicas", standbyReplicas, 0, 16);
        between("session timeout in ms", sessionTimeout.toMillis(), 1_000, 1_800_000);
        address.ifPresent(AggregatorSettings::address);
        if (replicationFactor != -1) {
            between("replication factor", replicationFactor, 1, 16);
        }
    }

    /** The defaults: one thread, commits every 100 ms, 4 partitions, the broker's replication. */
    public static AggregatorSettings of(KafkaSettings kafka, Path stateDirectory) {
        return builder(kafka, stateDirectory).build();
    }

    public static Builder builder(KafkaSettings kafka, Path stateDirectory) {
        return new Builder(kafka, stateDirectory);
    }

    /** The defaults, to be changed one by one. */
    public static final class Builder {
        private final KafkaSettings kafka;
        private final Path stateDirectory;
        private String applicationId = APPLICATION_ID;
        private String instanceId;
        private Duration commitInterval = Duration.ofMillis(100);
        private int threads = 1;
        private int partitions = 4;
        private int standbyReplicas = 0;
        private short replicationFactor = -1;
        private Duration sessionTimeout = Duration.ofSeconds(6);
        private Optional<String> address = Optional.empty();

        private Builder(KafkaSettings kafka, Path stateDirectory) {
            this.kafka = kafka;
            this.stateDirectory = stateDirectory;
            this.instanceId = instanceOn(stateDirectory);
        }

        public Builder applicationId(String chosen) {
            applicationId = chosen;
            return this;
        }

        public Builder instanceId(String chosen) {
            instanceId = chosen;
            return this;
        }

        public Builder commitInterval(Duration chosen) {
            commitInterval = chosen;
            return this;
        }

        public Builder threads(int chosen) {
            threads = chosen;
            return this;
        }

        public Builder partitions(int chosen) {
            partitions = chosen;
            return this;
        }

        public Builder standbyReplicas(int chosen) {
            standbyReplicas = chosen;
            return this;
        }

        public Builder replicationFactor(int chosen) {
            replicationFactor = (short) chosen;
            return this;
        }

        public Builder sessionTimeout(Duration chosen) {
            sessionTimeout = chosen;
            return this;
        }

        public Builder address(String chosen) {
            address = Optional.of(chosen);
            return this;
        }

        public AggregatorSettings build() {
            return new AggregatorSettings(
                    kafka,
                    stateDirectory,
                    applicationId,
                    instanceId,
                    commitInterval,
                    threads,
                    partitions,
                    standbyReplicas,
                    replicationFactor,
                    sessionTimeout,
                    address);
        }
    }

    /**
     * The same for the same directory on the same machine, and another for every other: so that a process keeps its share
     * of the work over a restart, even if the directory was lost.
     */
    private static String instanceOn(Path stateDirectory) {
        String directory = stateDirectory.toAbsolutePath().normalize().toString();
        String host = host().replaceAll("[^a-zA-Z0-9._-]", "-");
        return host.substring(0, Math.min(host.length(), 100)) + "-" + Integer.toHexString(directory.hashCode());
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine whose own name nobody resolves: the directory must tell instances apart.
            return "unnamed";
        }
    }

    private static void named(String what, String value) {
        if (!value.matches(NAME)) {
            throw new InvalidInputException("the aggregator's " + what
                    + " must be 1 to 200 letters, digits, dots, dashes or underscores, found \"" + value + "\"");
        }
    }

    private static void address(String value) {
        if (!value.matches("\\S+:\\d{1,5}")) {
            throw new InvalidInputException(
                    "the address at which others ask the aggregator must be HOST:PORT, found \"" + value + "\"");
        }
    }

    private static void between(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidInputException(
                    "the aggregator's " + what + " must be in [" + least + ", " + most + "], found " + value);
        }
    }
}
