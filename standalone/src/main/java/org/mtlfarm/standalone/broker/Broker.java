package org.mtlfarm.standalone.broker;

/** A running single-node Kafka. */
public interface Broker extends AutoCloseable {
    /** {@code host:port} for clients. */
    String bootstrapServers();

    /** Stops it in an orderly way; does nothing the second time. */
    @Override
    void close();
}
