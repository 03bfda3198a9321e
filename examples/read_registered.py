#!/usr/bin/env python3
"""Reads averages or formulas from a farm with a schema registry, as JSON lines: the last of every key.

    python read_registered.py localhost:9092 farm.averages http://localhost:8081

Apicurio's registry is at http://localhost:8080/apis/ccompat/v7. Needs confluent-kafka[avro].
"""

import json
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

servers, topic, registry = sys.argv[1:]
decode = AvroDeserializer(SchemaRegistryClient({"url": registry}))
# The farm commits averages in transactions: what was aborted must not be seen.
consumer = Consumer({"bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False,
                     "isolation.level": "read_committed", "enable.partition.eof": True})
partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])

latest = {}
unfinished = set(partitions)
while unfinished:
    record = consumer.poll(1.0)
    if record is None:
        continue
    if record.error() is None:
        latest[record.key()] = decode(record.value(), SerializationContext(topic, MessageField.VALUE))
    elif record.error().code() == KafkaError._PARTITION_EOF:
        unfinished.discard(record.partition())
    else:
        raise SystemExit(f"Kafka at {servers}: {record.error()}")
consumer.close()

for message in latest.values():
    if message is not None:
        print(json.dumps(message, default=str))
