package org.mtlfarm.aggregator;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.streams.errors.StreamsException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ThreadFailuresTest {
    @Test
    void aBrokerThatIsAwayAndAProducerInAFatalStateAreCuredByANewThread() {
        assertThat(ThreadFailures.isCuredByANewThread(new StreamsException(new TimeoutException("no answer"))))
                .isTrue();
        assertThat(ThreadFailures.isCuredByANewThread(new StreamsException(
                        "commit failed", new KafkaException("Unhandled error in EndTxnResponse: x"))))
                .isTrue();
    }

    @Test
    void whatComesAgainWithEveryThreadIsNot() {
        assertThat(ThreadFailures.isCuredByANewThread(
                        new StreamsException(new TopicAuthorizationException("farm.results"))))
                .isFalse();
        assertThat(ThreadFailures.isCuredByANewThread(new StreamsException(new IllegalStateException("a bug"))))
                .isFalse();
        assertThat(ThreadFailures.line(new StreamsException(new IllegalStateException("a bug\nwith lines"))))
                .isEqualTo("IllegalStateException: a bug");
    }
}
