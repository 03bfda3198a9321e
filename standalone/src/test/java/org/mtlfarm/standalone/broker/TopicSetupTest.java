package org.mtlfarm.standalone.broker;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ExtendWith(TestBroker.class)
class TopicSetupTest {
    @Test
    void fourAtOnceLeaveEveryTopicOnceAndTheGroupsSettings(TestBroker broker) throws Exception {
        WorkGroup group = new WorkGroup("setup-test", Duration.ofSeconds(3), 7);
        try (Admin admin = Admin.create(broker.kafka().admin())) {
            admin.deleteTopics(admin.listTopics().names().get()).all().get();

            Stream.generate(() -> CompletableFuture.runAsync(() -> TopicSetup.ensure(broker.kafka(), group)))
                    .limit(4)
                    .toList()
                    .forEach(CompletableFuture::join);
            TopicSetup.ensure(broker.kafka(), group);

            List<String> names =
                    Arrays.stream(Topics.values()).map(Topics::topicName).toList();
            Map<String, TopicDescription> topics =
                    admin.describeTopics(names).allTopicNames().get();
            for (Topics topic : Topics.values()) {
                assertThat(topics.get(topic.topicName()).partitions()).hasSize(topic.partitions());
            }
            ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, "setup-test");
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            assertThat(config.get("share.auto.offset.reset").value()).isEqualTo("earliest");
            assertThat(config.get("share.record.lock.duration.ms").value()).isEqualTo("3000");
            assertThat(config.get("share.delivery.count.limit").value()).isEqualTo("7");
        }
    }

    @Test
    void aSettingThatTheBrokerRefusesIsOneLine(TestBroker broker) {
        WorkGroup tooLong = WorkGroup.WORKERS.withRecordLock(Duration.ofHours(1));

        assertThatThrownBy(() -> TopicSetup.ensure(broker.kafka(), tooLong))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageStartingWith("Kafka refused to set the share group workers to a lock of 3600000 ms")
                .message()
                .hasLineCount(1);
    }

    @Test
    void whereNoBrokerAnswersTheAddressAndTheWaitAreSaid() {
        KafkaSettings nobody = KafkaSettings.of("127.0.0.1:1");

        assertThatThrownBy(() -> TopicSetup.openAdmin(nobody, Duration.ofSeconds(1)))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessage("no Kafka broker answers at 127.0.0.1:1 within 1 s");
    }

    @Test
    void aNameThatDoesNotResolveIsOneLine() {
        assertThatThrownBy(() ->
                        TopicSetup.openAdmin(KafkaSettings.of("no.such.host.invalid:9092"), Duration.ofSeconds(1)))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageStartingWith("cannot connect to Kafka at no.such.host.invalid:9092: ")
                .message()
                .hasLineCount(1);
    }
}
