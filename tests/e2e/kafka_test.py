"""The three services on a real broker: killed in the middle, and read by a subscriber in Python."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from harness import (ANOMALY, BIN, CACHE, DEAD_PARSED, DEAD_RAW, FORMATS, PARSED, RANDOM, RAW, ROOT, ROUNDS, SEED, SERVICE_ENVIRONMENT, VERDICT,
                   expect_every_format, facts,
                   folder_of_reports, gouji, header, once, tail)

KAFKA = ROOT / 'tests/support/kafka/kafka.py'
PYTHON = CACHE / 'python/bin/python'
REPORTS = 60
PATIENCE_SECONDS = 120


class KafkaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-kafka-'))
        started = subprocess.run([sys.executable, KAFKA, 'start', cls.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            shutil.rmtree(cls.folder, ignore_errors=True)
            raise unittest.SkipTest(started.stderr)
        assert started.returncode == 0, started.stderr
        cls.bootstrap = (cls.folder / 'broker/bootstrap').read_text().strip()
        cls.log = f'kafka:{cls.bootstrap}'

    @classmethod
    def tearDownClass(cls):
        subprocess.run([sys.executable, KAFKA, 'stop', cls.folder / 'broker'], capture_output=True)
        shutil.rmtree(cls.folder, ignore_errors=True)

    def start(self, service):
        arguments = {'gouji-crawler': ['--sources', self.reports, '--data', self.folder / 'data'],
                     'gouji-parser': ['--blobs', self.folder / 'data/blobs'], 'gouji-validator': []}[service]
        log = open(self.folder / f'{service}.log', 'a')
        process = subprocess.Popen([BIN / service, '--log', self.log, '--admin', '127.0.0.1:0', *map(str, arguments)],
                                   stdout=log, stderr=log, env=SERVICE_ENVIRONMENT)
        self.addCleanup(process.kill)
        return process

    def status(self):
        code, out, err = gouji('status', '--log', self.log, '--format', 'json')
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def wait_until_through(self, reports):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            status = self.status()
            if status['reports'] == reports and all(lag['records'] == 0 for lag in status['lag']):
                return
            time.sleep(0.2)
        logs = ''.join(p.read_text()[-1500:] for p in self.folder.glob('*.log'))
        self.fail(f'not through after {PATIENCE_SECONDS} s: {status}\n{logs}')

    def test_killed_services_lose_and_double_nothing_and_a_subscriber_sees_every_anomaly(self):
        self.reports = self.folder / 'reports'
        folder_of_reports(self.reports, REPORTS)
        calm = self.folder / 'calm'
        code, _, err = gouji('run', '--once', '--data', calm, self.reports)
        self.assertEqual(code, 0, err)
        calm_log = f'local:{calm}/log.db'

        code, out, err = gouji('topics', 'apply', '--log', self.log, '--replication', '1')
        self.assertEqual(code, 0, err)
        services = {name: self.start(name) for name in ('gouji-crawler', 'gouji-parser', 'gouji-validator')}
        for _ in range(ROUNDS):
            name = RANDOM.choice(sorted(services))
            time.sleep(RANDOM.uniform(0.2, 2.5))
            services[name].kill()
            services[name].wait()
            services[name] = self.start(name)
        self.wait_until_through(REPORTS)
        for name, process in services.items():
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(30), 0, (self.folder / f'{name}.log').read_text()[-2000:])

        strip = lambda found: [(t, k, re.sub(r'"(fetched_at|opened_at|created_at)": "\d+"', '', v)) for _, t, k, v in found]
        for topic in (VERDICT, ANOMALY):
            records = tail(self.log, topic)
            self.assertEqual(strip(facts(records)), strip(facts(tail(calm_log, topic))), f'{topic}, seed {SEED}')
            ids = [header(r, 'ce_id') for r in records]
            self.assertEqual(len(ids), len(set(ids)), f'a {topic} is doubled, seed {SEED}')
        raw_ids = {header(r, 'ce_id') for r in tail(self.log, RAW)}
        parsed = {r['value']['evidence']['raw_id'] for r in tail(self.log, PARSED)}
        self.assertEqual(raw_ids, parsed)
        self.assertEqual(tail(self.log, DEAD_RAW, DEAD_PARSED), [])
        self.subscriber_sees(len(tail(calm_log, ANOMALY)))

    def test_a_local_log_moves_to_kafka_and_comes_out_the_same(self):
        reports = self.folder / 'small'
        folder_of_reports(reports, 40)
        large = reports / 'large.html'
        large.write_text('<html><body>' + (reports / 'report-0007.txt').read_text(encoding='utf-8').replace('\n', '<br>\n') +
                         ''.join(f'<!-- {RANDOM.random()} -->' for _ in range(60_000)) + '</body></html>', encoding='utf-8')
        local = self.folder / 'local'
        code, _, err = gouji('run', '--once', '--data', local, reports)
        self.assertEqual(code, 0, err)
        source = f'local:{local}/log.db'
        started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'second'], capture_output=True, text=True)
        self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', self.folder / 'second'], capture_output=True)
        self.assertEqual(started.returncode, 0, started.stderr)
        target = 'kafka:' + (self.folder / 'second/bootstrap').read_text().strip()
        gouji('topics', 'apply', '--log', target, '--replication', '1')

        copy = ['log', 'copy', '--log', source, '--data', local, '--to', target]
        code, _, err = gouji(*copy)
        self.assertEqual(code, 2, err)
        self.assertIn('--blobs-to', err)
        copy += ['--blobs-to', self.folder / 'blobs']
        process = subprocess.Popen([BIN / 'gouji', *map(str, copy)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(RANDOM.uniform(0.05, 0.6))
        process.kill()
        process.wait()
        for _ in range(2):
            code, out, err = gouji(*copy)
            self.assertEqual(code, 0, err)
        self.assertIn(' 0 条复制', out)
        self.assertEqual(once(facts(tail(target, RAW))), once(facts(tail(source, RAW))))
        code, out, err = gouji('log', 'compare', '--log', source, '--to', target)
        self.assertEqual(code, 1, 'nothing is computed there yet')

        self.log = target
        for service, more in (('gouji-parser', ['--blobs', self.folder / 'blobs']), ('gouji-validator', [])):
            running = subprocess.Popen([BIN / service, '--log', target, '--admin', '127.0.0.1:0', *map(str, more)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=SERVICE_ENVIRONMENT)
            self.addCleanup(running.wait)
            self.addCleanup(running.kill)
        self.wait_until_through(json.loads(gouji('status', '--log', source, '--format', 'json')[1])['reports'])
        code, out, err = gouji('log', 'compare', '--log', source, '--to', target)
        self.assertEqual((code, out), (0, ''), err)

    def test_every_format_goes_through_and_no_document_makes_the_service_large(self):
        started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'third'], capture_output=True, text=True)
        self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', self.folder / 'third'], capture_output=True)
        self.assertEqual(started.returncode, 0, started.stderr)
        log = 'kafka:' + (self.folder / 'third/bootstrap').read_text().strip()
        gouji('topics', 'apply', '--log', log, '--replication', '1')
        reports = self.folder / 'formats'
        shutil.copytree(FORMATS, reports)
        for i in range(4):  # as large as a document may be, several at once
            (reports / f'large-{i}.html').write_bytes(b'<html><body><table>' + b'<tr><td>1' * (31 * 1024 * 1024 // 9))
        data = self.folder / 'data-of-formats'
        self.log, self.reports = log, reports
        services = {}
        for service, more in (('gouji-crawler', ['--sources', reports, '--data', data]), ('gouji-parser', ['--blobs', data / 'blobs', '--workers', '4']),
                              ('gouji-validator', [])):
            with open(self.folder / f'{service}-formats.log', 'a') as output:
                services[service] = subprocess.Popen([BIN / service, '--log', log, '--admin', '127.0.0.1:0', *map(str, more)], stdout=output,
                                                     stderr=output, env=SERVICE_ENVIRONMENT)
            self.addCleanup(services[service].wait)
            self.addCleanup(services[service].kill)
        self.wait_until_through(len(list(FORMATS.iterdir())))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(tail(log, DEAD_RAW)) < 4 and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(len(tail(log, DEAD_RAW)), 4)  # no reports, or too slow on a loaded machine
        expect_every_format(self, log)
        status = pathlib.Path(f'/proc/{services["gouji-parser"].pid}/status').read_text()
        peak = int(re.search(r'VmHWM:\s+(\d+) kB', status).group(1))
        print(f'gouji-parser: at most {peak // 1024} MB')
        walls = re.search(r'"event":"worker.walls".*', (self.folder / 'gouji-parser-formats.log').read_text())
        self.assertTrue(walls)
        if '"seccomp":"on"' in walls.group(0):  # else a build with sanitizers
            self.assertLessEqual(peak, 100 * 1024)

    def subscriber_sees(self, anomalies):
        done = subprocess.run([PYTHON, ROOT / 'tests/e2e/consume.py', '--bootstrap', self.bootstrap, '--topic', ANOMALY,
                               '--unique'], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(done.stdout.splitlines()), anomalies)
        self.assertGreater(anomalies, 0)


if __name__ == '__main__':
    print(f'seed {SEED}')
    unittest.main(verbosity=2)
