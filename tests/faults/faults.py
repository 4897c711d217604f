"""Faults on three real brokers, and what they do to the product's stage runner.

Two stages of one group copy a topic while it is written to; every 97th record is poison and becomes a
dead letter. Each kind of fault hits them for some rounds, then the oracle judges (oracle.py). The kind
`services` starts crawler, parser and validator instead and compares with a calm run on a local log.

  faults.py [--rounds N] [--only KIND,…] [--seed N]     prints a table; 1 when anything was lost, doubled
                                                        or out of order

The program to start it is run.sh."""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / 'tests/support/kafka'), str(_ROOT / 'tests/faults')]
import cluster as kafka_cluster  # noqa: E402
import oracle  # noqa: E402
from confluent_kafka import Consumer, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType  # noqa: E402

_BUILD = Path(os.environ.get('GOUJI_BUILD') or _ROOT / 'build/release')
_PARTITIONS, _KEYS, _POISON_EVERY = 4, 40, 97
_RECORDS_A_SECOND = 200
_PATIENCE_SECONDS = 180
_SESSION_SECONDS = 6
_DURABLE = {'min.insync.replicas': '2', 'unclean.leader.election.enable': 'false'}


class Feeder(threading.Thread):
    """Writes to the input until it is stopped. One request in flight, as the product's own appender: with more,
    librdkafka reports records as written that were not (first_records.py)."""

    def __init__(self, bootstrap, topic):
        super().__init__(daemon=True)
        self.producer = Producer({'bootstrap.servers': bootstrap, 'enable.idempotence': True, 'message.timeout.ms': 0,
                                  'linger.ms': 5, 'partitioner': 'murmur2_random', 'max.in.flight': 1, 'log_level': 2})
        self.topic, self.acknowledged, self.failures = topic, set(), []
        self.ends = threading.Event()

    def run(self):
        number = 0
        while not self.ends.wait(0.04):
            for _ in range(_RECORDS_A_SECOND // 25):
                self.write(str(number), f'k{number % _KEYS}')
                number += 1
            self.producer.poll(0)

    def write(self, ce_id, key):
        poison = 'poison ' if int(ce_id) % _POISON_EVERY == 0 else ''

        def delivered(error, _):
            if error:
                self.failures.append(error)
            else:
                self.acknowledged.add(ce_id)
        self.producer.produce(self.topic, f'{poison}{ce_id} {"x" * 100}', key, headers={'ce_id': ce_id}, on_delivery=delivered)

    def finish(self):
        self.ends.set()
        self.join()
        if self.producer.flush(_PATIENCE_SECONDS) or self.failures:
            raise RuntimeError(f'the input could not be written: {self.failures[:3]}')
        self.producer = None  # it must not look for the brokers when they are gone


class Stage:
    """A stage process that is started again whenever it ends, as a supervisor does."""

    def __init__(self, run, place, ordinal):
        self.run, self.place, self.ordinal = run, place, ordinal
        self.process, self.ends_of_its_own = None, 0
        self.start()

    def start(self):
        run = self.run
        with open(run.folder / f'stage{self.ordinal}.log', 'ab') as log:
            self.process = self.place.popen([_BUILD / 'tests/kafka_pass_through', run.cluster.bootstrap, run.input, run.output,
                                             run.group, self.ordinal, 200, *run.settings], stdout=log, stderr=log)

    def look(self):
        if self.process.poll() is not None:
            self.ends_of_its_own += 1
            self.start()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def send(self, sign):
        self.process.send_signal(sign)


class Run:
    """Two stages between two topics of their own."""

    def __init__(self, cluster, places, name, settings=()):
        self.cluster, self.folder, self.settings = cluster, cluster.folder, settings
        self.input, self.output, self.group = f'{name}.in', f'{name}.out', f'gouji-{name}'
        self.dead_letters = f'{self.input}.dlq.{self.group}'
        admin = AdminClient({'bootstrap.servers': cluster.bootstrap, 'log_level': 2})
        made = admin.create_topics([NewTopic(topic, _PARTITIONS, 3, config=_DURABLE)
                                    for topic in (self.input, self.output, self.dead_letters)])
        for future in made.values():
            future.result(60)
        self.feeder = Feeder(cluster.bootstrap, self.input)
        self.feeder.start()
        self.stages = [Stage(self, place, str(i)) for i, place in enumerate(places)]
        self.wait_for_progress()

    def check_settings(self):
        """What was acknowledged may be lost under other settings, and nothing here would be to blame."""
        admin = AdminClient({'bootstrap.servers': self.cluster.bootstrap, 'log_level': 2})
        for future in admin.describe_configs([ConfigResource(ResourceType.TOPIC, self.input)]).values():
            found = future.result(60)
            assert all(found[name].value == value for name, value in _DURABLE.items()), found

    def progress(self):
        return sum(self.end(topic) for topic in (self.output, self.dead_letters))

    def end(self, topic):
        """Committed and markers: it rises when the stages write."""
        consumer = Consumer({'bootstrap.servers': self.cluster.bootstrap, 'group.id': 'progress', 'log_level': 2})
        try:
            return sum(consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=30)[1] for p in range(_PARTITIONS))
        finally:
            consumer.close()

    def wait_for_progress(self):
        before = self.patient(self.progress)
        self.wait(lambda: self.progress() > before + 100, 'the stages stand still')

    def wait(self, condition, otherwise):
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            for stage in self.stages:
                stage.look()
            try:
                if condition():
                    return
            except Exception as problem:  # of librdkafka, while brokers are away
                otherwise = f'{otherwise}: {problem}'[:300]
            if time.monotonic() > deadline:
                raise RuntimeError(otherwise)
            time.sleep(0.5)

    def patient(self, call):
        found = []
        self.wait(lambda: found.append(call()) or True, 'the brokers do not answer')
        return found[0]

    def finish(self):
        """Everything through, then the verdict. The wait ends when nothing moves any more."""
        self.feeder.finish()
        while True:
            before = self.patient(self.progress)
            try:
                self.wait(lambda: oracle.is_through(self.cluster.bootstrap, self.group, self.input), 'not all of the input came through')
                break
            except RuntimeError:
                if self.patient(self.progress) == before:
                    raise
        self.close()
        self.check_settings()
        return oracle.judge(self.cluster.bootstrap, self.input, self.output, self.dead_letters, self.feeder.acknowledged)

    def close(self):
        self.feeder.ends.set()
        self.feeder.join()
        self.feeder.producer = None
        for stage in self.stages:
            if stage.process.poll() is None:
                stage.kill()


# --- the faults: each is one round ----------------------------------------------------------------

def pause(low, high):
    """The moment and the length of a fault are what is random here."""
    time.sleep(random.uniform(low, high))


def broker_killed(run):
    broker = random.choice(run.cluster.brokers)
    broker.kill()
    pause(0, 3)
    broker.start()
    run.cluster.wait_until_whole()


def rolling_restart(run):
    for broker in run.cluster.brokers:
        broker.stop()
        broker.start()
        run.cluster.wait_until_whole()


def broker_cut_off(run):
    place = random.choice(run.cluster.brokers).place
    place.cut()
    pause(4, 10)
    place.heal()
    run.cluster.wait_until_whole()


def broker_frozen(run):
    broker = random.choice(run.cluster.brokers)
    broker.freeze()
    pause(1, 8)
    broker.thaw()
    run.cluster.wait_until_whole()


def stage_killed(run):
    stage = random.choice(run.stages)
    stage.kill()


def stage_cut_off(run):
    place = random.choice(run.stages).place
    place.cut()
    pause(1, 2 * _SESSION_SECONDS)
    place.heal()


def stage_zombie(run):
    """Stopped until the group has gone on without it."""
    stage = random.choice(run.stages)
    stage.send(signal.SIGSTOP)
    pause(0.5, 2 * _SESSION_SECONDS)
    stage.send(signal.SIGCONT)


def stage_replaced(run):
    """Stopped, and a second process takes its place under the same ids; then it wakes up."""
    stage = random.choice(run.stages)
    zombie = stage.process
    zombie.send_signal(signal.SIGSTOP)
    stage.start()
    pause(0.5, 5)
    zombie.send_signal(signal.SIGCONT)
    try:
        zombie.wait(60)
    except subprocess.TimeoutExpired:
        zombie.kill()
        raise RuntimeError('a zombie was not fenced')


def everything(run):
    random.choice([broker_killed, broker_cut_off, broker_frozen, stage_killed, stage_cut_off, stage_zombie, stage_replaced])(run)


# Short cuts with a short socket timeout: librdkafka sends again what is still on its way.
_IMPATIENT = ('socket.timeout.ms=2000',)
KINDS = {'stage-killed': (stage_killed, ()), 'stage-zombie': (stage_zombie, ()), 'stage-replaced': (stage_replaced, ()),
         'stage-cut-off': (stage_cut_off, ()), 'stage-cut-off-impatient': (stage_cut_off, _IMPATIENT),
         'broker-killed': (broker_killed, ()), 'broker-frozen': (broker_frozen, ()), 'broker-cut-off': (broker_cut_off, ()),
         'rolling-restart': (rolling_restart, ()), 'everything': (everything, ())}


def run_kind(cluster, places, kind, rounds):
    fault, settings = KINDS[kind]
    run = Run(cluster, places, f'{kind}.{time.time_ns() // 1_000_000}', settings)
    try:
        for _ in range(rounds):
            pause(0, 1)
            fault(run)
            run.wait_for_progress()
        return run.finish(), sum(stage.ends_of_its_own for stage in run.stages)
    finally:
        run.close()


def run_services(cluster, rounds, seed):
    """The three services are killed while brokers are, too; kafka_test.py judges by a calm local run."""
    environment = {**os.environ, 'GOUJI_TEST_BOOTSTRAP': cluster.bootstrap, 'GOUJI_TEST_ROUNDS': str(rounds),
                   'GOUJI_TEST_REPORTS': str(40 * rounds), 'GOUJI_TEST_SEED': str(seed), 'GOUJI_BIN': str(_BUILD / 'bin')}
    test = subprocess.Popen([sys.executable, _ROOT / 'tests/e2e/kafka_test.py', 'KafkaTest.test_killed_services_lose_and_double_'
                             'nothing_and_a_subscriber_sees_every_anomaly'], cwd=_ROOT / 'tests/e2e', env=environment)
    kills = 0
    while test.poll() is None and kills < rounds:
        pause(1, 4)
        broker_killed(argparse.Namespace(cluster=cluster))
        kills += 1
    test.wait()
    return test.returncode == 0, kills


HEAD = '| fault | rounds | inputs | acknowledged, not in the input | dead letters | never committed | ended and restarted | lost | doubled | out of order | result |'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--rounds', type=int, default=5)
    parser.add_argument('--only', default=','.join([*KINDS, 'services']))
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 30))
    arguments = parser.parse_args()
    problem = kafka_cluster.unavailable()
    if problem:
        print(f'faults.py: {problem}', file=sys.stderr)
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    random.seed(arguments.seed)
    print(f'seed {arguments.seed}\n{HEAD}\n' + '|---' * HEAD.count(' | ') + '|---|', flush=True)
    kafka_cluster.remove_leftovers()
    folder, is_clean = Path(tempfile.mkdtemp(prefix='gouji-faults-')), True
    try:
        with kafka_cluster.Cluster(folder) as cluster:
            places = [cluster.place(), cluster.place()]
            for kind in arguments.only.split(','):
                if kind == 'services':
                    good, kills = run_services(cluster, arguments.rounds, arguments.seed)
                    print(f'| services killed, and brokers ({kills} times) | {arguments.rounds} | | | | | | | | |'
                          f' {"as the calm run" if good else "DIFFERS"} |', flush=True)
                    is_clean &= good
                    continue
                verdict, ends = run_kind(cluster, places, kind, arguments.rounds)
                print(f'| {kind} | {arguments.rounds} | {verdict.inputs} | {verdict.vanished} | {verdict.dead_letters} | {verdict.never_committed} | {ends} |'
                      f' {verdict.lost} | {verdict.doubled + verdict.in_both + verdict.foreign} | {verdict.out_of_order} |'
                      f' {"clean" if verdict.is_clean else "BROKEN"} |', flush=True)
                is_clean &= verdict.is_clean
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        print(f'logs: {folder}', file=sys.stderr)
        raise
    return 0 if is_clean else 1


if __name__ == '__main__':
    sys.exit(main())
