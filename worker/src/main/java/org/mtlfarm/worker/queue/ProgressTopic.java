package org.mtlfarm.worker.queue;

import java.time.Clock;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;

import org.mtlfarm.schemas.AvroCodec;
import org.mtlfarm.schemas.KafkaSettings;
import org.mtlfarm.schemas.Progress;
import org.mtlfarm.schemas.Run;
import org.mtlfarm.schemas.RunKey;
import org.mtlfarm.schemas.Topics;

/**
 * Tells how runs get on: their start, their end, and at most once a second in between; of a run that is over at once, nothing.
 * Nobody waits for a message and none is repeated: a run must not be held up by its display. Safe for use by several threads.
 */
final class ProgressTopic {
    private static final long NANOS_BETWEEN_MESSAGES = 1_000_000_000L;

    /** Of a run that is over by then its result says it all, and a message would cost a good part of what the run does. */
    static final long NANOS_BEFORE_START = 100_000_000L;

    /** Progress is not worth more. */
    private static final long LONGEST_START_NANOS = 5_000_000_000L;

    private final Producer<String, byte[]> producer;
    private final AvroCodec<Progress> codec = AvroCodec.of(Progress.class);
    private final String worker;
    private final Clock clock;
    private final LongSupplier nanoTime;

    /** The producer stays the caller's. */
    ProgressTopic(Producer<String, byte[]> producer, String worker, Clock clock, LongSupplier nanoTime) {
        this.producer = producer;
        this.worker = worker;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** A producer that drops rather than blocks, and so has to know its topic before its first message. */
    static Producer<String, byte[]> open(KafkaSettings kafka) {
        Properties properties = kafka.producer();
        properties.put("enable.idempotence", "false");
        properties.put("acks", "1");
        properties.put("max.block.ms", "0");
        properties.put("linger.ms", "50");
        properties.put("request.timeout.ms", "5000");
        properties.put("delivery.timeout.ms", "10000");
        properties.put("buffer.memory", Integer.toString(1 << 20));
        properties.put("metadata.max.idle.ms", Long.toString(365L * 24 * 3600 * 1000));
        Producer<String, byte[]> producer = new KafkaProducer<>(properties);
        long start = System.nanoTime();
        while (!knows(producer) && System.nanoTime() - start < LONGEST_START_NANOS) {
            LockSupport.parkNanos(5_000_000);
        }
        return producer;
    }

    private static boolean knows(Producer<String, byte[]> producer) {
        try {
            producer.partitionsFor(Topics.PROGRESS.topicName());
            return true;
        } catch (TimeoutException e) {
            // Asked for, and not waited for.
            return false;
        }
    }

    /** A run's messages; its listener is called by one thread at a time. */
    Messages of(Run run) {
        return new Messages(run);
    }

    final class Messages implements ProgressListener {
        private final Run run;
        private final long startedNanos = nanoTime.getAsLong();
        private final Progress start;
        private Progress last;
        private long sentNanos;
        private boolean told;

        private Messages(Run run) {
            this.run = run;
            this.start = message(0, 0, 0, run.getExperiment().getTraining().getEpochs(), 0, 0);
            this.last = start;
        }

        @Override
        public synchronized void progressed(
                long step, long steps, int epoch, int epochs, double loss, double stepsPerSecond) {
            last = message(step, steps, epoch, epochs, loss, stepsPerSecond);
            if (told && nanoTime.getAsLong() - sentNanos >= NANOS_BETWEEN_MESSAGES) {
                send(last);
            }
        }

        /** Until {@link #tellStart} has something to do; {@link Long#MAX_VALUE} once it has been done. */
        synchronized long nanosUntilStart() {
            return told ? Long.MAX_VALUE : NANOS_BEFORE_START - (nanoTime.getAsLong() - startedNanos);
        }

        /** Tells, once, that the run has started, if that is long enough ago. Whoever waits for the run calls it in time. */
        synchronized void tellStart() {
            if (nanosUntilStart() <= 0) {
                told = true;
                send(start);
            }
        }

        /** The training is over: the last of its progress, whenever that was. */
        synchronized void ended() {
            if (told) {
                send(last);
            }
        }

        private Progress message(long step, long steps, int epoch, int epochs, double loss, double stepsPerSecond) {
            return Progress.newBuilder()
                    .setExperimentId(run.getExperiment().getExperimentId())
                    .setRunIndex(run.getRunIndex())
                    .setStudy(run.getStudy())
                    .setWorker(worker)
                    .setStep(step)
                    .setSteps(steps)
                    .setEpoch(epoch)
                    .setEpochs(epochs)
                    .setLoss(loss)
                    .setStepsPerSecond(stepsPerSecond)
                    .setAt(clock.instant())
                    .build();
        }

        private void send(Progress message) {
            sentNanos = nanoTime.getAsLong();
            try {
                producer.send(new ProducerRecord<>(
                        Topics.PROGRESS.topicName(), RunKey.of(run).toString(), codec.encode(message)));
            } catch (KafkaException | IllegalStateException e) {
                // The producer is full or closed: the next message, or none, says as much.
            }
        }
    }
}
