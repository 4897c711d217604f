"""The four consumers of docs/consumers on a real broker: from the snapshot to the stream, killed while
they read, next to transactions that were aborted; their tables are the one that `gouji tail` shows.
Run by run.sh, which builds them."""
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / 'tests/support/kafka'), str(_ROOT / 'tests/e2e')]
import kafka  # noqa: E402
from harness import ANOMALY, CURRENT_ANOMALY, RANDOM, SEED, folder_of_reports, gouji, header, tail  # noqa: E402

_BUILT = Path(os.environ.get('GOUJI_CONSUMERS', '.'))
_CONSUMERS = _ROOT / 'docs/consumers'
COMMANDS = {
    'python': [sys.executable, _CONSUMERS / 'python/open_anomalies.py'],
    'java': ['java', '-XX:TieredStopAtLevel=1', '-cp', f'{_BUILT}/java:{kafka.tools()}/*', 'OpenAnomalies'],
    'go': [_BUILT / 'go/open_anomalies'],
    'node': ['node', _BUILT / 'node/open_anomalies.js'],
}
NAMES = os.environ.get('GOUJI_TEST_CONSUMERS', ','.join(COMMANDS)).split(',')
REPORTS = 30
KILLS = 5  # of each, at least


class ConsumersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix='gouji-consumers-'))
        broker = kafka.Broker(cls.folder / 'broker')
        broker.format()
        broker.start()
        cls.addClassCleanup(broker.end)
        cls.bootstrap, cls.log = broker.address, f'kafka:{broker.address}'
        code, _, err = gouji('topics', 'apply', '--log', cls.log, '--replication', '1')
        assert code == 0, err

    def run_reports(self, count, wrong_every):
        folder_of_reports(self.folder / 'reports', count, wrong_every)
        code, _, err = gouji('run', '--once', '--log', self.log, '--data', self.folder / 'data', self.folder / 'reports', timeout=300)
        self.assertEqual(code, 0, err)

    def command(self, name, state):
        environment = {**os.environ, 'PYTHONPATH': str(_BUILT / 'python'), 'NODE_PATH': str(_BUILT / 'node/node_modules')}
        words = [*COMMANDS[name], self.bootstrap, self.folder / state, *([_ROOT / 'proto'] if name == 'node' else [])]
        return {'args': [str(word) for word in words], 'env': environment, 'text': True, 'stdout': subprocess.PIPE, 'stderr': subprocess.PIPE}

    def table(self, name, state):
        process = subprocess.Popen(**self.command(name, state))
        out, err = process.communicate(timeout=180)
        self.assertEqual(process.returncode, 0, f'{name}: {err}')
        return out.splitlines()

    def expected(self):
        newest = {record['key']: record for record in tail(self.log, CURRENT_ANOMALY)}
        return sorted(f"{key} {record['value'].get('version', 0)} {header(record, 'ce_id')}" for key, record in newest.items() if record['value'])

    def write_what_is_never_committed(self):
        from confluent_kafka import Producer
        producer = Producer({'bootstrap.servers': self.bootstrap, 'transactional.id': f'hostile-{time.time_ns()}', 'log_level': 2})
        producer.init_transactions(30)
        producer.begin_transaction()
        for topic in (ANOMALY, CURRENT_ANOMALY):
            for partition in range(6):
                producer.produce(topic, b'\xff no anomaly', 'never', partition, headers={'ce_id': 'never'})
        producer.flush(30)
        producer.abort_transaction(30)

    def test_1_snapshot_then_stream_then_from_the_saved_place(self):
        self.run_reports(REPORTS, wrong_every=3)
        self.write_what_is_never_committed()
        first = self.expected()
        self.assertEqual(len(first), REPORTS // 3)
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.table(name, f'{name}.state'), first)
        self.run_reports(2 * REPORTS, wrong_every=4)  # some are corrected, some go wrong, some are new
        self.write_what_is_never_committed()
        second = self.expected()
        self.assertNotEqual(first, second)
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.table(name, f'{name}.state'), second, 'from the saved place')
                self.assertEqual(self.table(name, f'{name}.new'), second, 'from the snapshot')
            print(f'{name}: {len(first)}, then {len(second)} open anomalies: as gouji tail shows them', flush=True)

    def usual_seconds(self, name):
        """Of a run from the snapshot to the end: so long, at most, is it left to work before it is killed."""
        began = time.monotonic()
        self.table(name, f'{name}.timed')
        return time.monotonic() - began

    def is_killed(self, name, within):
        process = subprocess.Popen(**self.command(name, f'{name}.killed'))
        try:
            process.communicate(timeout=RANDOM.uniform(0, within))
            return False
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True

    def test_2_killed_while_reports_come_in(self):
        usual = {name: self.usual_seconds(name) for name in NAMES}
        folder_of_reports(self.folder / 'reports', 4 * REPORTS, wrong_every=5)
        command = [os.environ['GOUJI_BIN'] + '/gouji', 'run', '--once', '--log', self.log, '--data', self.folder / 'data', self.folder / 'reports']
        run = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL)
        kills = dict.fromkeys(NAMES, 0)
        while run.poll() is None or min(kills.values()) < KILLS:
            for name in NAMES:
                kills[name] += self.is_killed(name, usual[name])
                if run.poll() is not None and RANDOM.random() < 0.5:
                    (self.folder / f'{name}.killed').unlink(missing_ok=True)  # from the snapshot again
        self.assertEqual(run.returncode, 0)
        expected = self.expected()
        for name in NAMES:
            with self.subTest(name):
                self.assertEqual(self.table(name, f'{name}.killed'), expected)
            print(f'{name}: killed {kills[name]} times, {len(expected)} open anomalies: as gouji tail shows them', flush=True)


if __name__ == '__main__':
    print(f'seed {SEED}')
    unittest.main(verbosity=1)
