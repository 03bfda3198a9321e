package org.mtlfarm.standalone.aggregator;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

import org.mtlfarm.schemas.KafkaSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Leaves on a partition what Kafka does when it loses a marker: a transaction that the partition holds for open and the coordinator
 * knows nothing of. A producer of an older protocol writes it, while the broker does not verify such.
 */
final class ForgottenTransaction {
    private static final short WITHOUT_TOPIC_IDS = 11;
    private static final ConfigResource BROKER = new ConfigResource(ConfigResource.Type.BROKER, "1");

    private ForgottenTransaction() {}

    static void leaveOn(KafkaSettings kafka, TopicPartition partition, String transactionalId) throws Exception {
        Properties settings = kafka.producer();
        settings.put("transactional.id", transactionalId);
        try (Admin admin = Admin.create(kafka.admin())) {
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings)) {
                producer.initTransactions();
            }
            TransactionDescription known = admin.describeTransactions(List.of(transactionalId))
                    .description(transactionalId)
                    .get();
            verify(admin, false);
            try {
                Errors answer;
                do {
                    // That it verifies no more it is told, not done, when the change is answered; until then it
                    // refuses.
                    answer =
                            write(kafka, partition, transactionalId, known.producerId(), (short) known.producerEpoch());
                } while (answer == Errors.TRANSACTION_ABORTABLE);
                assertThat(answer).isEqualTo(Errors.NONE);
            } finally {
                verify(admin, true);
            }
        }
    }

    private static void verify(Admin admin, boolean verified) throws ExecutionException, InterruptedException {
        ConfigEntry entry = new ConfigEntry("transaction.partition.verification.enable", Boolean.toString(verified));
        admin.incrementalAlterConfigs(Map.of(BROKER, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    private static Errors write(
            KafkaSettings kafka, TopicPartition partition, String transactionalId, long producerId, short epoch)
            throws IOException {
        MemoryRecords records = MemoryRecords.withTransactionalRecords(
                Compression.NONE,
                producerId,
                epoch,
                0,
                new SimpleRecord(System.currentTimeMillis(), "nobody".getBytes(StandardCharsets.UTF_8), null));
        ProduceRequestData data = new ProduceRequestData()
                .setTransactionalId(transactionalId)
                .setAcks((short) -1)
                .setTimeoutMs(10_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(partition.topic())
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(partition.partition())
                                .setRecords(records))));
        ProduceRequest request = new ProduceRequest(data, WITHOUT_TOPIC_IDS);
        ByteBuffer bytes =
                request.serializeWithHeader(new RequestHeader(ApiKeys.PRODUCE, WITHOUT_TOPIC_IDS, "forgotten", 1));
        String[] address = kafka.bootstrapServers().split(":");
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            byte[] sent = new byte[bytes.remaining()];
            bytes.get(sent);
            socket.getOutputStream()
                    .write(ByteBuffer.allocate(4).putInt(sent.length).array());
            socket.getOutputStream().write(sent);
            DataInputStream answer = new DataInputStream(socket.getInputStream());
            ByteBuffer received = ByteBuffer.wrap(answer.readNBytes(answer.readInt()));
            ResponseHeader.parse(received, ApiKeys.PRODUCE.responseHeaderVersion(WITHOUT_TOPIC_IDS));
            ProduceResponseData said = new ProduceResponseData(new ByteBufferAccessor(received), WITHOUT_TOPIC_IDS);
            return Errors.forCode(said.responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        }
    }
}
