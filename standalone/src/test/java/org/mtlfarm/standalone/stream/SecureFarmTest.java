package org.mtlfarm.standalone.stream;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.standalone.command.FarmCommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class SecureFarmTest {
    @TempDir
    private static Path directory;

    private static SecureBroker broker;

    @BeforeAll
    static void start() throws Exception {
        broker = SecureBroker.start(directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** The broker takes nothing else: a client without the properties would not get in. */
    @Test
    void everyClientOfEveryServiceComesByTlsAndScram() throws Exception {
        KafkaSettings kafka = new KafkaSettings(broker.address(), broker.client(SecureBroker.PASSWORD));
        SmallFarm.submit(kafka);
        SmallFarm.train(kafka, SmallFarm.RUNS);
        SmallFarm.averageAndFit(kafka, directory.resolve("state"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "results", "aggregator", "regressor"})
    void aWrongPasswordIsOneLineAndFailureAndNotShown(String command) throws Exception {
        Path config = properties(broker.client("wr0ng-password"));
        CommandLine line = FarmCommandLine.of(Map.of(
                "FARM_KAFKA_CONFIG",
                config.toString(),
                "FARM_STATE_DIR",
                directory.resolve("refused").toString()));
        StringWriter err = new StringWriter();
        line.setErr(new PrintWriter(err));
        line.setOut(new PrintWriter(Writer.nullWriter()));
        assertThat(line.execute(command, "--bootstrap-servers", broker.address()))
                .isOne();
        assertThat(err.toString().strip())
                .startsWith("farm: Kafka at " + broker.address() + " refuses access: ")
                .containsIgnoringCase("authentication failed")
                .doesNotContain("\n", "wr0ng");
    }

    private static Path properties(Map<String, String> client) throws IOException {
        Properties properties = new Properties();
        properties.putAll(client);
        Path file = Files.createTempFile(directory, "client", ".properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }
}
