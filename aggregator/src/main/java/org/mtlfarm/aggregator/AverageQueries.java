package org.mtlfarm.aggregator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

import org.mtlfarm.schemas.Average;

/**
 * Questions about the averages as the aggregators hold them, each its share of the experiments: what is here is answered,
 * of the rest it is told who has it. Any thread; every method throws {@link SharesMovingException} while the shares are on
 * their way from one process to another.
 */
public final class AverageQueries {
    /** As RocksDB orders them. */
    public static final Comparator<Average> BY_ID =
            Comparator.comparing(AverageQueries::id, AverageQueries::compareBytes);

    /** Another one after the averages were rebuilt. */
    private final Supplier<KafkaStreams> streams;

    private final String source;
    private final int partitions;
    private final Optional<String> address;

    AverageQueries(Supplier<KafkaStreams> streams, String source, AggregatorSettings settings) {
        this.streams = streams;
        this.source = source;
        this.partitions = settings.partitions();
        this.address = settings.address();
    }

    /** {@code host:port} of the process that has an experiment; empty if it is this one. */
    public Optional<String> elsewhere(String experimentId) {
        KeyQueryMetadata metadata = asked(() -> streams.get()
                .queryMetadataForKey(
                        AverageTopology.STORE, experimentId, Serdes.String().serializer()));
        if (KeyQueryMetadata.NOT_AVAILABLE.equals(metadata)) {
            throw new SharesMovingException("nobody has the share of " + experimentId + " at the moment");
        }
        String holder = authority(metadata.activeHost());
        return address.filter(holder::equals).isPresent() ? Optional.empty() : Optional.of(holder);
    }

    /** An average of this process's share. */
    public Optional<Average> here(String experimentId) {
        return asked(() -> {
            KeyQueryMetadata metadata = streams.get()
                    .queryMetadataForKey(
                            AverageTopology.STORE, experimentId, Serdes.String().serializer());
            return Optional.ofNullable(store(metadata.partition()).get(experimentId));
        });
    }

    /**
     * The parts of the experiments that each process has, by its {@code host:port}.
     *
     * @throws SharesMovingException if together they are not all
     */
    public Map<String, Set<Integer>> shares() {
        Map<String, Set<Integer>> shares = new HashMap<>();
        Set<Integer> all = new TreeSet<>();
        for (StreamsMetadata metadata : asked(() -> streams.get().streamsMetadataForStore(AverageTopology.STORE))) {
            metadata.topicPartitions().stream()
                    .filter(partition -> partition.topic().equals(source))
                    .forEach(partition -> {
                        all.add(partition.partition());
                        shares.computeIfAbsent(authority(metadata.hostInfo()), host -> new TreeSet<>())
                                .add(partition.partition());
                    });
        }
        if (all.size() != partitions) {
            throw new SharesMovingException(
                    "of " + partitions + " parts of the experiments, " + all.size() + " are held");
        }
        return shares;
    }

    /** The parts that this process has. */
    public Set<Integer> ownShare() {
        return shares().getOrDefault(address.orElse(""), Set.of());
    }

    /**
     * The first averages of some parts of this process's share in the order of their ids.
     *
     * @param after an id; those up to it are left out; empty for none
     */
    public List<Average> page(Collection<Integer> parts, String after, int most, Predicate<Average> wanted) {
        return asked(() -> {
            List<KeyValueIterator<String, Average>> open = new ArrayList<>();
            try {
                PriorityQueue<Next> heads = new PriorityQueue<>(Comparator.comparing(Next::average, BY_ID));
                for (int part : parts) {
                    KeyValueIterator<String, Average> iterator =
                            after.isEmpty() ? store(part).all() : store(part).range(after, null);
                    open.add(iterator);
                    Next.of(iterator, after, wanted).ifPresent(heads::add);
                }
                List<Average> page = new ArrayList<>();
                while (page.size() < most && !heads.isEmpty()) {
                    Next least = heads.poll();
                    page.add(least.average);
                    Next.of(least.from, after, wanted).ifPresent(heads::add);
                }
                return page;
            } finally {
                open.forEach(KeyValueIterator::close);
            }
        });
    }

    /** The next wanted average of a part, and where it came from. */
    private record Next(Average average, KeyValueIterator<String, Average> from) {
        static Optional<Next> of(KeyValueIterator<String, Average> from, String after, Predicate<Average> wanted) {
            while (from.hasNext()) {
                KeyValue<String, Average> next = from.next();
                if (!next.key.equals(after) && wanted.test(next.value)) {
                    return Optional.of(new Next(next.value, from));
                }
            }
            return Optional.empty();
        }
    }

    private ReadOnlyKeyValueStore<String, Average> store(int part) {
        return streams.get()
                .store(StoreQueryParameters.fromNameAndType(
                                AverageTopology.STORE, QueryableStoreTypes.<String, Average>keyValueStore())
                        .withPartition(part));
    }

    private interface Question<T> {
        T answer();
    }

    private static <T> T asked(Question<T> question) {
        try {
            return question.answer();
        } catch (StreamsException | InvalidTopicException | IllegalStateException e) {
            throw new SharesMovingException("the aggregator is not ready: " + e.getMessage());
        }
    }

    private static String authority(HostInfo host) {
        return (host.host().indexOf(':') >= 0 ? "[" + host.host() + "]" : host.host()) + ":" + host.port();
    }

    private static String id(Average average) {
        return average.getExperiment().getExperimentId();
    }

    private static int compareBytes(String left, String right) {
        return Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
