"""Keeps a table of open anomalies: open_anomalies.py HOST:PORT STATE_FILE

How to run it: docs/consumers/README.md."""
import json
import os
import sys

from confluent_kafka import Consumer, TopicPartition
from gouji.v1 import anomaly_pb2

STREAM, SNAPSHOT = 'gouji.anomaly.v1', 'gouji.anomaly.current.v1'
CLOSED = (anomaly_pb2.TRANSITION_RESOLVED, anomaly_pb2.TRANSITION_RETRACTED)
SAVE_EVERY = 100


def consumer(bootstrap):
    return Consumer({'bootstrap.servers': bootstrap, 'group.id': 'gouji-reader-python', 'enable.auto.commit': False,
                     'isolation.level': 'read_committed', 'auto.offset.reset': 'error', 'enable.partition.eof': True})


def partitions(reader, topic):
    return sorted(reader.list_topics(topic, timeout=30).topics[topic].partitions)


def records(reader, topic, start):
    """Committed records from the offsets in `start` (partition: offset) to the end of each partition."""
    reader.assign([TopicPartition(topic, partition, offset) for partition, offset in start.items()])
    open_ones = set(start)
    while open_ones:
        message = reader.poll(1)
        if message is None:
            continue
        if message.error():
            if message.error().name() != '_PARTITION_EOF':
                raise RuntimeError(message.error())
            open_ones.discard(message.partition())
            continue
        yield message


def put(table, message):
    """The newest state of one anomaly. A repeat has the ce_id that stands in the table: nothing to do."""
    ce_id = dict(message.headers())['ce_id'].decode()
    if message.value() is None:  # a tombstone of the snapshot
        table.pop(message.key().decode(), None)
        return
    anomaly = anomaly_pb2.Anomaly.FromString(message.value())
    if table.get(anomaly.id, {}).get('ce_id') == ce_id:
        return
    if anomaly.transition in CLOSED:
        table.pop(anomaly.id, None)
    else:
        table[anomaly.id] = {'ce_id': ce_id, 'version': anomaly.version, 'message': anomaly.message_en}


def save(path, state):
    with open(path + '.new', 'w', encoding='utf-8') as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + '.new', path)


def load(path, reader):
    if os.path.exists(path):
        with open(path, encoding='utf-8') as file:
            state = json.load(file)
        return {'open': state['open'], 'next': {int(p): offset for p, offset in state['next'].items()}}
    # First the end of the stream, then the snapshot: nothing can fall between them.
    ends = {p: reader.get_watermark_offsets(TopicPartition(STREAM, p), timeout=30)[1] for p in partitions(reader, STREAM)}
    state = {'open': {}, 'next': ends}
    for message in records(reader, SNAPSHOT, {p: 0 for p in partitions(reader, SNAPSHOT)}):
        put(state['open'], message)
    save(path, state)
    return state


def main(bootstrap, path):
    reader = consumer(bootstrap)
    state = load(path, reader)
    for number, message in enumerate(records(reader, STREAM, dict(state['next']))):
        put(state['open'], message)
        state['next'][message.partition()] = message.offset() + 1
        if number % SAVE_EVERY == 0:
            save(path, state)
    save(path, state)
    reader.close()
    for anomaly_id, row in sorted(state['open'].items()):
        print(anomaly_id, row['version'], row['ce_id'])


if __name__ == '__main__':
    main(*sys.argv[1:])
