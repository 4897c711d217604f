"""From append to anomaly on Kafka, and with what rate: kafka_latency.py [REPORTS_A_SECOND [SECONDS]]   (500, 16)

The crawler reads made-up reports once; their raw records are then appended anew, at the rate, to empty
topics in front of a parser and a validator. Measured is the time from the append of a raw record to the
arrival of its anomaly at a subscriber, read_committed. Needs build/release and the tests' Python."""
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / 'tests/support/kafka'), str(_ROOT / 'tests/e2e')]
import kafka  # noqa: E402
from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient  # noqa: E402
from harness import ANOMALY, BIN, RAW, SERVICE_ENVIRONMENT, chinese, folder_of_reports, gouji  # noqa: E402

WRONG_EVERY = 5
PATIENCE_SECONDS = 300


def records_of(bootstrap, topic):
    """From the beginning; ends when nothing came for 5 s."""
    reader = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'bench', 'isolation.level': 'read_committed', 'log_level': 2})
    reader.assign([TopicPartition(topic, p, 0) for p in reader.list_topics(topic, timeout=30).topics[topic].partitions])
    while message := reader.poll(5):
        if not message.error():
            yield message
    reader.close()


def crawl(folder, bootstrap, reports):
    folder_of_reports(folder / 'reports', reports, WRONG_EVERY)
    crawler = subprocess.Popen([BIN / 'gouji-crawler', '--log', f'kafka:{bootstrap}', '--admin', '127.0.0.1:0', '--sources',
                                folder / 'reports', '--data', folder / 'data'], stderr=subprocess.DEVNULL, env=SERVICE_ENVIRONMENT)
    found, deadline = [], time.monotonic() + PATIENCE_SECONDS
    while len(found) < reports and time.monotonic() < deadline:
        found = [(m.key(), m.value(), m.headers()) for m in records_of(bootstrap, RAW)]
    crawler.terminate()
    crawler.wait()
    return found


def empty_topics(bootstrap):
    admin = AdminClient({'bootstrap.servers': bootstrap})
    mine = [name for name in admin.list_topics(timeout=30).topics if name.startswith('gouji.')]
    for future in admin.delete_topics(mine).values():
        future.result(30)
    deadline = time.monotonic() + 60
    while gouji('topics', 'apply', '--log', f'kafka:{bootstrap}', '--replication', '1')[0] != 0:
        assert time.monotonic() < deadline


class Arrivals(threading.Thread):
    def __init__(self, bootstrap, wanted):
        super().__init__(daemon=True)
        self.bootstrap, self.wanted, self.at = bootstrap, wanted, {}

    def run(self):
        reader = Consumer({'bootstrap.servers': self.bootstrap, 'group.id': 'bench', 'isolation.level': 'read_committed', 'log_level': 2,
                           'fetch.wait.max.ms': 10})
        reader.assign([TopicPartition(ANOMALY, p, 0) for p in reader.list_topics(ANOMALY, timeout=30).topics[ANOMALY].partitions])
        while len(self.at) < self.wanted:
            message = reader.poll(1)
            if message and not message.error():
                self.at.setdefault(message.key(), time.monotonic())


def feed(bootstrap, records, rate):
    """When each record's organ was appended; anomalies are keyed by organ, raw records by location."""
    producer = Producer({'bootstrap.servers': bootstrap, 'linger.ms': 5, 'partitioner': 'murmur2_random', 'log_level': 2})
    began, sent = time.monotonic(), []
    for number, (key, value, headers) in enumerate(records):
        wait = began + number / rate - time.monotonic()
        if wait > 0:
            producer.poll(0)
            time.sleep(wait)
        sent.append(time.monotonic())
        producer.produce(RAW, value, key, headers=headers)
    producer.flush(60)
    return sent


def main(rate=500, seconds=16):
    folder = Path(tempfile.mkdtemp(prefix='gouji-latency-'))
    broker = kafka.Broker(folder / 'broker')
    broker.format()
    broker.start()
    services = []
    try:
        log = f'kafka:{broker.address}'
        assert gouji('topics', 'apply', '--log', log, '--replication', '1')[0] == 0
        records = crawl(folder, broker.address, rate * seconds)
        organs = [organ_of(value) for _, value, _ in records]
        empty_topics(broker.address)
        for name, more in (('gouji-parser', ['--blobs', folder / 'data/blobs']), ('gouji-validator', [])):
            services.append(subprocess.Popen([BIN / name, '--log', log, '--admin', '127.0.0.1:0', *more], stderr=subprocess.DEVNULL,
                                             env=SERVICE_ENVIRONMENT))
        arrivals = Arrivals(broker.address, len(records) // WRONG_EVERY)
        arrivals.start()
        time.sleep(10)  # the services join their groups
        print(f'load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {len(records)} reports at {rate}/s', flush=True)
        sent = dict(zip(organs, feed(broker.address, records, rate)))
        arrivals.join(PATIENCE_SECONDS)
        times = sorted(at - sent[key.decode()] for key, at in arrivals.at.items() if key.decode() in sent)
        for share in (0.5, 0.9, 0.99):
            print(f'p{share * 100:g} {1000 * times[int(share * (len(times) - 1))]:,.0f} ms', end='  ')
        print(f'of {len(times)} anomalies; load {os.getloadavg()[0]:.1f}')
    finally:
        for service in services:
            service.kill()
        broker.end()


def organ_of(value):
    """The organ id that the parser will find: the number in the file's name says which one was made up."""
    number = int(re.search(rb'report-(\d+)\.txt', value).group(1))
    return f'name::{chinese(number)}县人民政府'


if __name__ == '__main__':
    main(*map(int, sys.argv[1:]))
