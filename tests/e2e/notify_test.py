"""From an anomaly in the log to the people who must act: webhooks, Alertmanager, Prometheus, all of them real."""
import base64
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

from harness import ANOMALY, BIN, CACHE, RANDOM, ROOT, ROUNDS, SAMPLES, SEED, SERVICE_ENVIRONMENT, folder_of_reports, gouji, header, one_wrong_figure, tail
from receiver import Receiver

os.environ['PATH'] += f':{CACHE}/prometheus/usr/bin'  # what the bootstrap unpacked
REPORT = 'linhe_2022.txt'
LIMIT = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def eventually(what, limit=LIMIT):
    """What `what()` gives as soon as it is true; what it gave last when it never was."""
    end = time.monotonic() + limit
    while True:
        found = what()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.05)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


class Ground(unittest.TestCase):
    """A folder of reports, a log, and a receiver."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-notify-'))
        self.data, self.source = self.folder / 'data', self.folder / 'in'
        self.source.mkdir()
        self.receiver = Receiver()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.receiver.close)
        self.processes = []
        self.addCleanup(self.stop_all)

    def stop_all(self):
        for process in self.processes:
            process.kill()
            process.wait()

    def start(self, *command, **options):
        log = open(self.folder / f'{len(self.processes)}.log', 'w')
        self.addCleanup(log.close)
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=subprocess.STDOUT, **options)
        self.processes.append(process)
        return process

    def write(self, wrong):
        text = (SAMPLES / REPORT).read_text(encoding='utf-8')
        (self.source / REPORT).write_text(one_wrong_figure(text) if wrong else text, encoding='utf-8')

    def run_once(self):
        code, out, err = gouji('run', '--once', '--data', self.data, self.source)
        self.assertEqual(code, 0, out + err)

    def targets(self, *webhooks, **more):
        path = self.folder / 'targets.json'
        path.write_text(json.dumps({'schema': 1, 'webhooks': list(webhooks), **more}), encoding='utf-8')
        return path

    def webhook(self, **members):
        return {'name': 'hook', 'url': self.receiver.url + '/hook', 'filter': {'years': 'all'}, **members}

    def notify(self, *arguments, expect=0):
        code, out, err = gouji('notify', '--data', self.data, *arguments)
        self.assertEqual(code, expect, out + err)
        return out, err

    @staticmethod
    def answers(url):
        try:
            return get(url) is not None
        except OSError:
            return False

    def gouji_run(self):
        port = free_port()
        self.start(BIN / 'gouji', 'run', '--data', self.data, '--admin', f'127.0.0.1:{port}', self.source)
        self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{port}/readyz')))
        return port


class NotifyTest(Ground):
    def test_a_wrong_report_is_told_with_its_cell_and_the_corrected_one_settles_it(self):
        secret = self.folder / 'secret'
        secret.write_text('geheim\n')
        targets = self.targets(self.webhook(secret_file=str(secret)))
        self.write(wrong=True)
        self.run_once()
        self.notify('--targets', targets, '--once', '--from', 'start')
        messages = self.receiver.messages()
        self.assertEqual([m['status'] for m in messages], ['firing'])
        change = messages[0]['explanations'][0]['changes'][0]
        self.assertEqual(change['cell'], 't3.new.total')
        self.assertEqual(change['proposed'], change['reported'] - 1)
        self.assertIn('临河', messages[0]['organ'])
        self.assertEqual(messages[0]['year'], 2022)
        self.assertTrue(messages[0]['source']['url'].startswith('file://'))
        _, headers, body = self.receiver.taken()[0]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        self.assertEqual(headers['webhook-signature'], 'v1,' + base64.b64encode(hmac.digest(b'geheim', signed, 'sha256')).decode())
        self.assertEqual(headers['webhook-id'], header(tail(f'local:{self.data}/log.db', ANOMALY)[0], 'ce_id'))
        self.notify('--targets', targets, '--once')
        self.run_once()
        self.notify('--targets', targets, '--once')
        self.assertEqual(len(self.receiver.messages()), 1, 'a repeat, or a second reading of the same report, is no news')
        self.write(wrong=False)
        self.run_once()
        self.notify('--targets', targets, '--once')
        self.assertEqual([(m['status'], m['transition'], m['resolved_by']) for m in self.receiver.messages()[1:]],
                         [('resolved', 'resolved', 'version:2')])

    def test_filters_decide_who_hears_of_what(self):
        def named(name, **wanted):
            return {'name': name, 'url': f'{self.receiver.url}/{name}', 'filter': {'years': 'all', **wanted}}

        targets = self.targets(named('all'), named('organ', organs=['临河']), named('other-organ', organs=['许昌']),
                               named('rule', rules=['T3.*']), named('other-rule', rules=['T4.*']), named('years', years=[2022]),
                               named('other-years', years=[2021]), {'name': 'current', 'url': self.receiver.url + '/current'},
                               named('faults', faults=['EXTRACTION']))
        self.write(wrong=True)
        self.run_once()
        self.notify('--targets', targets, '--once', '--from', 'start')
        self.assertEqual(sorted(path for path, _, _ in self.receiver.taken()), ['/all', '/organ', '/rule', '/years'])

    def test_each_shape_says_where_to_look(self):
        shapes = ['slack', 'wecom', 'dingtalk', 'feishu']
        secret = self.folder / 'secret'
        secret.write_text('geheim')
        targets = self.targets(*({'name': shape, 'url': f'{self.receiver.url}/{shape}?key=1', 'shape': shape, 'secret_file': str(secret),
                                  'filter': {'years': 'all'}} for shape in shapes))
        self.receiver.body = b'{"errcode":0,"code":0}'
        self.write(wrong=True)
        self.run_once()
        self.notify('--targets', targets, '--once', '--from', 'start')
        taken = {path.split('?')[0][1:]: (path, json.loads(body)) for path, _, body in self.receiver.taken()}
        texts = {'slack': taken['slack'][1]['text'], 'wecom': taken['wecom'][1]['markdown']['content'],
                 'dingtalk': taken['dingtalk'][1]['markdown']['text'], 'feishu': taken['feishu'][1]['content']['text']}
        for shape, text in texts.items():
            for part in ('临河', '2022', '总计', '→', REPORT):
                self.assertIn(part, text, shape)
        self.assertRegex(taken['dingtalk'][0], r'^/dingtalk\?key=1&timestamp=\d{13}&sign=[A-Za-z0-9%]+$')
        stamp = taken['feishu'][1]['timestamp']
        self.assertEqual(taken['feishu'][1]['sign'],
                         base64.b64encode(hmac.digest(f'{stamp}\ngeheim'.encode(), b'', 'sha256')).decode())

    def test_a_robot_that_says_no_with_200_is_asked_again(self):
        targets = self.targets(self.webhook(shape='wecom'))
        self.receiver.body = b'{"errcode":93000,"errmsg":"invalid webhook url"}'
        self.write(wrong=True)
        self.run_once()
        self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, '--from', 'start')
        self.assertTrue(eventually(lambda: len(self.receiver.taken()) >= 1))
        self.receiver.body = b'{"errcode":0}'
        count = len(self.receiver.taken())
        self.assertTrue(eventually(lambda: len(self.receiver.taken()) > count))

    def test_nothing_is_lost_or_told_under_another_id_over_kill_9_and_a_receiver_that_fails(self):
        targets = self.targets(self.webhook())
        folder_of_reports(self.source, 60, wrong_every=2)
        self.run_once()
        expected = {header(r, 'ce_id') for r in tail(f'local:{self.data}/log.db', ANOMALY) if r['value']['severity'] == 'SEVERITY_ERROR'}
        self.assertGreaterEqual(len(expected), 30)
        self.receiver.answer = lambda number: 200 if number % 3 else 503
        for round_number in range(ROUNDS):
            process = self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, '--from', 'start')
            before = len(self.receiver.taken()) + self.receiver.refused
            wanted = before + RANDOM.randrange(1, 8)
            eventually(lambda: len(self.receiver.taken()) + self.receiver.refused >= wanted or len(self.ids()) == len(expected), limit=20)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.receiver.answer = lambda number: 200
        self.notify('--targets', targets, '--once', '--from', 'start')
        self.assertEqual(self.ids(), expected, f'GOUJI_TEST_SEED={SEED}')
        bodies = {}
        for _, headers, body in self.receiver.taken():
            self.assertEqual(bodies.setdefault(headers['webhook-id'], body), body)

    def ids(self):
        return {headers['webhook-id'] for _, headers, _ in self.receiver.taken()}

    def test_a_file_of_receivers_with_mistakes_is_refused_with_all_of_them(self):
        path = self.folder / 'targets.json'
        path.write_text('{"schema": 1, "webhooks": [{"name": "A B", "url": "ftp://x", "shape": "mail", "filtre": {}}, '
                        '{"name": "ok", "url": "http://x", "filter": {"severity": "fatal", "years": ["x"]}}]}')
        _, err = self.notify('--targets', path, '--check', expect=2)
        for place in ('/webhooks/0/name', '/webhooks/0/url', '/webhooks/0/shape', '/webhooks/0/filtre', '/webhooks/1/filter/severity',
                      '/webhooks/1/filter/years'):
            self.assertIn(place, err)
        _, err = self.notify(expect=2)
        self.assertIn('--alertmanager', err)

    def test_all_secrets_that_cannot_be_used_are_named_at_once(self):
        empty, address = self.folder / 'empty', self.folder / 'address'
        empty.write_text('\n')
        address.write_text('ftp://example.org\n')
        targets = self.targets({'name': 'a', 'url_file': str(self.folder / 'no-address'), 'secret_file': str(self.folder / 'no-secret')},
                               {'name': 'b', 'url_file': str(address), 'bearer_file': str(empty)},
                               alertmanagers=[{'name': 'am', 'url': 'http://127.0.0.1:1', 'bearer_file': str(self.folder)}])
        _, err = self.notify('--targets', targets, '--check', expect=2)
        for mistake in ('a: url_file', 'no-address', 'a: secret_file', 'no-secret', 'b: url_file', str(address), 'b: bearer_file', str(empty),
                        f'am: bearer_file: {self.folder}'):
            self.assertIn(mistake, err)

    def test_another_log_is_not_mistaken_for_the_one_before(self):
        self.write(wrong=True)
        self.run_once()
        targets = self.targets(self.webhook())
        self.notify('--targets', targets, '--once')
        other = self.folder / 'other'
        gouji('run', '--once', '--data', other, self.source)
        _, err = self.notify('--targets', targets, '--once', '--log', f'local:{other}/log.db', expect=2)
        self.assertIn('notify.db', err)


@unittest.skipUnless(shutil.which('prometheus') and shutil.which('prometheus-alertmanager'),
                     'deploy/bootstrap.sh --tests unpacks prometheus and prometheus-alertmanager')
class AlertingTest(Ground):
    """The whole way, with the real Prometheus and the real Alertmanager."""

    def alertmanager(self):
        port = free_port()
        config = self.folder / 'alertmanager.yml'
        config.write_text(json.dumps({
            'route': {'receiver': 'hook', 'group_by': ['...'], 'group_wait': '0s', 'group_interval': '1s', 'repeat_interval': '1h'},
            'receivers': [{'name': 'hook', 'webhook_configs': [{'url': self.receiver.url + '/am', 'send_resolved': True}]}]}))
        command = ['prometheus-alertmanager', f'--config.file={config}', f'--storage.path={self.folder}/am', f'--web.listen-address=127.0.0.1:{port}',
                   '--cluster.listen-address=']
        # Debian's looks for its templates in /usr/share: where it is unpacked and not installed, it is shown the unpacked ones there.
        unpacked = CACHE / 'prometheus/usr/share'
        if unpacked.exists() and not pathlib.Path('/usr/share/prometheus/alertmanager').exists():
            command = ['unshare', '--map-root-user', '--mount', 'sh', '-c', 'mount --bind "$0" /usr/share && exec "$@"', unpacked, *command]
        self.start(*command)
        url = f'http://127.0.0.1:{port}'
        self.assertTrue(eventually(lambda: self.answers(url + '/-/ready')))
        return url

    def alerts(self, name):
        found = []
        for path, _, body in self.receiver.taken():
            if path == '/am':
                found += [(a['status'], a) for a in json.loads(body)['alerts'] if a['labels']['alertname'] == name]
        return found

    def test_an_anomaly_is_an_alert_until_the_report_is_corrected(self):
        self.gouji_run()
        self.expect_an_alert_until_the_correction()

    def test_the_same_over_kafka(self):
        broker = ROOT / 'tests/support/kafka/kafka.py'
        started = subprocess.run([sys.executable, broker, 'start', self.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            self.skipTest(started.stderr)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(subprocess.run, [sys.executable, broker, 'stop', self.folder / 'broker'], capture_output=True)
        log = ('--log', 'kafka:' + (self.folder / 'broker/bootstrap').read_text().strip())
        code, out, err = gouji('topics', 'apply', *log, '--replication', '1')
        self.assertEqual(code, 0, out + err)
        for name, more in (('gouji-crawler', ('--sources', self.source, '--data', self.data, '--rescan-interval', '500ms')),
                           ('gouji-parser', ('--blobs', self.data / 'blobs')), ('gouji-validator', ())):
            self.start(BIN / name, *log, '--admin', '127.0.0.1:0', *more, env=SERVICE_ENVIRONMENT)
        self.expect_an_alert_until_the_correction(*log)

    def expect_an_alert_until_the_correction(self, *log):
        url = self.alertmanager()
        targets = self.targets(alertmanagers=[{'name': 'am', 'url': url, 'filter': {'years': 'all'}}])
        command = [BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, *log]
        notify = self.start(*command)
        self.write(wrong=True)
        self.assertTrue(eventually(lambda: self.alerts('ReportAnomaly')))
        status, alert = self.alerts('ReportAnomaly')[0]
        self.assertEqual(status, 'firing')
        self.assertIn('临河', alert['annotations']['summary'])
        self.assertIn('总计', alert['annotations']['cells'])
        self.assertEqual(alert['labels']['year'], '2022')
        # A restart of notify tells Alertmanager again what stands, and nobody else.
        notify.send_signal(signal.SIGKILL)
        notify.wait()
        self.start(*command)
        self.write(wrong=False)
        self.assertTrue(eventually(lambda: len(self.alerts('ReportAnomaly')) > 1))
        self.assertEqual([status for status, _ in self.alerts('ReportAnomaly')], ['firing', 'resolved'])

    def test_prometheus_sees_the_rise_and_every_panel_of_the_dashboards_shows_something(self):
        url = self.alertmanager()
        port = self.gouji_run()
        prometheus, notify_port = free_port(), free_port()
        self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', self.targets(self.webhook()), '--admin', f'127.0.0.1:{notify_port}')
        rules = (ROOT / 'deploy/prometheus/rules/gouji.yaml').read_text(encoding='utf-8')
        # The sample is of a past year, and the test has no quarter of an hour.
        rules = rules.replace('period="current"', 'period="past"').replace('[15m] offset 2m', '[15s] offset 4s').replace('for: 30s', 'for: 1s')
        (self.folder / 'rules.yaml').write_text(rules, encoding='utf-8')
        (self.folder / 'prometheus.yml').write_text(json.dumps({
            'global': {'scrape_interval': '1s', 'evaluation_interval': '1s'}, 'rule_files': ['rules.yaml'],
            'alerting': {'alertmanagers': [{'static_configs': [{'targets': [url.removeprefix('http://')]}]}]},
            'scrape_configs': [{'job_name': 'gouji', 'static_configs': [{'targets': [f'127.0.0.1:{port}', f'127.0.0.1:{notify_port}']}]}]}))
        self.start('prometheus', f'--config.file={self.folder}/prometheus.yml', f'--storage.tsdb.path={self.folder}/tsdb',
                   f'--web.listen-address=127.0.0.1:{prometheus}')
        query = f'http://127.0.0.1:{prometheus}/api/v1/query?query='

        def value(expression):
            try:
                result = json.loads(get(query + urllib.request.quote(expression)))['data']['result']
            except OSError:
                return None
            return float(result[0]['value'][1]) if result else None

        # The rise needs something to rise from: the rule must have looked back at a calm time.
        self.assertIsNotNone(eventually(lambda: value('max_over_time(rule:gouji_anomalies_open:sum[15s] offset 4s)') is not None or None))
        self.write(wrong=True)
        self.assertTrue(eventually(lambda: self.alerts('ReportAnomalyDetected')))
        self.assertEqual(self.alerts('ReportAnomalyDetected')[0][0], 'firing')
        self.assertEqual(value('sum(gouji_anomalies_open{severity="error"})'), 1)
        # Every panel of every dashboard shows something, but for those that show only what is above zero.
        for path in sorted((ROOT / 'deploy/grafana/dashboards').glob('*.json')):
            for panel in json.loads(path.read_text(encoding='utf-8'))['panels']:
                for target in panel['targets']:
                    expression = target['expr'].replace('$__rate_interval', '10s')
                    if '> 0' not in expression:
                        self.assertIsNotNone(eventually(lambda: value(expression) is not None or None, limit=20), f'{path.name}: {panel["title"]}: {expression}')


def documented():
    """name -> (type, labels) of docs/metrics.md; `_bytes` after a name stands for the same name with that ending."""
    found = {}
    for names, kind, labels in re.findall(r'^\| (`[^|]+`) \| (counter|gauge|histogram) \|([^|]*)\|', (ROOT / 'docs/metrics.md').read_text(encoding='utf-8'), re.M):
        names = re.findall(r'`([a-z_]+)`', names)
        for name in [names[0]] + [names[0].rsplit('_', 1)[0] + rest for rest in names[1:]]:
            found[name] = (kind, {label.strip() for label in labels.split(',') if label.strip()})
    return found


def exposed(text):
    """name -> (type, labels) of a scrape."""
    found = {name: (kind, set()) for name, kind in re.findall(r'^# TYPE (\w+) (\w+)$', text, re.M)}
    for name, labels in re.findall(r'^(\w+)(?:\{(.*)\})? \S+$', text, re.M):
        base = next((name.removesuffix(end) for end in ('_bucket', '_sum', '_count') if name.removesuffix(end) in found), name)
        found[base][1].update(set(re.findall(r'(\w+)="', labels)) - {'le'})
    return found


class MetricsContractTest(Ground):
    """Dashboards and alerts are written against docs/metrics.md: what is exposed is exactly what stands there."""

    def test_what_is_exposed_under_load_is_what_is_documented(self):
        port, notify_port = self.gouji_run(), free_port()
        targets = self.targets(self.webhook())
        self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, '--admin', f'127.0.0.1:{notify_port}')
        folder_of_reports(self.source, 40, wrong_every=2)
        (self.source / 'junk.pdf').write_bytes(b'%PDF-1.4 nothing')
        self.assertTrue(eventually(lambda: len(self.receiver.taken()) >= 15))
        texts = [get(f'http://127.0.0.1:{each}/metrics') for each in (port, notify_port)]
        found = {}
        for text in texts:
            for name, (kind, labels) in exposed(text).items():
                found.setdefault(name, (kind, set()))[1].update(labels)
        wanted = documented()
        # Series that appear only when something goes wrong may be without labels yet.
        self.assertEqual(sorted(found), sorted(wanted))
        for name, (kind, labels) in found.items():
            self.assertEqual(kind, wanted[name][0], name)
            self.assertTrue(labels <= wanted[name][1], f'{name}: {labels} {wanted[name][1]}')
        for text in texts:
            self.assertLess(len([line for line in text.splitlines() if line and line[0] != '#']), 2500)
            if shutil.which('promtool'):
                done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == '__main__':
    print(f'GOUJI_TEST_SEED={SEED} GOUJI_TEST_ROUNDS={ROUNDS}')
    unittest.main(verbosity=2)
