package org.mtlfarm.standalone.run;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

import org.mtlfarm.producer.farm.FarmView;
import org.mtlfarm.producer.farm.Reconciler;
import org.mtlfarm.producer.farm.ShareGroupOffsets;
import org.mtlfarm.producer.farm.StudySubmitter;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.WorkGroup;

/** The producer's clients on one farm: its view, and those who act on it. Used by one thread. */
public final class FarmConnection implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Admin admin;
    private final KafkaProducer<String, byte[]> producer;
    private final FarmView view;
    private final Clock clock;
    private final WorkGroup group;

    private FarmConnection(KafkaSettings kafka, WorkGroup group, Clock clock, boolean createTopics) {
        this.admin = TopicSetup.openAdmin(kafka, TopicSetup.PATIENCE);
        this.group = group;
        this.clock = clock;
        if (createTopics) {
            TopicSetup.ensureTopics(admin, TopicSetup.BROKERS_REPLICATION, TopicSetup.SERVING);
            kafka.wire().prepare();
        }
        this.producer = new KafkaProducer<>(kafka.producer());
        this.view = new FarmView(
                new KafkaConsumer<>(kafka.consumer()),
                new ShareGroupOffsets(admin, group.groupId()),
                kafka.wire(),
                FarmView.staleAfter(group),
                PATIENCE);
    }

    /** Connects, and creates what topics are missing. The group's settings are its workers'. */
    public static FarmConnection open(KafkaSettings kafka, WorkGroup group, Clock clock) {
        return new FarmConnection(kafka, group, clock, true);
    }

    /** Connects to a farm that is there: where its topics are missing, the first look says so. */
    public static FarmConnection existing(KafkaSettings kafka, WorkGroup group, Clock clock) {
        return new FarmConnection(kafka, group, clock, false);
    }

    public FarmView view() {
        return view;
    }

    public StudySubmitter submitter() {
        return new StudySubmitter(producer, view, clock);
    }

    /** For one look: what the broker has not stamped for long, this machine's clock tells the age of. */
    public Reconciler reconciler() {
        return new Reconciler(producer, view, () -> view.now(clock), group.recordLock());
    }

    /** For many looks, one after the other, on a machine whose clock may be off either way. */
    public Reconciler steadyReconciler() {
        return new Reconciler(producer, view, view.brokersClock(), group.recordLock());
    }

    /** What Kafka counts of what is written here. */
    public Map<MetricName, ? extends Metric> producerMetrics() {
        return producer.metrics();
    }

    @Override
    public void close() {
        view.close();
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(5));
    }
}
