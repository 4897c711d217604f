"""Three brokers of Apache Kafka, each in a network namespace of its own on one bridge, for tests that
kill them, stop them and cut them off. Needs root and the program `ip`.

  with Cluster(folder) as cluster:
      place = cluster.place('stage')        # a namespace for a client
      place.popen([...])                    # runs there
      place.cut(); place.heal()             # its cable
      cluster.brokers[0].kill(); cluster.brokers[0].start()
"""
import concurrent.futures
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import kafka

_PORT, _CONTROLLER_PORT = 9092, 9093
_READY_SECONDS = 120

_SETTINGS = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
default.replication.factor=3
min.insync.replicas=2
log.cleaner.dedupe.buffer.size=2000000
offsets.topic.replication.factor=3
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
transaction.state.log.num.partitions=3
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=5000
log.retention.ms=-1
"""


def unavailable():
    """Why such a cluster cannot be started here; None when it can."""
    if os.geteuid() != 0 or not shutil.which('ip'):
        return 'three brokers in network namespaces need root and the program ip (Debian: iproute2)'
    trial = subprocess.run(['ip', 'netns', 'add', f'gj{os.getpid()}'], capture_output=True, text=True)
    if trial.returncode != 0:
        return f'no network namespaces here: {trial.stderr.strip()}'
    ip('netns', 'del', f'gj{os.getpid()}')
    return None


def ip(*words, check=True):
    subprocess.run(['ip', *map(str, words)], check=check, capture_output=True)


class Place:
    """One network namespace with one cable to the bridge."""

    def __init__(self, network, number):
        self.name = f'gj{network.tag}n{number}'
        self.cable = f'gj{network.tag}c{number}'
        self.address = f'{network.prefix}.{number}'
        ip('netns', 'add', self.name)
        ip('link', 'add', self.cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', self.name)
        ip('link', 'set', self.cable, 'master', network.bridge, 'up')
        ip('-n', self.name, 'addr', 'add', f'{self.address}/24', 'dev', 'eth0')
        ip('-n', self.name, 'link', 'set', 'eth0', 'up')
        ip('-n', self.name, 'link', 'set', 'lo', 'up')

    def popen(self, command, **options):
        return subprocess.Popen(['ip', 'netns', 'exec', self.name, *map(str, command)], stdin=subprocess.DEVNULL,
                                preexec_fn=kafka.die_with_parent, **options)

    def cut(self):
        ip('link', 'set', self.cable, 'down')

    def heal(self):
        ip('link', 'set', self.cable, 'up')

    def remove(self):
        ip('netns', 'del', self.name, check=False)
        ip('link', 'del', self.cable, check=False)


class Network:
    def __init__(self):
        self.tag = f'{os.getpid() % 100000}'
        self.bridge = f'gj{self.tag}'
        self.prefix = f'10.213.{os.getpid() % 250}'
        ip('link', 'add', self.bridge, 'type', 'bridge')
        ip('addr', 'add', f'{self.prefix}.1/24', 'dev', self.bridge)
        ip('link', 'set', self.bridge, 'up')
        self.places = []

    def place(self):
        self.places.append(Place(self, len(self.places) + 11))
        return self.places[-1]

    def remove(self):
        for place in self.places:
            place.remove()
        ip('link', 'del', self.bridge, check=False)


class Member:
    """One broker of the cluster."""

    def __init__(self, folder, place, node):
        self.folder, self.place, self.node = Path(folder) / f'broker{node}', place, node
        self.address = f'{place.address}:{_PORT}'
        self.process = None

    def format(self, voters, cluster_id):
        self.folder.mkdir(parents=True)
        settings = self.folder / 'server.properties'
        settings.write_text(_SETTINGS.format(node=self.node, voters=voters, host=self.place.address, port=_PORT,
                                             controller=_CONTROLLER_PORT, folder=self.folder))
        done = subprocess.run([kafka.program('java'), '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', f'{kafka.jars()}/*',
                               'kafka.tools.StorageTool', 'format', '-t', cluster_id, '-c', settings],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise kafka.Failed(f'formatting {self.folder} failed: {(done.stdout + done.stderr)[-2000:]}')

    def start(self):
        log = open(self.folder / 'broker.log', 'ab')
        self.process = self.place.popen(
            [kafka.program('java'), '-Xms128m', '-Xmx256m', '-XX:+UseSerialGC', '-cp', f'{kafka.jars()}/*', 'kafka.Kafka',
             self.folder / 'server.properties'], stdout=log, stderr=log, cwd=self.folder)
        log.close()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def known_brokers(self):
        """How many brokers this one lists; 0 when it does not answer."""
        try:
            return kafka.brokers_listed(self.place.address, _PORT)
        except (OSError, socket.timeout):
            return 0


class Cluster:
    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.network = Network()
        self.brokers = [Member(self.folder, self.network.place(), node) for node in (1, 2, 3)]
        self.bootstrap = ','.join(broker.address for broker in self.brokers)

    def __enter__(self):
        try:
            voters = ','.join(f'{b.node}@{b.place.address}:{_CONTROLLER_PORT}' for b in self.brokers)
            name = kafka.cluster_id()
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                list(pool.map(lambda broker: broker.format(voters, name), self.brokers))
            for broker in self.brokers:
                broker.start()
            self.wait_until_whole()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def place(self):
        return self.network.place()

    def wait_until_whole(self, seconds=_READY_SECONDS):
        """Until every broker lists all three."""
        deadline = time.monotonic() + seconds
        while [broker.known_brokers() for broker in self.brokers] != [3, 3, 3]:
            for broker in self.brokers:
                if broker.process.poll() is not None:
                    tail = (broker.folder / 'broker.log').read_text(errors='replace')[-2000:]
                    raise kafka.Failed(f'broker {broker.node} ended: {tail}')
            if time.monotonic() > deadline:
                raise kafka.Failed(f'the cluster was not whole after {seconds} s')
            time.sleep(0.2)

    def close(self):
        for broker in self.brokers:
            if broker.process and broker.process.poll() is None:
                broker.kill()
        self.network.remove()


def remove_leftovers():
    """Namespaces and bridges of runs that were killed."""
    for line in subprocess.run(['ip', '-o', 'link'], capture_output=True, text=True).stdout.splitlines():
        found = re.match(r'\d+: (gj(\d+)(?:c\d+)?)[@:]', line)
        if found and not Path(f'/proc/{found[2]}').exists():
            ip('link', 'del', found[1], check=False)
    for line in subprocess.run(['ip', 'netns'], capture_output=True, text=True).stdout.splitlines():
        found = re.match(r'(gj(\d+)n\d+)\b', line)
        if found and not Path(f'/proc/{found[2]}').exists():
            ip('netns', 'del', found[1], check=False)
