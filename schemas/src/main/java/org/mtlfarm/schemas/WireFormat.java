package org.mtlfarm.schemas;

import org.apache.avro.specific.SpecificRecord;

import org.mtlfarm.schemas.registry.SchemaRegistry;

/**
 * What precedes an Avro record in a message's bytes, and so how a reader finds the schema that it was written with. One
 * setting chooses the format that is written; both are read, by their first bytes.
 *
 * <p>Safe for use by several threads.
 */
public sealed interface WireFormat {
    /** Two marker bytes and the schema's fingerprint, eight bytes: Avro's single-object encoding. Needs nothing but the schemas. */
    WireFormat SINGLE_OBJECT = new SingleObject();

    /**
     * A zero byte and the schema's id at a registry, four bytes: Confluent's wire format. A topic's schema has the subject
     * {@code <topic>-value}.
     */
    static WireFormat registered(SchemaRegistry registry) {
        return new Registered(registry);
    }

    /**
     * A codec for a topic's values.
     *
     * @throws IllegalArgumentException if the topic holds other messages
     */
    <T extends SpecificRecord> AvroCodec<T> codec(Topics topic, Class<T> type);

    /**
     * Makes every topic's schema known to who must know it.
     *
     * @throws org.mtlfarm.schemas.registry.RegistryRefusedException if the registry refuses one
     * @throws org.mtlfarm.schemas.registry.RegistryUnavailableException if it does not answer
     */
    void prepare();

    /** As single objects. */
    final class SingleObject implements WireFormat {
        private SingleObject() {}

        @Override
        public <T extends SpecificRecord> AvroCodec<T> codec(Topics topic, Class<T> type) {
            return AvroCodec.of(topic.checked(type));
        }

        @Override
        public void prepare() {
            // The fingerprint is part of the message, the schemas part of the program.
        }
    }

    /** With a registry's ids. */
    final class Registered implements WireFormat {
        private final SchemaRegistry registry;

        private Registered(SchemaRegistry registry) {
            this.registry = registry;
        }

        @Override
        public <T extends SpecificRecord> AvroCodec<T> codec(Topics topic, Class<T> type) {
            return AvroCodec.registered(topic.checked(type), topic.subject(), registry);
        }

        @Override
        public void prepare() {
            for (Topics topic : Topics.values()) {
                registry.id(topic.subject(), topic.schema());
            }
        }
    }
}
