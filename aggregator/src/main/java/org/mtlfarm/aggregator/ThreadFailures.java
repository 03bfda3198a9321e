package org.mtlfarm.aggregator;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.ProcessorStateException;

import org.mtlfarm.schemas.registry.RegistryUnavailableException;

/** What ends a thread of Kafka Streams, and whether another thread in its place would fare better. */
final class ThreadFailures {
    private ThreadFailures() {}

    /**
     * Whether it passes, or a new thread is rid of it: a broker or a registry that is away; a store that could not be written,
     * which is rebuilt from its changelog; a transactional producer in a fatal state, in whose place a new one takes back
     * what was half done. Kafka reports the last as a bare {@link KafkaException}, for example when a broker that stood
     * still answers the end of a transaction that it has meanwhile given up ("Unhandled error in EndTxnResponse").
     */
    static boolean isCuredByANewThread(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException
                    || cause instanceof ProcessorStateException
                    || cause instanceof RegistryUnavailableException) {
                return true;
            }
        }
        return innermost(failure).getClass() == KafkaException.class;
    }

    /** A line that names what was at the bottom of it. */
    static String line(Throwable failure) {
        Throwable cause = innermost(failure);
        String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return cause.getClass().getSimpleName() + ": " + message;
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
