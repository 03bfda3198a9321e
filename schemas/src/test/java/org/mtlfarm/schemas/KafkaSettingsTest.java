package org.mtlfarm.schemas;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaSettingsTest {
    @Test
    void furtherClientPropertiesReachEveryClientButDoNotWeakenIt() {
        KafkaSettings kafka = new KafkaSettings("a:1,b:2", Map.of("security.protocol", "SSL", "acks", "0"));

        assertThat(kafka.admin())
                .containsEntry("bootstrap.servers", "a:1,b:2")
                .containsEntry("security.protocol", "SSL");
        assertThat(kafka.consumer())
                .containsEntry("security.protocol", "SSL")
                .containsEntry("isolation.level", "read_committed");
        assertThat(kafka.producer()).containsEntry("security.protocol", "SSL").containsEntry("acks", "all");
    }

    @Test
    void anAddressWithoutAPortIsRefusedInOneLine() {
        assertThatThrownBy(() -> KafkaSettings.of("localhost"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "Kafka's bootstrap servers must be HOST:PORT, several separated by commas; found \"localhost\"");
        assertThatThrownBy(() -> KafkaSettings.of("a:1,")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aGroupWithAColonOrALockUnderASecondIsRefused() {
        assertThatThrownBy(() -> new WorkGroup("a:b", Duration.ofSeconds(30), 5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no colon");
        assertThatThrownBy(() -> WorkGroup.WORKERS.withRecordLock(Duration.ofMillis(999)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new WorkGroup("workers", Duration.ofSeconds(30), 1))
                .isInstanceOf(InvalidInputException.class);
    }
}
