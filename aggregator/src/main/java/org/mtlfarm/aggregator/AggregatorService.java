package org.mtlfarm.aggregator;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.TopicSetup;

/**
 * An aggregator at work: {@link AverageTopology} on Kafka Streams, exactly once. Results, averages and state are committed
 * together or not at all, so that whatever dies and whenever, each result counts once.
 *
 * <p>Any thread may call any method.
 */
public final class AggregatorService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AggregatorService.class);

    /** Before a failed thread is replaced: a full disk or a broker that is away would fail the next one at once. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration CLOSING = Duration.ofSeconds(15);

    /** Between two looks for transactions that hang; longer than one may take (Streams: 10 s). */
    private static final Duration LOOK = Duration.ofSeconds(15);

    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    private final AggregatorSettings settings;
    private final StateDirectory directory;
    private final SetAside setAside = new SetAside();
    private final AggregatorCounters counters = new AggregatorCounters();
    /** Another one after the averages were rebuilt. */
    private volatile KafkaStreams streams;

    /** One that is closed for a rebuild: what its threads run into on the way is of no account. */
    private volatile KafkaStreams replaced;

    /** Its threads are ended, and new ones begin when all is rebuilt. */
    private volatile boolean makesRoom;

    /** Kafka has refused this process to end transactions: it does not try again. */
    private boolean mayNotEnd;

    /** By the thread that looks for hanging transactions. */
    private final Set<String> told = new HashSet<>();

    private final CompletableFuture<Void> running = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    private AggregatorService(AggregatorSettings settings, StateDirectory directory) {
        this.settings = settings;
        this.directory = directory;
        this.streams = newStreams();
    }

    private KafkaStreams newStreams() {
        KafkaStreams made = new KafkaStreams(
                AverageTopology.of(settings.partitions(), settings.kafka().wire(), setAside, counters),
                properties(settings, directory, setAside));
        made.setUncaughtExceptionHandler(failure -> onFailure(failure, made));
        made.setStateListener((state, before) -> onState(state, made));
        return made;
    }

    /**
     * Starts an aggregator; missing topics are created. It has begun to work when {@link #awaitRunning} returns. Where its
     * changelog or the averages are lost, it begins again from the first result.
     *
     * @throws AggregatorFailedException if another aggregator holds the state directory, or it cannot be written
     * @throws org.mtlfarm.schemas.BrokerUnavailableException if no broker answers
     */
    public static AggregatorService start(AggregatorSettings settings) {
        return start(settings, false);
    }

    /**
     * As {@link #start}, but forgets all averages and begins again from the first result: to take in what an older version set
     * aside, or after a change of {@link AggregatorSettings#partitions()}. Others of the same application make room and go on with it.
     *
     * @throws AggregatorFailedException also if others do not make room
     */
    public static AggregatorService startAnew(AggregatorSettings settings) {
        return start(settings, true);
    }

    private static AggregatorService start(AggregatorSettings settings, boolean anew) {
        StateDirectory directory = StateDirectory.hold(settings.stateDirectory());
        AggregatorService service = null;
        try {
            try (Admin admin = TopicSetup.openAdmin(settings.kafka(), TopicSetup.PATIENCE)) {
                TopicSetup.ensureTopics(admin, settings.replicationFactor(), TopicSetup.SERVING);
                new Rebuild(admin, settings, directory.path(), () -> false).make(anew);
            }
            settings.kafka().wire().prepare();
            service = new AggregatorService(settings, directory);
            service.streams.start();
            service.watch();
            return service;
        } catch (RuntimeException e) {
            if (service != null) {
                service.close();
            }
            directory.close();
            throw e;
        }
    }

    /**
     * Waits until every result that comes is taken in: state is restored, the share of the work is known.
     *
     * @throws AggregatorFailedException if that fails or takes longer
     */
    public void awaitRunning(Duration atMost) {
        try {
            running.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AggregatorFailedException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new AggregatorFailedException("expected the aggregator " + settings.instanceId() + " to run within "
                    + atMost.toSeconds() + " s, found it " + streams.state());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AggregatorFailedException("interrupted while the aggregator started", e);
        }
    }

    /** Completes when the aggregator was closed, and with an {@link AggregatorFailedException} when it could not go on. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** The averages that this process and others of its application hold. */
    public AverageQueries queries() {
        return new AverageQueries(
                () -> streams,
                settings.applicationId() + "-" + AverageTopology.BY_EXPERIMENT + "-repartition",
                settings);
    }

    /** What has become of the results since this process began. */
    public AggregatorCounters counters() {
        return counters;
    }

    /** Whether it takes in what comes: state is restored, the share of the work is known. */
    public boolean isRunning() {
        return streams.state() == KafkaStreams.State.RUNNING;
    }

    /** What Streams, its clients and its stores measure. */
    Map<MetricName, ? extends Metric> clientMetrics() {
        return streams.metrics();
    }

    /** Records that no average could use since this process began. */
    public long recordsSetAside() {
        return setAside.records();
    }

    /** Commits, hands its share of the work to others, lets go of the state directory. Does nothing the second time. */
    @Override
    public void close() {
        closing.countDown();
        end();
    }

    private synchronized void end() {
        streams.close(CloseOptions.timeout(CLOSING)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        directory.close();
        running.completeExceptionally(new AggregatorFailedException("the aggregator was closed before it ran"));
        ended.complete(null);
    }

    private void watch() {
        Thread thread = new Thread(this::lookForHangingTransactions, "hanging-transactions");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * What is found at two looks in a row hangs: the first may have met it in the moment of its end. Another may have found it, or begin
     * anew for another reason: then this one makes room.
     */
    private void lookForHangingTransactions() {
        try (Admin admin = Admin.create(settings.kafka().admin())) {
            HangingTransactions transactions = new HangingTransactions(admin, settings.applicationId());
            Rebuild rebuild = new Rebuild(admin, settings, directory.path(), () -> closed(Duration.ZERO));
            Set<HangingTransactions.Hanging> before = Set.of();
            while (!closed(LOOK)) {
                Set<HangingTransactions.Hanging> now = found(transactions);
                Set<HangingTransactions.Hanging> hanging = new HashSet<>(now);
                hanging.retainAll(before);
                boolean ended = !hanging.isEmpty() && end(rebuild, transactions, hanging);
                if (ended || makesRoom || concernsThisOne(rebuild)) {
                    rebuild(rebuild);
                    now = Set.of();
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(new AggregatorFailedException(
                    "the aggregator " + settings.instanceId() + " cannot go on: " + ThreadFailures.line(e), e));
        }
    }

    /** None if Kafka does not say. */
    private Set<HangingTransactions.Hanging> found(HangingTransactions transactions) throws InterruptedException {
        try {
            return transactions.look();
        } catch (ExecutionException e) {
            tellOnce("cannot look for transactions that Kafka has left open", e.getCause());
        } catch (TimeoutException e) {
            LOG.debug("Kafka does not tell of its transactions now");
        }
        return Set.of();
    }

    private boolean concernsThisOne(Rebuild rebuild) {
        try {
            return rebuild.concernsThisOne();
        } catch (AggregatorFailedException e) {
            if (e.isPassing()) {
                LOG.debug("Kafka does not tell of rebuilds now: {}", e.getMessage());
            } else {
                tellOnce("cannot see whether averages are being rebuilt", e);
            }
            return false;
        }
    }

    /** What passes by itself is not worth a line. */
    private void tellOnce(String deed, Throwable failure) {
        String line = deed + ": " + ThreadFailures.line(failure);
        if (!(failure instanceof RetriableException) && told.add(line)) {
            LOG.warn(line);
        }
    }

    /**
     * Kafka knows of each of these that it was committed, or not, but parts of it can only be aborted any more: what is on the topics
     * and in the stores may be less than what was read. The results are whole. Noted before it is done: an end that nobody knew of would
     * leave averages that lack what was read. And it is done before the threads are ended, which may wait for just these.
     *
     * @return whether any was ended
     */
    private boolean end(Rebuild rebuild, HangingTransactions transactions, Set<HangingTransactions.Hanging> hanging)
            throws InterruptedException {
        if (mayNotEnd) {
            return false;
        }
        LOG.warn(
                "Kafka has left transactions open for ever, which are to end now, on {}",
                hanging.stream()
                        .map(HangingTransactions.Hanging::partition)
                        .sorted(BY_NAME)
                        .toList());
        boolean noted = false;
        boolean ended = false;
        try {
            noted = rebuild.begin();
            for (HangingTransactions.Hanging one : hanging) {
                transactions.abort(one);
                ended = true;
            }
        } catch (ExecutionException e) {
            // Else another has ended it, and has noted that, too.
            if (!ended && e.getCause() instanceof AuthorizationException) {
                mayNotEnd = true;
                if (noted) {
                    rebuild.end();
                }
            }
            tellOnce("cannot end transactions that Kafka has left open", e.getCause());
        } catch (TimeoutException e) {
            LOG.debug("Kafka does not end its transactions now");
        } catch (AggregatorFailedException e) {
            if (!e.isPassing()) {
                throw e;
            }
            LOG.debug("Kafka does not note a rebuild now: {}", e.getMessage());
        }
        return ended;
    }

    /** Makes room for a rebuild, or makes it. What Kafka does not do now it is asked for again at the next look; nothing is taken in until then. */
    private synchronized void rebuild(Rebuild rebuild) {
        if (closed(Duration.ZERO)) {
            return;
        }
        if (!makesRoom) {
            makesRoom = true;
            KafkaStreams old = streams;
            replaced = old;
            old.close(CloseOptions.timeout(CLOSING)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
        try {
            rebuild.make(false);
        } catch (AggregatorFailedException e) {
            if (closed(Duration.ZERO)) {
                return;
            }
            if (!e.isPassing()) {
                throw e;
            }
            LOG.warn("averages cannot be rebuilt now: {}", e.getMessage());
            return;
        }
        streams = newStreams();
        streams.start();
        makesRoom = false;
    }

    private void onState(KafkaStreams.State state, KafkaStreams of) {
        if (of == replaced) {
            return;
        }
        if (state == KafkaStreams.State.RUNNING) {
            running.complete(null);
        } else if (state == KafkaStreams.State.ERROR) {
            fail(new AggregatorFailedException("the aggregator " + settings.instanceId() + " has stopped"));
        }
    }

    /** Called by the stream thread that dies of it. */
    private StreamThreadExceptionResponse onFailure(Throwable failure, KafkaStreams of) {
        if (of == replaced) {
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        if (ThreadFailures.isCuredByANewThread(failure) && !closed(PAUSE)) {
            LOG.warn("a thread of the aggregator failed and is replaced: {}", ThreadFailures.line(failure));
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        fail(new AggregatorFailedException(
                "the aggregator " + settings.instanceId() + " cannot go on: " + ThreadFailures.line(failure), failure));
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private void fail(AggregatorFailedException failure) {
        running.completeExceptionally(failure);
        ended.completeExceptionally(failure);
    }

    private boolean closed(Duration within) {
        try {
            return closing.await(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static Properties properties(AggregatorSettings settings, StateDirectory directory, SetAside setAside) {
        Map<String, String> own = new HashMap<>();
        own.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.applicationId());
        own.put(StreamsConfig.CLIENT_ID_CONFIG, settings.applicationId() + "-" + settings.instanceId());
        own.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
        own.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        own.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                Long.toString(settings.commitInterval().toMillis()));
        own.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.toString(settings.threads()));
        own.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, Integer.toString(settings.standbyReplicas()));
        own.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, Short.toString(settings.replicationFactor()));
        own.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, "true");
        own.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, SetUnreadableAside.class.getName());
        own.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class.getName());
        own.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
        settings.address().ifPresent(address -> own.put(StreamsConfig.APPLICATION_SERVER_CONFIG, address));
        own.put(StreamsConfig.mainConsumerPrefix("group.instance.id"), settings.instanceId());
        own.put(StreamsConfig.mainConsumerPrefix("auto.offset.reset"), "earliest");
        own.put(
                StreamsConfig.mainConsumerPrefix("session.timeout.ms"),
                Long.toString(settings.sessionTimeout().toMillis()));
        own.put(
                StreamsConfig.mainConsumerPrefix("heartbeat.interval.ms"),
                Long.toString(settings.sessionTimeout().toMillis() / 3));
        Properties properties = settings.kafka().properties(own);
        properties.put(SetUnreadableAside.SET_ASIDE, setAside);
        return properties;
    }
}
