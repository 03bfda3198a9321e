package org.mtlfarm.standalone.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

import org.mtlfarm.producer.study.StudyPlan;
import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.Topics;

/** Something that breaks. */
enum Fault {
    WORKER_KILLED((farm, random) -> farm.anyWorker(random).kill()),
    WORKER_KILLED_BETWEEN_RESULT_AND_ACKNOWLEDGEMENT(
            (farm, random) -> farm.anyWorker(random).tell(FarmChild.DIE_BEFORE_ACKNOWLEDGING)),
    WORKER_CRASHES_IN_NATIVE_CODE((farm, random) -> farm.anyWorker(random).signal("SEGV")),
    WORKER_STOPPED_PAST_ITS_LOCK((farm, random) ->
            farm.stopFor(farm.anyWorker(random), FarmChild.GROUP.recordLock().multipliedBy(2))),
    WORKER_TOLD_TO_STOP((farm, random) -> farm.terminate(farm.anyWorker(random))),
    NETWORK_CUT((farm, random) -> farm.cutNetworkFor(Duration.ofMillis(1000 + random.nextInt(5000)))),
    BROKER_KILLED((farm, random) -> farm.killBroker()),
    BROKER_STOPPED((farm, random) -> farm.stopBrokerFor(Duration.ofMillis(1000 + random.nextInt(9000)))),
    BROKER_STOPPED_A_MINUTE((farm, random) -> farm.stopBrokerFor(Duration.ofSeconds(60))),
    BROKERS_DISK_FULL((farm, random) -> farm.fillBrokersDiskFor(Duration.ofMillis(2000 + random.nextInt(4000)))),
    SECOND_BROKER_ON_THE_SAME_DIRECTORY((farm, random) -> farm.startSecondBroker()),
    AGGREGATOR_KILLED((farm, random) -> farm.killAggregator()),
    AGGREGATORS_STATE_LOST((farm, random) -> farm.loseAggregatorsState()),
    AGGREGATORS_DISK_FULL(
            (farm, random) -> farm.fillAggregatorsDiskFor(Duration.ofMillis(2000 + random.nextInt(4000)))),
    SECOND_AGGREGATOR_ON_THE_SAME_DIRECTORY((farm, random) -> farm.startSecondAggregator()),
    TWO_AGGREGATORS_FIGHT_FOR_ONE_DIRECTORY((farm, random) -> farm.haveTwoAggregatorsFight()),
    REGRESSOR_KILLED((farm, random) -> farm.killRegressor()),
    POISON_ON_EVERY_TOPIC(Fault::poison),
    EVERY_RESULT_TWICE(Fault::replay),
    STUDY_SUBMITTED_AGAIN((farm, random) -> farm.submit().waitFor()),
    SUBMISSION_KILLED((farm, random) -> {
        Process submission = farm.submit();
        FaultyFarm.pause(Duration.ofMillis(random.nextInt(3000)));
        submission.destroyForcibly().waitFor();
    }),
    QUEUE_EXPIRED(Fault::expireQueue),
    SLOT_STALLED_PAST_ITS_LOCK((farm, random) -> farm.anyWorker(random).tell(FarmChild.STALL_A_SLOT));

    /** What breaks the farm. */
    interface Deed {
        void breakIt(FaultyFarm farm, Random random) throws Exception;
    }

    private final Deed deed;

    Fault(Deed deed) {
        this.deed = deed;
    }

    /**
     * Takes longer than a mixed schedule has, where {@link #BROKER_STOPPED} stands for it; or came after the seeds' schedules were
     * known, which it would change.
     */
    boolean onlyAlone() {
        return this == BROKER_STOPPED_A_MINUTE || this == SLOT_STALLED_PAST_ITS_LOCK;
    }

    boolean needsSmallDisk() {
        return this == BROKERS_DISK_FULL || this == AGGREGATORS_DISK_FULL;
    }

    /** Returns when it is over. A fault that needs the broker, while another one has taken that away, may come to nothing. */
    void strike(FaultyFarm farm, Random random) throws Exception {
        try {
            deed.breakIt(farm, random);
        } catch (KafkaException | ExecutionException e) {
            System.out.println(this + " came to nothing: " + e.getMessage());
        }
    }

    /** Random bytes, the beginning of a message, and a message of another topic. Keys are of nobody. */
    private static void poison(FaultyFarm farm, Random random) throws Exception {
        List<Plan> plans = FireStudy.plan().plans(java.time.Instant.EPOCH);
        byte[] plan = AvroCodec.of(Plan.class).encode(plans.get(random.nextInt(plans.size())));
        byte[] run = AvroCodec.of(Run.class)
                .encode(StudyPlan.runs(plans.get(0), java.time.Instant.EPOCH).get(0));
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(farm.kafka().producer())) {
            for (Topics topic : Topics.values()) {
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                byte[] truncated = java.util.Arrays.copyOf(plan, 1 + random.nextInt(plan.length - 1));
                byte[] wrong = topic == Topics.PLAN ? run : plan;
                for (byte[] bytes : new byte[][] {noise, truncated, wrong}) {
                    producer.send(new ProducerRecord<>(topic.topicName(), "poison-" + random.nextInt(), bytes));
                }
            }
            producer.flush();
        }
    }

    /** Every result so far once more, in the order of its partition. */
    private static void replay(FaultyFarm farm, Random random) throws Exception {
        List<TopicPartition> partitions = java.util.stream.IntStream.range(0, Topics.RESULTS.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.RESULTS.topicName(), partition))
                .toList();
        try (KafkaConsumer<String, byte[]> consumer =
                        new KafkaConsumer<>(farm.kafka().consumer());
                KafkaProducer<String, byte[]> producer =
                        new KafkaProducer<>(farm.kafka().producer())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) {
                        Future<?> sent =
                                producer.send(new ProducerRecord<>(record.topic(), record.key(), record.value()));
                        sent.isDone();
                    }
                }
            }
            producer.flush();
        }
    }

    private static void expireQueue(FaultyFarm farm, Random random) throws Exception {
        TopicPartition queue = new TopicPartition(Topics.RUNS.topicName(), 0);
        try (Admin admin = Admin.create(farm.kafka().admin())) {
            // -1: up to the end.
            admin.deleteRecords(Map.of(queue, RecordsToDelete.beforeOffset(-1L)))
                    .all()
                    .get();
        }
    }
}
