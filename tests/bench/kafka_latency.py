"""From append to anomaly on Kafka: kafka_latency.py [REPORTS_A_SECOND,… [SECONDS]]   (500, 16)

The crawler reads made-up reports once; their raw records are then appended anew, at each rate, to empty
topics in front of a parser and a validator. Measured is the time from the append of a raw record to the
arrival of its anomaly at a subscriber, read_committed; where it goes, by the broker's clock, which stamps
every record of these topics; what a transaction takes and holds; and who uses the processors. Needs
build/release and the tests' Python."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / 'tests/support/kafka'), str(_ROOT / 'tests/e2e')]
import kafka  # noqa: E402
from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType  # noqa: E402
from harness import ANOMALY, BIN, PARSED, RAW, SERVICE_ENVIRONMENT, chinese, folder_of_reports, gouji  # noqa: E402

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
    stamped = [ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[
        ConfigEntry('message.timestamp.type', 'LogAppendTime', incremental_operation=AlterConfigOpType.SET)])
        for topic in (RAW, PARSED, ANOMALY)]
    for future in admin.incremental_alter_configs(stamped).values():
        future.result(30)


class Arrivals(threading.Thread):
    def __init__(self, bootstrap):
        super().__init__(daemon=True)
        self.bootstrap, self.at, self.ends = bootstrap, {}, threading.Event()

    def run(self):
        reader = Consumer({'bootstrap.servers': self.bootstrap, 'group.id': 'bench', 'isolation.level': 'read_committed', 'log_level': 2,
                           'fetch.wait.max.ms': 10})
        reader.assign([TopicPartition(ANOMALY, p, 0) for p in reader.list_topics(ANOMALY, timeout=30).topics[ANOMALY].partitions])
        while not self.ends.is_set():
            message = reader.poll(0.5)
            if message and not message.error():
                self.at.setdefault(message.key().decode(), time.time())

    def wait_for_quiet(self, seconds):
        began = time.time()
        while time.time() - max([began, *self.at.values()]) < seconds:
            time.sleep(0.2)

    def finish(self):
        self.wait_for_quiet(5)
        self.ends.set()
        self.join()


def feed(bootstrap, records, rate):
    """When each record's organ was appended; anomalies are keyed by organ, raw records by location."""
    producer = Producer({'bootstrap.servers': bootstrap, 'linger.ms': 5, 'partitioner': 'murmur2_random', 'log_level': 2})
    began, sent = time.monotonic(), []
    for number, (key, value, headers) in enumerate(records):
        wait = began + number / rate - time.monotonic()
        if wait > 0:
            producer.poll(0)
            time.sleep(wait)
        sent.append(time.time())
        producer.produce(RAW, value, key, headers=headers)
    producer.flush(60)
    return sent


def stamps(bootstrap, topic, organ):
    """When the broker stored the first record of each organ."""
    found = {}
    for message in records_of(bootstrap, topic):
        found.setdefault(organ(message), message.timestamp()[1] / 1000)
    return found


class Service:
    """A running service, its processors' time and its transactions since it was asked first."""

    def __init__(self, name, log, more):
        port = kafka.free_ports(1)[0]
        self.name, self.metrics_at = name, f'http://127.0.0.1:{port}/metrics'
        self.process = subprocess.Popen([BIN / name, '--log', log, '--admin', f'127.0.0.1:{port}', *more], stderr=subprocess.DEVNULL,
                                        env=SERVICE_ENVIRONMENT)

    def wait_until_ready(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.metric('gouji_log_assigned_partitions') < 1:
            assert time.monotonic() < deadline, f'{self.name} got no partitions'
            time.sleep(0.2)

    def metric(self, name):
        try:
            text = urllib.request.urlopen(self.metrics_at, timeout=30).read().decode()
        except OSError:  # it starts
            return 0
        found = re.search(rf'^{name}{{.*}} (\S+)$', text, re.M)
        return float(found[1]) if found else 0

    def transactions(self):
        return [self.metric(f'gouji_log_transaction_{what}') for what in ('seconds_count', 'seconds_sum', 'records_sum')]


def processor_seconds(pid):
    """Of a process and its children, also those that have ended."""
    ticks = os.sysconf('SC_CLK_TCK')
    own = Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    children = Path(f'/proc/{pid}/task/{pid}/children').read_text().split()
    return sum(map(int, own[11:15])) / ticks + sum(processor_seconds(child) for child in children)


def shares(name, times):
    times = sorted(times)
    return f'{name}: ' + '  '.join(f'p{100 * share:g} {1000 * times[int(share * (len(times) - 1))]:,.0f} ms' for share in (0.5, 0.9, 0.99))


def measure(broker, records, folder, rate):
    bootstrap, log = broker.address, f'kafka:{broker.address}'
    organs = [organ_of(value) for _, value, _ in records]
    empty_topics(bootstrap)
    services = [Service('gouji-parser', log, ['--blobs', folder / 'data/blobs']), Service('gouji-validator', log, [])]
    try:
        arrivals = Arrivals(bootstrap)
        arrivals.start()
        for service in services:
            service.wait_until_ready()
        feed(bootstrap, records[:len(records) // 3], rate)  # a broker that has just started compiles itself
        arrivals.wait_for_quiet(2)
        records = records[len(records) // 3:]
        processes = {'broker': broker.process.pid} | {s.name: s.process.pid for s in services}
        print(f'load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {len(records)} reports at {rate}/s, after {len(organs) - len(records)} of before', flush=True)
        used = {name: processor_seconds(pid) for name, pid in processes.items()}
        before = {s.name: s.transactions() for s in services}
        began = time.monotonic()
        sent = dict(zip(organs[-len(records):], feed(bootstrap, records, rate)))
        took = time.monotonic() - began
        used = {name: processor_seconds(pid) - used[name] for name, pid in processes.items()}
        arrivals.finish()
        at = {organ: arrived for organ, arrived in arrivals.at.items() if organ in sent}  # without those of before
        print(shares('append to anomaly', [at[organ] - sent[organ] for organ in at]), f'of {len(at)}; load {os.getloadavg()[0]:.1f}')
        raw = stamps(bootstrap, RAW, lambda message: organ_of(message.value()))
        parsed, anomaly = (stamps(bootstrap, topic, lambda message: message.key().decode()) for topic in (PARSED, ANOMALY))
        for name, begins, ends in (('the feeder to the broker', sent, raw), ('to the parser\'s record', raw, parsed),
                                   ('to the validator\'s record', parsed, anomaly), ('to the subscriber', anomaly, at)):
            print('  ' + shares(name, [ends[organ] - begins[organ] for organ in at]))
        for service in services:
            count, seconds, taken = (now - then for now, then in zip(service.transactions(), before[service.name]))
            print(f'  {service.name}: {count:.0f} transactions of {1000 * seconds / count:.0f} ms and {taken / count:.0f} records on average')
        print(f'  processors in the {took:.0f} s of feeding: ' + '  '.join(f'{name} {seconds:.1f} s' for name, seconds in used.items()), flush=True)
    finally:
        for service in services:
            service.process.kill()
            service.process.wait()


def main(rates='500', seconds='16'):
    folder = Path(tempfile.mkdtemp(prefix='gouji-latency-'))
    broker = kafka.Broker(folder / 'broker')
    broker.java_options = ['-XX:TieredStopAtLevel=1']  # else half its time goes into compiling itself, for minutes
    broker.format()
    broker.start()
    rates = [int(rate) for rate in rates.split(',')]
    try:
        assert gouji('topics', 'apply', '--log', f'kafka:{broker.address}', '--replication', '1')[0] == 0
        records = crawl(folder, broker.address, max(rates) * int(seconds))
        for rate in rates:
            measure(broker, records[:rate * int(seconds)], folder, rate)
    finally:
        broker.end()
        shutil.rmtree(folder, ignore_errors=True)


def organ_of(value):
    """The organ id that the parser will find: the number in the file's name says which one was made up."""
    number = int(re.search(rb'report-(\d+)\.txt', value).group(1))
    return f'name::{chinese(number)}县人民政府'


if __name__ == '__main__':
    main(*sys.argv[1:])
