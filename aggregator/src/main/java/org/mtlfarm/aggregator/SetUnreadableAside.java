package org.mtlfarm.aggregator;

import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.errors.DeserializationExceptionHandler;
import org.apache.kafka.streams.errors.ErrorHandlerContext;

import org.mtlfarm.schemas.registry.RegistryUnavailableException;

/**
 * Goes on after a record whose bytes are no message: one poisoned record must not stop the averages of all others. Made by
 * Streams from its class name; the {@link SetAside} that it tells comes with the configuration.
 */
public final class SetUnreadableAside implements DeserializationExceptionHandler {
    static final String SET_ASIDE = "farm.set.aside";

    private SetAside setAside;

    @Override
    public void configure(Map<String, ?> configuration) {
        setAside = (SetAside) configuration.get(SET_ASIDE);
    }

    @Override
    public Response handleError(ErrorHandlerContext context, ConsumerRecord<byte[], byte[]> found, Exception failure) {
        if (failure instanceof RegistryUnavailableException) {
            // Not this record is at fault: the thread ends, and its successor reads it again.
            return Response.fail();
        }
        setAside.add(found.topic(), found.partition(), found.offset(), failure.getMessage());
        return Response.resume();
    }
}
