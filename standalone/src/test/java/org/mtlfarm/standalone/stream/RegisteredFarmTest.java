package org.mtlfarm.standalone.stream;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.Average;
import org.mtlfarm.schemas.Formula;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.RunResult;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WireFormat;
import org.mtlfarm.schemas.WorkGroup;
import org.mtlfarm.schemas.registry.FakeRegistry;
import org.mtlfarm.schemas.registry.RegistrySettings;
import org.mtlfarm.schemas.registry.SchemaRegistry;
import org.mtlfarm.standalone.broker.TestBroker;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(TestBroker.class)
class RegisteredFarmTest {
    private static final byte SINGLE_OBJECT = (byte) 0xC3;
    private static final byte REGISTERED = 0;

    @TempDir
    private Path directory;

    @Test
    void aFarmIsSwitchedOverToARegistryInTheMiddleOfAStudy(TestBroker broker) throws Exception {
        KafkaSettings before = broker.emptied(WorkGroup.WORKERS);
        SmallFarm.submit(before);
        SmallFarm.train(before, 5);

        try (FakeRegistry server = new FakeRegistry()) {
            KafkaSettings after =
                    before.with(WireFormat.registered(new SchemaRegistry(RegistrySettings.of(server.url()))));
            SmallFarm.train(after, SmallFarm.RUNS - 5);
            Formula formula = SmallFarm.averageAndFit(after, directory.resolve("state"));
            assertThat(formula.getRows()).isEqualTo(SmallFarm.RUNS);

            assertThat(firstBytes(before, Topics.RESULTS)).containsExactlyInAnyOrder(SINGLE_OBJECT, REGISTERED);
            assertThat(firstBytes(before, Topics.AVERAGES)).containsExactly(REGISTERED);
            assertThat(firstBytes(before, Topics.FORMULAS)).containsExactly(REGISTERED);
            // Switched back, or read by who knows both: nothing is lost.
            assertThat(read(after, Topics.RESULTS, RunResult.class)).hasSize(SmallFarm.RUNS);
            assertThat(read(after, Topics.AVERAGES, Average.class))
                    .hasSize(SmallFarm.RUNS)
                    .allMatch(Average::getComplete);
            for (Topics topic : Topics.values()) {
                assertThat(server.ids(topic.subject())).as(topic.subject()).hasSize(1);
            }
        }
    }

    private static <T extends SpecificRecord> Collection<T> read(KafkaSettings kafka, Topics topic, Class<T> type) {
        try (TopicReader<T> reader = TopicReader.open(topic, type, kafka)) {
            Map<String, T> latest = reader.readLatest();
            assertThat(reader.unreadable()).isZero();
            return latest.values();
        }
    }

    private static Set<Byte> firstBytes(KafkaSettings kafka, Topics topic) {
        Set<Byte> found = new HashSet<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(kafka.consumer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic.topicName())
                    .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(java.time.Duration.ofSeconds(1))) {
                    found.add(record.value()[0]);
                }
            }
        }
        return found;
    }
}
