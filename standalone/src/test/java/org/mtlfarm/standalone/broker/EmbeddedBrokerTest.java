package org.mtlfarm.standalone.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicSetup;
import org.mtlfarm.schemas.Topics;
import org.mtlfarm.schemas.WorkGroup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EmbeddedBrokerTest {
    @TempDir
    Path directory;

    @Test
    void whatWasWrittenIsThereOnTheSamePortAfterARestartInTheSameDirectory() throws Exception {
        String address;
        try (EmbeddedBroker broker = EmbeddedBroker.start(TestBroker.settings(directory))) {
            address = broker.bootstrapServers();
            TopicSetup.ensure(KafkaSettings.of(address), WorkGroup.WORKERS);
            write(address, "kept");
        }
        try (EmbeddedBroker broker = EmbeddedBroker.start(TestBroker.settings(directory))) {
            assertThat(broker.bootstrapServers()).isEqualTo(address);
            assertThat(read(address)).containsExactly("kept");
        }
    }

    @Test
    void aSecondBrokerOnTheSameDirectoryIsRefusedAndTheFirstGoesOn() throws Exception {
        try (EmbeddedBroker first = EmbeddedBroker.start(TestBroker.settings(directory))) {
            assertThatThrownBy(() -> EmbeddedBroker.start(TestBroker.settings(directory)))
                    .isInstanceOf(BrokerFailedException.class)
                    .hasMessage(
                            "another broker (process " + ProcessHandle.current().pid()
                                    + ") already runs on the directory " + directory.toAbsolutePath());
            assertThatThrownBy(() -> BrokerProcess.start(TestBroker.settings(directory)))
                    .isInstanceOf(BrokerFailedException.class)
                    .hasMessageContaining("already runs on the directory " + directory.toAbsolutePath());

            TopicSetup.ensure(KafkaSettings.of(first.bootstrapServers()), WorkGroup.WORKERS);
            write(first.bootstrapServers(), "still served");
            assertThat(read(first.bootstrapServers())).containsExactly("still served");
        }
    }

    @Test
    void aPortInUseIsNamedAndTheDirectoryGivenBack() throws IOException {
        try (ServerSocket other = new ServerSocket()) {
            other.bind(new InetSocketAddress("127.0.0.1", 0));
            int port = other.getLocalPort();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> EmbeddedBroker.start(
                                TestBroker.settings(directory).onPort(port)))
                        .isInstanceOf(BrokerFailedException.class)
                        .hasMessageStartingWith("port " + port + " on 127.0.0.1 is in use");
            }
        }
    }

    @Test
    void aDirectoryThatIsAFileIsNamed() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> EmbeddedBroker.start(TestBroker.settings(file)))
                .isInstanceOf(BrokerFailedException.class)
                .hasMessageStartingWith("the broker's directory " + file.toAbsolutePath() + " cannot be written");
    }

    @Test
    void aDiskThatIsNearlyFullIsNamedWithItsSpace() {
        assertThatThrownBy(() -> EmbeddedBroker.start(TestBroker.settings(directory), Long.MAX_VALUE))
                .isInstanceOf(BrokerFailedException.class)
                .hasMessageMatching(
                        "the broker's directory .* has \\d+ MB of free disk space, it needs at least \\d+ MB");
    }

    @Test
    void aBrokerProcessThatIsKilledIsReplacedOnTheSameDirectoryWithNothingLost() throws Exception {
        String address;
        try (BrokerProcess killed = BrokerProcess.start(TestBroker.settings(directory))) {
            address = killed.bootstrapServers();
            TopicSetup.ensure(KafkaSettings.of(address), WorkGroup.WORKERS);
            write(address, "written before the kill");
            killed.kill();
        }
        BrokerProcess next = BrokerProcess.start(TestBroker.settings(directory));
        assertThat(next.bootstrapServers()).isEqualTo(address);
        assertThat(read(address)).containsExactly("written before the kill");
        next.close();
        next.close();
        assertThat(next.ended().join()).isZero();
    }

    private static void write(String address, String value) throws Exception {
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(KafkaSettings.of(address).producer())) {
            producer.send(new ProducerRecord<>(Topics.PLAN.topicName(), "key", value.getBytes(UTF_8)))
                    .get();
        }
    }

    private static List<String> read(String address) {
        Properties properties = KafkaSettings.of(address).consumer();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(properties)) {
            TopicPartition plan = new TopicPartition(Topics.PLAN.topicName(), 0);
            consumer.assign(List.of(plan));
            consumer.seekToBeginning(List.of(plan));
            return consumer.poll(ofSeconds(10)).records(plan).stream()
                    .map(ConsumerRecord::value)
                    .map(bytes -> new String(bytes, UTF_8))
                    .toList();
        }
    }
}
