package org.mtlfarm.producer.farm;

import java.util.Map;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.Plan;
import org.mtlfarm.schemas.Topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FarmViewTest {
    private final RecordedFarm farm = new RecordedFarm();

    @Test
    void aRefreshAddsWhatHasComeSinceTheLast() {
        add(Messages.plan("s", "e1"));
        assertThat(farm.state().plans()).hasSize(1);

        add(Messages.plan("s", "e2"));
        assertThat(farm.state().plans()).hasSize(2);
    }

    @Test
    void whatIsNoMessageIsSkippedAndCounted() {
        farm.add(Topics.PLAN.topicName(), "s/e1", new byte[] {1, 2, 3});
        farm.add(Topics.PLAN.topicName(), "s/e2", null);
        farm.add(Topics.RESULTS.topicName(), "x", new byte[0]);
        add(Messages.plan("s", "e3"));
        add(Messages.plan("s", "not/an/id"));

        assertThat(farm.state().plans()).hasSize(1);
        assertThat(farm.view.unreadable()).isEqualTo(3);
    }

    @Test
    void aBrokerThatFallsSilentIsSaidToBeGone() {
        farm.consumer.updateEndOffsets(Map.of(new TopicPartition(Topics.PLAN.topicName(), 0), 1L));

        assertThatThrownBy(farm.view::refresh)
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("delivered nothing");
    }

    @Test
    void aFaultOfTheBrokerIsOneLine() {
        farm.consumer.setOffsetsException(new KafkaException("refused"));

        assertThatThrownBy(farm.view::refresh)
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessage("cannot read the farm's topics: refused");
    }

    private void add(Plan plan) {
        farm.add(
                Topics.PLAN.topicName(),
                PlanKey.of(plan).toString(),
                AvroCodec.of(Plan.class).encode(plan));
    }
}
