package org.mtlfarm.standalone.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.standalone.broker.EmbeddedBroker;
import org.mtlfarm.standalone.broker.TestBroker;

/** A broker whose clients must come by TLS and name themselves by SCRAM-SHA-256; what it says to itself is plain. */
final class SecureBroker implements AutoCloseable {
    static final String USER = "farm";
    static final String PASSWORD = "s3cret-of-the-farm";

    private static final String STORE_PASSWORD = "st0re-password";

    private final Path keys;
    private final EmbeddedBroker broker;
    private final String address;

    private SecureBroker(Path keys, EmbeddedBroker broker, String address) {
        this.keys = keys;
        this.broker = broker;
        this.address = address;
    }

    static SecureBroker start(Path directory) throws Exception {
        Path keys = directory.resolve("broker.p12");
        makeKeys(keys);
        int plain = freePort();
        int controller = freePort();
        int secure = freePort();
        String listeners = "PLAINTEXT://127.0.0.1:" + plain + ",SECURE://127.0.0.1:" + secure;
        EmbeddedBroker broker = EmbeddedBroker.start(TestBroker.settings(directory.resolve("kafka"))
                .onPort(plain)
                .with("listeners", listeners + ",CONTROLLER://127.0.0.1:" + controller)
                .with("advertised.listeners", listeners)
                .with("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT")
                .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
                .with("sasl.enabled.mechanisms", "SCRAM-SHA-256")
                .with(
                        "listener.name.secure.scram-sha-256.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;")
                .with("listener.name.secure.ssl.keystore.location", keys.toString())
                .with("listener.name.secure.ssl.keystore.password", STORE_PASSWORD)
                .with("listener.name.secure.ssl.keystore.type", "PKCS12"));
        try (Admin admin =
                Admin.create(KafkaSettings.of(broker.bootstrapServers()).admin())) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), PASSWORD)))
                    .all()
                    .get();
        }
        return new SecureBroker(keys, broker, "127.0.0.1:" + secure);
    }

    /** Where clients must come by TLS and SCRAM. */
    String address() {
        return address;
    }

    /** Kafka client properties of who has that password. */
    Map<String, String> client(String password) {
        Map<String, String> client = new HashMap<>();
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", "SCRAM-SHA-256");
        client.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + password + "\";");
        client.put("ssl.truststore.location", keys.toString());
        client.put("ssl.truststore.password", STORE_PASSWORD);
        client.put("ssl.truststore.type", "PKCS12");
        return client;
    }

    private static void makeKeys(Path file) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "broker",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        STORE_PASSWORD)
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes());
        if (keytool.waitFor() != 0 || !Files.exists(file)) {
            throw new IllegalStateException("keytool made no keys: " + said);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
