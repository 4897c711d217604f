"""The judge of all fault runs over a log: every record of the input in exactly one of output and dead
letters, no effect twice, order kept for each key. It reads the topics as a subscriber would,
read_committed. What the writer of the input was promised and the input does not hold is told apart: that is
between the writer and the brokers."""
import collections
import dataclasses
import time

from confluent_kafka import Consumer, TopicPartition

_PATIENCE_SECONDS = 120


@dataclasses.dataclass
class Verdict:
    inputs: int
    outputs: int
    dead_letters: int
    lost: int
    doubled: int
    in_both: int
    foreign: int
    out_of_order: int
    vanished: int  # acknowledged to the writer of the input, and not in it: no stage can have touched them
    never_committed: int  # written, but by transactions that were aborted: the faults have hit something

    @property
    def is_clean(self):
        return not (self.vanished or self.lost or self.doubled or self.in_both or self.foreign or self.out_of_order)


def judge(bootstrap, input_topic, output, dead_letters, acknowledged):
    given, good, dead = (read(bootstrap, topic) for topic in (input_topic, output, dead_letters))
    inputs = {ce_id: (key, number) for number, (ce_id, key, _) in enumerate(given)}
    written = sum(len(read(bootstrap, topic, 'read_uncommitted')) for topic in (output, dead_letters))
    out, dlq = (collections.Counter(ce_id for ce_id, _, _ in found) for found in (good, dead))
    both = out + dlq
    return Verdict(inputs=len(given), outputs=len(good), dead_letters=len(dead),
                   lost=sum(ce_id not in both for ce_id in inputs),
                   doubled=sum(count - 1 for found in (out, dlq) for count in found.values()),
                   in_both=sum(ce_id in dlq for ce_id in out), foreign=sum(ce_id not in inputs for ce_id in both),
                   out_of_order=disorder(good, inputs) + disorder(dead, inputs),
                   vanished=sum(ce_id not in inputs for ce_id in acknowledged), never_committed=written - len(good) - len(dead))


def is_through(bootstrap, group, topic):
    """Whether the group has committed the end of the topic. Offsets travel in the transactions, so what
    is not written then never will be."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': group, 'log_level': 2})
    try:
        partitions = [TopicPartition(topic, p) for p in consumer.list_topics(topic, timeout=30).topics[topic].partitions]
        return all(at.offset == consumer.get_watermark_offsets(at, timeout=30)[1] for at in consumer.committed(partitions, timeout=30))
    finally:
        consumer.close()


def disorder(found, inputs):
    """Records that stand behind a later one of their key. `found` is in order of each partition."""
    last, count = {}, 0
    for ce_id, key, _ in found:
        sequence = inputs.get(ce_id, (key, -1))[1]
        count += sequence <= last.get(key, -1)
        last[key] = max(sequence, last.get(key, -1))
    return count


def read(bootstrap, topic, isolation='read_committed'):
    """All records of a topic: (ce_id, key, value), each partition in order."""
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'oracle', 'isolation.level': isolation,
                         'enable.auto.commit': False, 'auto.offset.reset': 'earliest', 'enable.partition.eof': True, 'log_level': 2})
    try:
        partitions = consumer.list_topics(topic, timeout=_PATIENCE_SECONDS).topics[topic].partitions
        consumer.assign([TopicPartition(topic, p, 0) for p in partitions])
        found, at_end, deadline = [], set(), time.monotonic() + _PATIENCE_SECONDS
        while len(at_end) < len(partitions):
            if time.monotonic() > deadline:
                raise TimeoutError(f'{topic} could not be read to its end')
            message = consumer.poll(1)
            if message is None:
                continue
            if message.error():
                if message.error().name() == '_PARTITION_EOF':
                    at_end.add(message.partition())
                continue
            headers = dict(message.headers() or [])
            found.append((headers['ce_id'].decode(), message.key().decode(), message.value()))
        return found
    finally:
        consumer.close()
