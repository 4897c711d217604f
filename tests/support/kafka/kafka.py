#!/usr/bin/env python3
"""A real Apache Kafka for tests: one broker in KRaft mode on a free port of loopback.

  kafka.py fetch         brings the broker's jars into the cache, once; --tools those of the tools
  kafka.py start DIR     formats DIR if it is new, starts a broker in the background, waits until it
                         answers and prints HOST:PORT (also in DIR/bootstrap). DIR/proxied holds two
                         ports: where a proxy may listen, and where the broker listens behind it
  kafka.py stop DIR      ends that broker; --remove also removes DIR
  kafka.py run DIR       a broker that lives as long as standard input stays open. Prints
                         `ready HOST:PORT`; then takes one command a line and answers each:
                         kill (SIGKILL), start (again, on the same data), pause, resume, stop

Exit codes: 0 done, 1 failed, 64 wrong usage, 77 Java or the jars are not here (1 where CI=true).
GOUJI_TEST_KAFKA_VERSION chooses another version than the one of pom.xml."""
import argparse
import base64
import ctypes
import fcntl
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_READY_SECONDS = 90
_STOP_SECONDS = 20
_FETCH_SECONDS = 600
_LIFE_SECONDS = 4 * 3600
_HOST = '127.0.0.1'
_INSTALL = 'run deploy/bootstrap.sh --tests (Debian: openjdk-17-jre-headless or openjdk-21-jre-headless, and maven)'


class Missing(Exception):
    """A tool or file that the broker needs is not on this machine."""


class Failed(Exception):
    """The broker did not do what it should."""


# --- the published artifacts -------------------------------------------------------------------

def version():
    pinned = re.search(r'<kafka.version>([\w.-]+)<', (_HERE / 'pom.xml').read_text())
    return os.environ.get('GOUJI_TEST_KAFKA_VERSION') or pinned.group(1)


def cache():
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(os.environ.get('GOUJI_CACHE') or Path(base) / 'gouji')


def program(name):
    found = shutil.which(name)
    if not found:
        raise Missing(f'{name} is missing: {_INSTALL}')
    return found


def jars():
    """The folder of the broker's jars; fetched when it is not there yet."""
    return fetched('kafka', _HERE / 'pom.xml')


def tools():
    """The same for the command-line tools, Kafka Streams and protobuf."""
    return fetched('kafka-tools', _HERE / 'tools/pom.xml')


def fetched(name, pom):
    target = cache() / f'{name}-{version()}'
    if (target / 'complete').exists():
        return target / 'libs'
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / 'kafka.lock', 'w', encoding='utf-8') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / 'complete').exists():
            fetch(target, pom)
    return target / 'libs'


def fetch(target, pom):
    maven = program('mvn')
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    print(f'kafka.py: fetching {target.name} into {target}', file=sys.stderr)
    command = [maven, '-q', '-B', '-f', str(pom), f'-Dkafka.version={version()}',
               f'-Dmaven.repo.local={target}/repository', 'dependency:copy-dependencies',
               '-DincludeScope=runtime', f'-DoutputDirectory={target}/libs']
    done = subprocess.run(command, capture_output=True, text=True, timeout=_FETCH_SECONDS, check=False)
    shutil.rmtree(target / 'repository', ignore_errors=True)
    if done.returncode != 0:
        raise Missing(f'{target.name} could not be fetched by Maven: {(done.stdout + done.stderr)[-2000:]}')
    (target / 'complete').touch()


# --- one broker --------------------------------------------------------------------------------

_SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},PROXIED://{host}:{behind},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port},PROXIED://{host}:{proxy}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
log.cleaner.dedupe.buffer.size=2000000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
log.retention.ms=-1
"""


def free_ports(count):
    """Below the range that the system gives to outgoing connections, so that a port is still free
    when a killed broker comes back to it."""
    ports = []
    while len(ports) < count:
        port = random.randrange(20000, 32000)
        with socket.socket() as trial:
            if trial.connect_ex((_HOST, port)) != 0 and port not in ports:
                ports.append(port)
    return ports


def cluster_id():
    """Kafka's own spelling of a UUID; one that begins with - is read as an option by its tools."""
    text = '-'
    while text.startswith('-'):
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip('=')
    return text


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Broker:
    """One broker process and its folder."""
    format_options = []
    java_options = []

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.settings = self.folder / 'server.properties'
        self.process = None

    @property
    def port(self):
        return int(re.search(r'^listeners=\w+://[\d.]+:(\d+)', self.settings.read_text(), re.M).group(1))

    @property
    def address(self):
        return f'{_HOST}:{self.port}'

    def format(self):
        if self.settings.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        unborn = self.folder / 'server.properties.new'
        unborn.write_text(self.settings_text())
        done = subprocess.run(
            [program('java'), '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', f'{jars()}/*',
             'kafka.tools.StorageTool', 'format', '-t', cluster_id(), '-c', str(unborn), *self.format_options],
            capture_output=True, text=True, timeout=_READY_SECONDS, check=False)
        if done.returncode != 0:
            raise Failed(f'formatting {self.folder} failed: {(done.stdout + done.stderr)[-2000:]}')
        unborn.rename(self.settings)

    def settings_text(self):
        port, controller, behind, proxy = free_ports(4)
        (self.folder / 'proxied').write_text(f'{proxy} {behind}\n')
        return _SETTINGS.format(host=_HOST, port=port, controller=controller, behind=behind, proxy=proxy,
                                folder=self.folder)

    def start(self, stays=False):
        """Starts the process and waits until it answers; `stays` = it outlives this program."""
        # A broker in the background that nobody stops ends by itself.
        limit = [program('timeout'), '--signal=KILL', str(_LIFE_SECONDS)] if stays else []
        command = [*limit, program('java'), '-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', *self.java_options, '-cp', f'{jars()}/*',
                   'kafka.Kafka', str(self.settings)]
        with open(self.folder / 'broker.log', 'ab') as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                            start_new_session=stays, preexec_fn=None if stays else die_with_parent)
        (self.folder / 'pid').write_text(str(self.process.pid))
        deadline = time.monotonic() + _READY_SECONDS
        while not self.answers():
            if self.process.poll() is not None:
                raise Failed(f'the broker ended with {self.process.returncode}: {self.log_tail()}')
            if time.monotonic() > deadline:
                self.process.kill()
                raise Failed(f'the broker did not answer within {_READY_SECONDS} s: {self.log_tail()}')
            time.sleep(0.1)
        (self.folder / 'bootstrap').write_text(self.address + '\n')

    def answers(self):
        return answers(self.port)

    def end(self, sign=signal.SIGTERM):
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(sign)
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log_tail(self):
        return (self.folder / 'broker.log').read_text(errors='replace')[-2000:]


def answers(port):
    """True when a metadata request is answered and the answer lists a broker: an open port is not
    enough."""
    try:
        return brokers_listed(_HOST, port) > 0
    except OSError:
        return False


def brokers_listed(host, port):
    """How many brokers a metadata answer lists. Request: api 3, version 1, no topics."""
    request = struct.pack('>hhih5si', 3, 1, 7, 5, b'gouji', 0)
    with socket.create_connection((host, port), timeout=2) as link:
        link.sendall(struct.pack('>i', len(request)) + request)
        size = struct.unpack('>i', receive(link, 4))[0]
        correlation, brokers = struct.unpack('>ii', receive(link, size)[:8])
        return brokers if correlation == 7 else 0


def receive(link, size):
    got = b''
    while len(got) < size:
        more = link.recv(size - len(got))
        if not more:
            raise OSError('the connection was closed')
        got += more
    return got


# --- commands ----------------------------------------------------------------------------------

def run_command(arguments):
    broker = Broker(arguments.folder)
    broker.format()
    broker.start()
    print('ready', broker.address, flush=True)
    try:
        for line in sys.stdin:
            print(obey(broker, line.strip()), flush=True)
            if line.strip() == 'stop':
                break
    finally:
        broker.end()


def obey(broker, word):
    if word == 'kill':
        broker.end(signal.SIGKILL)
    elif word == 'start':
        broker.start()
        return f'ready {broker.address}'
    elif word in ('pause', 'resume'):
        broker.process.send_signal(signal.SIGSTOP if word == 'pause' else signal.SIGCONT)
    elif word != 'stop':
        return f'unknown command {word}'
    return f'done {word}'


def start_command(arguments):
    broker = Broker(arguments.folder)
    if pid_of(broker.folder) and answers(broker.port):
        print(broker.address)
        return
    broker.format()
    broker.start(stays=True)
    print(broker.address)


def pid_of(folder):
    """The pid of the broker that runs on this folder; None when none does."""
    try:
        pid = int((folder / 'pid').read_text())
        command = Path(f'/proc/{pid}/cmdline').read_bytes()
    except (OSError, ValueError):
        return None
    return pid if str(folder / 'server.properties').encode() in command else None


def stop_command(arguments):
    folder = Path(arguments.folder).resolve()
    deadline = time.monotonic() + _STOP_SECONDS
    pid = pid_of(folder)
    while pid:
        os.killpg(pid, signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL)
        time.sleep(0.2)
        pid = pid_of(folder)
    (folder / 'bootstrap').unlink(missing_ok=True)
    if arguments.remove:
        shutil.rmtree(folder, ignore_errors=True)


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    brings = commands.add_parser('fetch')
    brings.add_argument('--tools', action='store_true')
    brings.set_defaults(run=lambda arguments: print(tools() if arguments.tools else jars()))
    for name, run in (('run', run_command), ('start', start_command), ('stop', stop_command)):
        command = commands.add_parser(name)
        command.add_argument('folder', metavar='DIR')
        if name == 'stop':
            command.add_argument('--remove', action='store_true')
        command.set_defaults(run=run)
    return parser.parse_args(words)


def main(words):
    try:
        arguments = parse(words)
    except SystemExit as end:
        return 64 if end.code else 0
    try:
        program('java')
        arguments.run(arguments)
    except Missing as problem:
        print(f'kafka.py: {problem}', file=sys.stderr)
        return 1 if os.environ.get('CI') == 'true' else 77
    except (Failed, OSError, subprocess.TimeoutExpired) as problem:
        print(f'kafka.py: {problem}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
