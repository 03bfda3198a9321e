package org.mtlfarm.aggregator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;

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
        Duration sessionTimeout) {
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
        if (replicationFactor != -1) {
            between("replication factor", replicationFactor, 1, 16);
        }
    }

    /** The defaults: one thread, commits every 100 ms, 4 partitions, the broker's replication. */
    public static AggregatorSettings of(KafkaSettings kafka, Path stateDirectory) {
        return new AggregatorSettings(
                kafka,
                stateDirectory,
                APPLICATION_ID,
                instanceOn(stateDirectory),
                Duration.ofMillis(100),
                1,
                4,
                0,
                (short) -1,
                Duration.ofSeconds(6));
    }

    public AggregatorSettings withInstanceId(String chosen) {
        return new AggregatorSettings(
                kafka,
                stateDirectory,
                applicationId,
                chosen,
                commitInterval,
                threads,
                partitions,
                standbyReplicas,
                replicationFactor,
                sessionTimeout);
    }

    public AggregatorSettings withCommitInterval(Duration chosen) {
        return new AggregatorSettings(
                kafka,
                stateDirectory,
                applicationId,
                instanceId,
                chosen,
                threads,
                partitions,
                standbyReplicas,
                replicationFactor,
                sessionTimeout);
    }

    public AggregatorSettings withReplication(short factor, int standbys) {
        return new AggregatorSettings(
                kafka,
                stateDirectory,
                applicationId,
                instanceId,
                commitInterval,
                threads,
                partitions,
                standbys,
                factor,
                sessionTimeout);
    }

    public AggregatorSettings withThreads(int chosen) {
        return new AggregatorSettings(
                kafka,
                stateDirectory,
                applicationId,
                instanceId,
                commitInterval,
                chosen,
                partitions,
                standbyReplicas,
                replicationFactor,
                sessionTimeout);
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

    private static void between(String what, long value, long least, long most) {
        if (value < least || value > most) {
            throw new InvalidInputException(
                    "the aggregator's " + what + " must be in [" + least + ", " + most + "], found " + value);
        }
    }
}
