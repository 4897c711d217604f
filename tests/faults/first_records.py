"""What librdkafka reports of a producer's first records in a partition whose leader stands still: the reason
for two rules of common/eventlog/kafka. A partition that knows nothing of a producer takes any sequence
number. Where the first request is refused, because the broker does not lead the partition yet or any more,
and a request behind it is not, librdkafka reports the records of both as written.

  first_records.py [ROUNDS]     a table; 1 when one request in flight loses a record, or when a record that is
                                missing was reported with an offset, or when five in flight lose none

`young`: the topic is made while its leader stands still. `moved`: the leader stands still until another
takes over. Both as an idempotent producer and in a transaction. run.sh starts it."""
import dataclasses
import random
import sys
import tempfile
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / 'tests/support/kafka')]
import cluster as kafka_cluster  # noqa: E402
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402

_PARTITIONS, _RECORDS = 6, 20
_SESSION_SECONDS = 6


@dataclasses.dataclass
class Tally:
    acknowledged: int = 0
    missing: int = 0
    placeless: int = 0          # reported without an offset
    missing_with_place: int = 0
    aborted: int = 0


class Round:
    def __init__(self, cluster, way, transactional, in_flight):
        self.cluster, self.way, self.transactional = cluster, way, transactional
        settings = {'bootstrap.servers': cluster.bootstrap, 'enable.idempotence': True, 'linger.ms': 0, 'batch.num.messages': 1,
                    'max.in.flight': in_flight, 'topic.metadata.refresh.interval.ms': 300, 'log_level': 2}
        name = f'first-{time.time_ns()}'
        self.producer = Producer(settings | ({'transactional.id': name} if transactional else {}))
        self.admin = AdminClient({'bootstrap.servers': cluster.bootstrap, 'socket.timeout.ms': 5000, 'log_level': 2})
        self.leader, self.topic, self.reported, self.placeless = random.choice(cluster.brokers), name, set(), set()

    def make(self):
        others = [broker.node for broker in self.cluster.brokers if broker is not self.leader]
        return self.admin.create_topics([NewTopic(self.topic, _PARTITIONS, replica_assignment=[[self.leader.node, *others]] * _PARTITIONS,
                                                  config={'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false'})])

    def connect(self):
        """To every broker, so that requests are on their way when one stands still."""
        if self.transactional:
            self.producer.init_transactions(60)
            self.producer.begin_transaction()
        for partition in range(3):
            self.producer.produce('warm', 'w', partition=partition)
        self.producer.flush(60)
        if self.transactional:
            self.producer.commit_transaction(60)
            self.producer.begin_transaction()
        if self.way == 'moved':
            for future in self.make().values():
                future.result(60)
            time.sleep(1)

    def write(self, begin):
        def delivered(error, message):
            if not error:
                self.reported.add(message.value())
                if message.offset() is None or message.offset() < 0:
                    self.placeless.add(message.value())
        for number in range(begin, begin + _RECORDS):
            for partition in range(_PARTITIONS):
                self.producer.produce(self.topic, f'{partition}:{number}', partition=partition, on_delivery=delivered)

    def serve(self, seconds):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.producer.poll(0.1)

    def run(self, tally):
        self.connect()
        self.leader.freeze()
        try:
            if self.way == 'young':
                self.make()
                self.serve(0.2)
            self.write(0)
            self.serve(1 if self.way == 'young' else _SESSION_SECONDS)
            if self.way == 'moved':
                self.write(_RECORDS)
                self.serve(2)
        finally:
            self.leader.thaw()
        try:
            if self.transactional:
                self.producer.commit_transaction(120)
            else:
                self.producer.flush(120)
        except KafkaException:
            tally.aborted += 1
            self.producer.abort_transaction(60)
            self.reported.clear()
        self.cluster.wait_until_whole()
        missing = self.reported - self.read()
        tally.acknowledged += len(self.reported)
        tally.missing += len(missing)
        tally.placeless += len(self.placeless & self.reported)
        tally.missing_with_place += len(missing - self.placeless)

    def read(self):
        reader = Consumer({'bootstrap.servers': self.cluster.bootstrap, 'group.id': 'first', 'isolation.level': 'read_committed',
                           'enable.partition.eof': True, 'log_level': 2})
        reader.assign([TopicPartition(self.topic, partition, 0) for partition in range(_PARTITIONS)])
        found, ends = set(), 0
        while ends < _PARTITIONS:
            message = reader.poll(30)
            if message is None:
                raise RuntimeError('the topic could not be read')
            if not message.error():
                found.add(message.value())
            elif message.error().name() == '_PARTITION_EOF':
                ends += 1
        reader.close()
        return found


def main(rounds=6):
    if problem := kafka_cluster.unavailable():
        print(f'first_records.py: {problem}', file=sys.stderr)
        return 77
    good, lost = True, 0
    print('| leader | producer | in flight | rounds | acknowledged | of them missing | reported without an offset | aborted |\n' + '|---' * 8 + '|')
    with kafka_cluster.Cluster(tempfile.mkdtemp(prefix='gouji-first-')) as cluster:
        admin = AdminClient({'bootstrap.servers': cluster.bootstrap, 'log_level': 2})
        for future in admin.create_topics([NewTopic('warm', 3, replica_assignment=[[1, 2, 3], [2, 3, 1], [3, 1, 2]])]).values():
            future.result(60)
        for way in ('young', 'moved'):
            for transactional in (False, True):
                for in_flight in (5, 1):
                    tally = Tally()
                    for _ in range(rounds):
                        Round(cluster, way, transactional, in_flight).run(tally)
                    print(f'| {way} | {"transactional" if transactional else "idempotent"} | {in_flight} | {rounds} | {tally.acknowledged} |'
                          f' {tally.missing} | {tally.placeless} | {tally.aborted} |', flush=True)
                    good &= tally.missing_with_place == 0 and (in_flight > 1 or tally.missing == 0)
                    lost += tally.missing if in_flight > 1 else 0
    return 0 if good and lost else 1


if __name__ == '__main__':
    sys.exit(main(*map(int, sys.argv[1:])))
