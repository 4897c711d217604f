"""The programs against a real broker that wants names, passwords and rights: they work with exactly the
rights of deploy/kafka/acls.sh, say what is missing where something is, and never show a secret.
Run by run.sh; needs Java and Kafka's tools."""
import base64
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / 'tests/support/kafka'), str(_ROOT / 'tests/e2e')]
import kafka  # noqa: E402
import secured  # noqa: E402
from harness import ANOMALY, BIN, PARSED, RAW, SERVICE_ENVIRONMENT, folder_of_reports  # noqa: E402

SERVICES = ('gouji-crawler', 'gouji-parser', 'gouji-validator')
USERS = (*SERVICES, 'gouji-reader', 'gouji-operator', 'outsider')
REPORTS = 12
PATIENCE_SECONDS = 180


class SecurityTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix='gouji-security-'))
        cls.broker = secured.Secured(cls.folder / 'broker', USERS)
        cls.broker.__enter__()
        cls.addClassCleanup(cls.broker.__exit__)
        cls.tool = f'java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp {kafka.tools()}/* org.apache.kafka.tools.AclCommand'
        subprocess.run([_ROOT / 'deploy/kafka/acls.sh', '--bootstrap-server', cls.broker.bootstrap, '--command-config',
                        cls.broker.admin_file()], check=True, stdout=subprocess.DEVNULL, env={**os.environ, 'KAFKA_ACLS': cls.tool})
        cls.log = f'kafka:{cls.broker.bootstrap}'
        cls.said = []  # everything that any program has printed
        folder_of_reports(cls.folder / 'reports', REPORTS, wrong_every=3)
        code, out = cls.gouji('gouji-operator', 'topics', 'apply', '--replication', '1')
        assert code == 0, out

    # --- running the programs

    @classmethod
    def gouji(cls, user, *words, settings=None, log=None):
        given = {**cls.broker.login(user), **(settings or {})} if user else (settings or {})
        options = [word for name, value in given.items() for word in ('--kafka', f'{name}={value}')]
        done = subprocess.run([BIN / 'gouji', *words, '--log', log or cls.log, *options], capture_output=True, text=True, timeout=120,
                              env=SERVICE_ENVIRONMENT)
        cls.said.append(done.stdout + done.stderr)
        return done.returncode, done.stdout + done.stderr

    def start(self, service, settings, log=None, data='data'):
        own = {'gouji-crawler': ['--sources', self.folder / 'reports', '--data', self.folder / data],
               'gouji-parser': ['--blobs', self.folder / data / 'blobs'], 'gouji-validator': []}[service]
        config = self.folder / f'{service}.yaml'
        config.write_text('kafka:\n' + ''.join(f'  {name}: {json.dumps(str(value))}\n' for name, value in settings.items()))
        process = subprocess.Popen([BIN / service, '--config', config, '--log', log or self.log, '--admin', '127.0.0.1:0',
                                    '--log-level', 'debug', *map(str, own)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, env=SERVICE_ENVIRONMENT)
        self.addCleanup(self.finish, process)
        return process

    def finish(self, process):
        """What it said."""
        if process.stdout.closed:
            return ''
        process.terminate()
        try:
            said = process.communicate(timeout=30)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0]
        self.said.append(said)
        return said

    def wait_until_through(self, processes):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            code, out = self.gouji('gouji-reader', 'status', '--format', 'json')
            self.assertIn(code, (0, 4), out)  # 4: a coordinator that is just loading
            status = json.loads(out) if code == 0 else {'reports': -1}
            if status['reports'] == REPORTS and all(lag['records'] == 0 for lag in status['lag']):
                return
            ended = [process for process in processes if process.poll() is not None]
            self.assertEqual(ended, [], ''.join(map(self.finish, ended)))
            time.sleep(0.3)
        self.fail(f'not through: {out}' + ''.join(map(self.finish, processes)))

    def ends(self, process):
        """Exit code and words of a service that cannot go on."""
        said = process.communicate(timeout=PATIENCE_SECONDS)[0]
        self.said.append(said)
        return process.returncode, said

    def acl(self, change, principal, *words):
        subprocess.run([*self.tool.split(' '), '--bootstrap-server', self.broker.bootstrap, '--command-config', self.broker.admin_file(),
                        f'--{change}', *(['--force'] if change == 'remove' else []), '--allow-principal', principal, *words],
                       check=True, stdout=subprocess.DEVNULL)

    # --- the tests, in the order of their names

    def test_1_the_services_and_tail_work_with_exactly_these_rights(self):
        processes = [self.start(name, self.broker.login(name)) for name in SERVICES]
        self.wait_until_through(processes)
        for process in processes:
            said = self.finish(process)
            self.assertEqual(process.returncode, 0, said)
        code, out = self.gouji('gouji-reader', 'tail', ANOMALY, '--from', 'start')
        self.assertEqual((code, len(out.splitlines())), (0, REPORTS // 3), out)
        for words in (('topics', 'check'), ('list',), ('dlq', 'list')):
            code, out = self.gouji('gouji-operator', *words)
            self.assertIn(code, (0, 1) if words[0] == 'topics' else (0,), out)

    def test_2_certificates_instead_of_passwords(self):
        log = f'kafka:{self.broker.bootstrap_mtls}'
        processes = [self.start(name, self.broker.mtls(name), log, 'mtls') for name in SERVICES]
        self.wait_until_through(processes)
        for process in processes:
            said = self.finish(process)
            self.assertEqual(process.returncode, 0, said)
        code, out = self.gouji(None, 'tail', ANOMALY, '--from', 'start', settings=self.broker.mtls('gouji-reader'), log=log)
        self.assertEqual((code, len(out.splitlines())), (0, REPORTS // 3), out)

    def test_3_a_wrong_password_names_the_user_and_the_setting(self):
        wrong = self.broker.secret('wrong.password', 'of-somebody-else')
        code, said = self.ends(self.start('gouji-parser', {**self.broker.login('gouji-parser'), 'sasl.password.file': wrong}))
        self.assertNotEqual(code, 0)
        self.assertRegex(said, 'gouji-parser.*sasl.password')

    def test_3_an_unknown_authority_names_the_setting(self):
        self.broker.authority('stranger')
        code, said = self.gouji('gouji-reader', 'tail', settings={'ssl.ca.location': self.broker.folder / 'stranger.pem'})
        self.assertNotEqual(code, 0)
        self.assertIn('ssl.ca.location', said)

    def test_3_a_certificate_of_an_unknown_authority_is_refused(self):
        self.broker.authority('stranger')
        self.broker.certificate('intruder', 'stranger')
        code, said = self.gouji(None, 'tail', settings=self.broker.mtls('intruder'), log=f'kafka:{self.broker.bootstrap_mtls}')
        self.assertNotEqual(code, 0)
        self.assertIn('ssl.certificate.location', said)

    def test_3_without_tls_nothing_is_said(self):
        code, said = self.gouji(None, 'tail', settings={})
        self.assertNotEqual(code, 0)
        self.assertIn('security.protocol', said)

    def test_4_an_outsider_sees_and_writes_nothing(self):
        code, out = self.gouji('outsider', 'tail', ANOMALY, '--from', 'start')
        self.assertNotEqual(code, 0, out)
        self.assertIn('outsider', out)
        self.assertIn(ANOMALY, out)
        from confluent_kafka import Producer
        errors = []
        producer = Producer({**self.broker.login('outsider', file=False), 'bootstrap.servers': self.broker.bootstrap, 'log_level': 2,
                             'message.timeout.ms': 10_000})
        producer.produce(RAW, b'hostile', on_delivery=lambda error, _: errors.append(error.name()))
        producer.flush(20)
        self.assertEqual(errors, ['TOPIC_AUTHORIZATION_FAILED'])

    def test_5_a_missing_right_names_principal_and_topic(self):
        principal = 'User:gouji-parser'
        for words, named in ((('--operation', 'Write', '--topic', PARSED), PARSED),
                             (('--operation', 'Read', '--topic', RAW), RAW),
                             (('--operation', 'Read', '--group', 'gouji-parser'), 'group gouji-parser'),
                             (('--operation', 'Write', '--transactional-id', 'gouji-parser-', '--resource-pattern-type', 'prefixed'),
                              'gouji-parser-0')):
            with self.subTest(named):
                self.acl('remove', principal, *words)
                self.append_one()
                code, said = self.ends(self.start('gouji-parser', self.broker.login('gouji-parser')))
                self.acl('add', principal, *words)
                self.assertNotEqual(code, 0)
                last = said.strip().splitlines()[-1]
                self.assertIn(named, said)
                self.assertIn(principal, said, last)

    def append_one(self):
        """Something to read for the parser: one report more, by the crawler."""
        name = f'more-{time.time_ns()}.txt'
        text = (self.folder / 'reports/report-0000.txt').read_text(encoding='utf-8')
        (self.folder / 'reports' / name).write_text(text + f'\n{name}\n', encoding='utf-8')
        before = self.gouji('gouji-reader', 'tail', RAW, '--from', 'start')[1].count('\n')
        crawler = self.start('gouji-crawler', self.broker.login('gouji-crawler'))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.gouji('gouji-reader', 'tail', RAW, '--from', 'start')[1].count('\n') <= before:
            self.assertLess(time.monotonic(), deadline, 'nothing was appended')
        self.finish(crawler)

    def test_6_no_secret_is_shown(self):
        parser = self.start('gouji-parser', self.broker.login('gouji-parser'))
        for words in (['--help'], ['config', 'show', 'parser', '--config', str(self.folder / 'gouji-parser.yaml')]):
            done = subprocess.run([BIN / 'gouji', *words], capture_output=True, text=True, env=SERVICE_ENVIRONMENT)
            self.said.append(done.stdout + done.stderr)
        self.assertIn('sasl.password.file', self.said[-1])
        self.said.append(self.metrics(parser))
        self.finish(parser)
        code, out = self.gouji('gouji-reader', 'tail', settings={'sasl.password': self.broker.passwords['gouji-reader']})
        self.assertNotEqual(code, 0)
        said = '\n'.join(self.said)
        self.assertGreater(len(said), 10_000)
        for secret in [*self.broker.passwords.values(), 'of-somebody-else',
                       *((self.broker.folder / f'{user}.key').read_text().splitlines()[1] for user in USERS)]:
            for shape in (secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex(), urllib.parse.quote(secret)):
                self.assertNotIn(shape, said)

    def metrics(self, process):
        """Its port stands in its log or in /proc; the listening socket of the process is asked for."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            listens = subprocess.run(['ss', '-ltnpH'], capture_output=True, text=True).stdout
            for line in listens.splitlines():
                if f'pid={process.pid},' in line:
                    port = line.split()[3].rsplit(':', 1)[1]
                    return urllib.request.urlopen(f'http://127.0.0.1:{port}/metrics', timeout=10).read().decode()
            time.sleep(0.2)
        self.fail('no admin port')


if __name__ == '__main__':
    unittest.main(verbosity=2)
