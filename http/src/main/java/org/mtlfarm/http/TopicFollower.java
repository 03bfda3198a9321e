package org.mtlfarm.http;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.mtlfarm.schemas.BrokerUnavailableException;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.TopicReader;
import org.mtlfarm.schemas.Topics;

/**
 * Reads a topic from its beginning for ever, in a thread of its own, for answers that rest on it. Whatever ends the reading
 * but {@link #close} begins it again from the topic's beginning: who takes the messages must bear to get them again.
 */
public final class TopicFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch ready = new CountDownLatch(1);
    private volatile TopicReader<?> reader;

    private TopicFollower() {}

    /** @param each takes the messages, one at a time, on this follower's thread */
    public static <T extends SpecificRecord> TopicFollower start(
            String name, Topics topic, Class<T> type, KafkaSettings kafka, Consumer<TopicReader.Message<T>> each) {
        TopicFollower follower = new TopicFollower();
        Thread thread = new Thread(() -> follower.run(topic, type, kafka, each), name + "-follower");
        thread.setDaemon(true);
        thread.start();
        return follower;
    }

    /** What was on the topic at the start has been taken. */
    public boolean isReady() {
        return ready.getCount() == 0;
    }

    private <T extends SpecificRecord> void run(
            Topics topic, Class<T> type, KafkaSettings kafka, Consumer<TopicReader.Message<T>> each) {
        while (closing.getCount() > 0) {
            try (TopicReader<T> opened = TopicReader.open(topic, type, kafka)) {
                reader = opened;
                if (closing.getCount() == 0) {
                    return;
                }
                opened.readToEnd(each);
                ready.countDown();
                opened.follow(each);
            } catch (CancellationException e) {
                // Closed on the way to the end.
            } catch (KafkaException | BrokerUnavailableException e) {
                LOG.warn("reading {} again from its beginning after {}", topic.topicName(), e.toString());
                pause();
            }
        }
    }

    private void pause() {
        try {
            closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closing.countDown();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        TopicReader<?> opened = reader;
        if (opened != null) {
            opened.close();
        }
    }
}
