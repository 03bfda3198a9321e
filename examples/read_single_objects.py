#!/usr/bin/env python3
"""Reads averages or formulas from a farm without a schema registry, as JSON lines: the last of every key.

    farm schemas --out schemas
    python read_single_objects.py localhost:9092 farm.averages schemas

--follow goes on with what comes. Needs confluent-kafka and fastavro.
"""

import argparse
import io
import json
from pathlib import Path

import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

MARKER = b"\xc3\x01"


class SingleObjects:
    """Avro's single-object encoding: two marker bytes, the schema's fingerprint in eight, the record."""

    def __init__(self, schemas):
        self.schemas = Path(schemas)
        self.known = {}

    def __call__(self, topic, value):
        if value[:2] != MARKER:
            raise ValueError(f"{topic}: no single object; is a schema registry in use?")
        fingerprint = value[2:10].hex()
        if (topic, fingerprint) not in self.known:
            file = self.schemas / f"{topic}-{fingerprint}.avsc"
            self.known[topic, fingerprint] = fastavro.parse_schema(json.loads(file.read_text()))
        return fastavro.schemaless_reader(io.BytesIO(value[10:]), self.known[topic, fingerprint])


def read(servers, topic, decode, follow=False):
    """Keys and messages of all partitions from the beginning; a message of None makes its key void."""
    # The farm commits averages in transactions: what was aborted must not be seen.
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False,
                         "isolation.level": "read_committed", "enable.partition.eof": True})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
    unfinished = set(partitions)
    while unfinished or follow:
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error() is None:
            yield record.key().decode(), None if record.value() is None else decode(topic, record.value())
        elif record.error().code() == KafkaError._PARTITION_EOF:
            unfinished.discard(record.partition())
        else:
            raise SystemExit(f"Kafka at {servers}: {record.error()}")
    consumer.close()


def print_all(messages, follow):
    latest = {}
    for key, message in messages:
        if follow:
            print(json.dumps(message, default=str), flush=True)
        else:
            latest[key] = message
    for message in latest.values():
        if message is not None:
            print(json.dumps(message, default=str))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("servers", help="Kafka's HOST:PORT")
    arguments.add_argument("topic", help="farm.averages or farm.formulas, for example")
    arguments.add_argument("schemas", help="folder that farm schemas --out has written")
    arguments.add_argument("--follow", action="store_true", help="go on with what comes")
    given = arguments.parse_args()
    print_all(read(given.servers, given.topic, SingleObjects(given.schemas), given.follow), given.follow)
