"""Every alert of deploy/prometheus/rules, caused once by what it is for, and all of them silent while all is well: the
real programs and the real Prometheus, with the rules' times shortened (`SHORTER`, below).

What an alert says is looked at, and its page of the runbook is followed: the commands of "Look first" are run as they stand there.

  GOUJI_TEST_LONG=1 tests/e2e/alerts_test.py     all, five minutes: alert, how it was caused, seconds until it fired
  tests/e2e/alerts_test.py                       those that are quick"""
import http.server
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

from harness import BIN, CACHE, PARSED, SAMPLES, SERVICE_ENVIRONMENT, chinese, gouji, one_wrong_figure
from notify_test import Ground, ROOT, REPORT, eventually, free_port, get

RULES = ROOT / 'deploy/prometheus/rules/gouji.yaml'
YEAR = time.gmtime().tm_year - 1  # the report year that is due now
PYTHON = CACHE / 'python/bin/python'
LONG = unittest.skipUnless(os.environ.get('GOUJI_TEST_LONG'), 'takes a minute or more: GOUJI_TEST_LONG=1, or tests/run.sh --long')
CALM_SECONDS = int(os.environ.get('GOUJI_TEST_CALM_SECONDS', 20))
# What the rules wait for, in seconds instead of minutes, hours and days. Counts stay but for those that would take
# thousands of documents.
SHORTER = [
    (r'for: \w+', 'for: 1s'), (r'\[15m\] offset 2m', '[20s] offset 5s'), (r'\[15m:15s\]', '[20s:1s]'), (r'\[(10|15|30)m\]', '[20s]'), (r'\[1h\]', '[20s]'),
    ('> 300\n', '> 3\n'), ('> 1800\n', '> 4\n'), ('> 172800', '> 25'), ('> 21600', '> 15'), ('> 900', '> 3'), ('> 60\n', '> 4\n'),
    ('> 20\n', '> 5\n'), ('> 10000', '> 10'), ('> 1000', '> 20')]


def shortened():
    text = RULES.read_text(encoding='utf-8')
    for old, new in SHORTER:
        assert re.search(old, text), f'{old}: no rule says so any more'
        text = re.sub(old, new, text)
    return text


def look_first(alert):
    page = (ROOT / f'docs/runbook/{alert}.md').read_text(encoding='utf-8')
    return re.search(r'^## 先看 / Look first\n```sh\n(.*?)^```', page, re.M | re.S).group(1).splitlines()


class Portal:
    """A list of reports over HTTP that can lose its rows, refuse, or go silent."""

    def __init__(self, rows):
        self.rows, self.status = rows, 200
        portal = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                is_list = self.path.startswith('/list')
                status = 404 if self.path == '/robots.txt' else portal.status
                body = portal.page() if is_list else portal.report(self.path)
                self.send_response(status)
                self.send_header('Content-Type', 'text/html; charset=utf-8')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self):
        rows = ''.join(f'<li><a href="/{year}-{i}.html">某县教育局{year}年政府信息公开工作年度报告</a><span>{year + 1}-01-20</span></li>'
                       for i, year in enumerate(self.rows))
        return f'<html><meta charset="utf-8"><body><ul>{rows}</ul></body></html>'.encode()

    @staticmethod
    def report(path):
        year = path[1:5]
        return f'<html><meta charset="utf-8"><body><h1>某县教育局{year}年政府信息公开工作年度报告</h1><p>一、总体情况。全年平稳。</p></body></html>'.encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class AlertsCase(Ground):
    """Prometheus with the shortened rules; `watch()` tells it whom to scrape."""

    def prometheus(self):
        port = free_port()
        (self.folder / 'rules.yaml').write_text(shortened(), encoding='utf-8')
        (self.folder / 'targets.d').mkdir()
        (self.folder / 'prometheus.yml').write_text(json.dumps({
            'global': {'scrape_interval': '1s', 'evaluation_interval': '1s'}, 'rule_files': ['rules.yaml'],
            'scrape_configs': [{'job_name': 'gouji', 'file_sd_configs': [{'files': [f'{self.folder}/targets.d/*.json'], 'refresh_interval': '1s'}]}]}))
        self.start('prometheus', f'--config.file={self.folder}/prometheus.yml', f'--storage.tsdb.path={self.folder}/tsdb',
                   f'--web.listen-address=127.0.0.1:{port}')
        self.api = f'http://127.0.0.1:{port}/api/v1/'
        self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{port}/-/ready')))

    def watch(self, *ports):
        part = self.folder / 'targets.part'
        part.write_text(json.dumps([{'targets': [f'127.0.0.1:{port}' for port in ports]}]))
        part.rename(self.folder / 'targets.d/all.json')

    def ask(self, what):
        try:
            return json.loads(get(self.api + what))['data']
        except OSError:
            return {}

    def query(self, expression):
        return self.ask('query?query=' + urllib.parse.quote(expression)).get('result', [])

    def firing(self):
        return {a['labels']['alertname'] for a in self.ask('alerts').get('alerts', []) if a['state'] == 'firing'}

    def expect(self, alert, how, limit=60):
        began = time.monotonic()
        self.assertTrue(eventually(lambda: alert in self.firing(), limit=limit), f'{alert} does not fire: {how}; firing: {self.firing()}; {self.logs()}')
        print(f'| {alert} | {how} | {time.monotonic() - began:.0f} s |', flush=True)
        self.expect_readable(alert)
        self.follow(alert)

    def expect_readable(self, alert):
        for each in self.ask('alerts')['alerts']:
            if each['labels']['alertname'] == alert:
                text = each['annotations']['summary'] + each['annotations']['description']
                print(f'    {each["annotations"]["summary"]}', flush=True)
                self.assertNotRegex(text, r'no value|%!|NaN|Inf|\d\.\d{4}|\de[+-]', 'a number or a label that nobody can read')

    def follow(self, alert):
        """Only what says so in its comment may print nothing, or exit with 1."""
        for line in look_first(alert):
            done = subprocess.run(['bash', '-c', f'set -o pipefail\n{self.words_of_the_runbook()}\n{line}'], capture_output=True, text=True, timeout=60)
            may_be_empty = '也许没有' in line
            self.assertIn(done.returncode, (0, 1) if may_be_empty or '退出码 1' in line else (0,), f'{alert}: {line}: {done.stdout}{done.stderr}')
            self.assertTrue(done.stdout + done.stderr or may_be_empty, f'{alert}: nothing comes of: {line}: {done.stderr}; {self.logs()}')

    def words_of_the_runbook(self):
        """What docs/runbook/README.md defines for each deployment, for this one."""
        pids = ','.join(str(process.pid) for process in self.processes)
        return (f'g() {{ {BIN}/gouji "$@" {self.where()}; }}\nq() {{ promtool query instant {self.api.removesuffix("/api/v1/")} "$1"; }}\n'
                f'logs() {{ cat {self.folder}/[0-9]*.log; }}\nstate() {{ ps -o pid,stat,etime,args -p {pids}; }}')

    def expect_over(self, alert, limit=90):
        self.assertTrue(eventually(lambda: alert not in self.firing(), limit=limit), f'{alert} is not over; {self.logs()}')

    def logs(self):
        return ''.join(p.read_text(errors='replace')[-600:] for p in sorted(self.folder.glob('[0-9]*.log')))


@unittest.skipUnless(shutil.which('prometheus'), 'deploy/bootstrap.sh --tests unpacks prometheus')
class AlertsOnOneMachineTest(AlertsCase):
    def where(self):
        return f'--data {self.data}'

    def report(self, name, change=lambda text: text):
        """A report of the year that is due, of an organ of its own."""
        text = (SAMPLES / REPORT).read_text(encoding='utf-8')
        organ = text.splitlines()[0].split('2022')[0]
        text = text.replace(organ, f'{chinese(name)}县人民政府').replace('2022', str(YEAR)).replace('2023', str(YEAR + 1)).replace('2021', str(YEAR - 1))
        part = self.folder / 'part'
        part.write_text(change(text), encoding='utf-8')
        part.rename(self.source / f'{name:05}.txt')

    def portal_file(self, name, season, listing='nb'):
        path = self.folder / f'{name}.json'
        path.write_text(json.dumps({
            'schema': 1, 'id': name, 'family': 'generic', 'organ': {'name': '某县教育局', 'division': '330999', 'kind': 'department'},
            'hosts': ['127.0.0.1'], 'politeness': {'min_delay_ms': 100}, 'season': season, 'accept': {'title': ['年度报告']},
            'lists': [{'id': listing, 'request': {'url': f'{self.portal.url}/list-{name}.html'}, 'rows': {'select': 'li', 'fields': {'url': 'a@href', 'title': 'a', 'date': 'span'}}}]}))
        return path

    def run_gouji(self, *sources):
        self.port = getattr(self, 'port', None) or free_port()
        self.service = self.start(BIN / 'gouji', 'run', '--data', self.data, '--admin', f'127.0.0.1:{self.port}', '--allow-net', '127.0.0.0/8', self.source, *sources)
        self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{self.port}/readyz')), self.logs())

    def stop(self, process):
        process.terminate()
        self.assertEqual(process.wait(30), 0)

    def setUp(self):
        super().setUp()
        self.portal = Portal(range(YEAR - 11, YEAR + 1))
        self.addCleanup(self.portal.close)
        self.prometheus()
        self.steady = self.portal_file('steady', {'profile': 'steady', 'interval': '10s'})
        self.run_gouji(self.steady)
        self.notify_port = free_port()
        targets = self.targets({'name': 'hook', 'url': self.receiver.url + '/hook'})
        self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, '--admin', f'127.0.0.1:{self.notify_port}')
        self.watch(self.port, self.notify_port)
        for i in range(10):
            self.report(i)
        self.assertTrue(eventually(lambda: self.query('sum(gouji_validator_ledger_keys) >= 10')))

    def test_nothing_fires_in_calm_times(self):
        end = time.monotonic() + CALM_SECONDS
        number = 20
        while time.monotonic() < end:
            self.report(number)
            number += 1
            time.sleep(1)
        self.assertEqual([r['metric'] for r in self.query('max_over_time(ALERTS{alertstate="firing"}[5m])')], [])
        self.assertTrue(self.query('sum(gouji_records_consumed_total) > 20'), 'the hour was not so calm that nothing came')

    def test_reports_that_are_wrong(self):
        # The rise needs something to rise from: the rule must have looked back at a calm time.
        self.assertTrue(eventually(lambda: self.query('max_over_time(rule:gouji_anomalies_open:sum[20s] offset 5s)')))
        self.receiver.answer = lambda number: 503
        self.report(100, one_wrong_figure)
        self.expect('ReportAnomalyDetected', 'a report with one wrong figure')
        self.expect('NotificationsWaiting', 'the receiver answers 503')
        with sqlite3.connect(self.data / 'notify.db', timeout=10) as state:
            columns = [row[1] for row in state.execute('PRAGMA table_info(delivery)')]
            self.assertIn('created_at', columns)
            state.execute('UPDATE delivery SET created_at = created_at - 8 * 86400000')
        self.expect('NotificationsGivenUp', 'the same, for eight days (the waiting delivery is made older)', limit=120)
        self.receiver.answer = lambda number: 200
        self.expect_over('NotificationsWaiting')
        self.report(101, lambda text: re.sub(r'^(一、本年新收.*)\t(\d+)\t(\d+)\t(\d+)$', r'\1\t\2\3\t\4', text, flags=re.M))
        self.expect('ReportsMisread', 'a report in which two cells have run into one')
        self.report(101)
        (self.source / 'junk.pdf').write_bytes(b'%PDF-1.4 nothing')
        self.expect('DeadLettersAppearing', 'a PDF that is none')
        for alert in ('ReportAnomalyDetected', 'ReportsMisread', 'DeadLettersAppearing', 'NotificationsGivenUp'):
            self.expect_over(alert)

    @LONG
    def test_more_than_can_be_parsed_and_a_log_that_takes_nothing(self):
        # Long documents come in faster than worker processes that seldom have a processor can read them.
        rows = '<tr>' + '<td>12</td>' * 9 + '</tr>\n'
        page = f'<html><meta charset="utf-8"><body><h1>某县教育局{YEAR}年政府信息公开工作年度报告</h1><table>{rows * 20_000}</table></body></html>'
        for number in range(80):
            for half in 'ab':
                (self.folder / 'part').write_text(page.replace('某县', f'{chinese(number)}{half}县'), encoding='utf-8')
                (self.folder / 'part').rename(self.source / f'long-{number}{half}.html')
            self.signal_workers(signal.SIGSTOP)
            time.sleep(0.5)
            if 'LagGrowing' in self.firing():
                break
            self.signal_workers(signal.SIGCONT)
            time.sleep(0.02)
        self.expect('LagGrowing', 'long documents, and workers that are stopped nearly all the time')
        with sqlite3.connect(self.data / 'log.db', timeout=30, isolation_level=None) as log:
            log.execute('BEGIN IMMEDIATE')
            self.signal_workers(signal.SIGCONT)
            for i in range(2000, 2100):
                self.report(i)
            self.expect('StageNotCommitting', 'another process holds the file of the log for writing, with records waiting')
            self.expect('StageStalled', 'the same: a stage waits for the file, five seconds at a time')
            self.expect('OutboxGrowing', 'the same, with new reports')
            log.execute('ROLLBACK')
        self.expect('LatencyHigh', 'the same, released: what waited comes late')
        for alert in ('StageStalled', 'StageNotCommitting', 'OutboxGrowing', 'LagGrowing'):
            self.expect_over(alert)

    @LONG
    def test_workers_that_die(self):
        """Each new report meets a worker process that is killed under it."""
        first, number = time.monotonic(), 3000
        while 'WorkersDying' not in self.firing() and time.monotonic() < first + 90:
            for i in range(number, number + 20):
                self.report(i)
            number += 20
            end = time.monotonic() + 2
            while time.monotonic() < end:
                self.signal_workers(signal.SIGKILL)
                time.sleep(0.01)
        self.expect('WorkersDying', 'worker processes are killed at their work')

    def signal_workers(self, number):
        for pid in self.workers():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def workers(self):
        """Processes whose parent is the running service."""
        parent = str(self.service.pid)
        for entry in os.listdir('/proc'):
            if entry.isdigit():
                try:
                    with open(f'/proc/{entry}/stat') as stat:
                        if stat.read().rpartition(')')[2].split()[1] == parent:
                            yield int(entry)
                except OSError:
                    pass

    @LONG
    def test_a_portal_that_changes(self):
        self.portal.rows = [YEAR]
        self.expect('PortalDrift', 'a list that loses its rows')
        self.expect('PortalsDegraded', 'the same')
        self.portal.rows = list(range(YEAR - 11, YEAR + 1))
        self.expect_over('PortalsDegraded')
        self.portal.rows = [YEAR - 1]
        self.expect('PortalsDegraded', 'once more')
        # The page of PortalDrift: where the list is as short as that, another id makes its old shape forgotten.
        self.stop(self.service)
        self.steady = self.portal_file('steady', {'profile': 'steady', 'interval': '10s'}, listing='short')
        self.run_gouji(self.steady)
        self.expect_over('PortalsDegraded')
        self.stop(self.service)
        self.run_gouji(self.steady, self.portal_file('department', {'profile': 'department'}))
        self.expect('ReportsOverdue', 'the list of an organ that has not the report of the year now due')
        self.portal.status = 503
        self.expect('PortalsNotRead', 'the portal answers 503')
        self.portal.status = 200
        self.expect_over('PortalsNotRead')

    @LONG
    def test_a_host_with_more_than_politeness_allows(self):
        self.stop(self.service)
        self.portal.rows = [YEAR] * 60
        self.run_gouji(self.portal_file('long', {'profile': 'department'}))
        self.expect('CrawlerBehind', 'sixty new documents on one host, one request a second')

    def test_a_service_that_is_gone(self):
        began = f'process_start_time_seconds{{instance="127.0.0.1:{self.port}"}}'
        for _ in range(3):
            before = self.query(began)[0]['value'][1]
            self.service.kill()
            self.service.wait()
            self.run_gouji()
            self.assertTrue(eventually(lambda: self.query(f'{began} != {before}')))
        self.expect('ServiceRestarting', 'kill -9, three times, and a supervisor')
        self.service.kill()
        self.service.wait()
        self.expect('ServiceDown', 'kill -9')
        self.run_gouji()
        for alert in ('ServiceDown', 'ServiceRestarting'):
            self.expect_over(alert)


KAFKA = ROOT / 'tests/support/kafka/kafka.py'
# A topic takes no record of this size.
SIZE = '''
import sys
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
entry = ConfigEntry('max.message.bytes', sys.argv[3], incremental_operation=AlterConfigOpType.SET)
topic = ConfigResource(ResourceType.TOPIC, sys.argv[2], incremental_configs=[entry])
admin = AdminClient({'bootstrap.servers': sys.argv[1]})
for done in admin.incremental_alter_configs([topic]).values():
    done.result(30)
'''


@unittest.skipUnless(shutil.which('prometheus') and PYTHON.exists(), 'deploy/bootstrap.sh --tests unpacks prometheus and the packages of Python')
class AlertsOnKafkaTest(AlertsCase):
    """What only Kafka can do to a stage."""

    def where(self):
        return f'--log kafka:{self.bootstrap}'

    def setUp(self):
        super().setUp()
        started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            self.skipTest(started.stderr)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', self.folder / 'broker'], capture_output=True)
        self.bootstrap = (self.folder / 'broker/bootstrap').read_text().strip()
        code, out, err = gouji('topics', 'apply', '--log', f'kafka:{self.bootstrap}', '--replication', '1')
        self.assertEqual(code, 0, out + err)
        self.prometheus()

    def service(self, name, port, *arguments):
        return self.start(BIN / name, '--log', f'kafka:{self.bootstrap}', '--admin', f'127.0.0.1:{port}', *arguments, env=SERVICE_ENVIRONMENT)

    @LONG
    def test_a_topic_that_takes_nothing_and_two_services_of_one_ordinal(self):
        crawler, parser, validator = free_port(), free_port(), free_port()
        blobs = ('--blobs', self.data / 'blobs')
        self.service('gouji-crawler', crawler, '--sources', self.source, '--data', self.data, '--rescan-interval', '500ms')
        self.service('gouji-parser', parser, *blobs)
        self.service('gouji-validator', validator)
        self.watch(crawler, parser, validator)
        (self.source / 'calm.txt').write_text((SAMPLES / REPORT).read_text(encoding='utf-8'), encoding='utf-8')
        self.assertTrue(eventually(lambda: self.query('sum(gouji_validator_ledger_keys) >= 1')), self.logs())
        self.assertTrue(eventually(lambda: not self.firing()))
        subprocess.run([PYTHON, '-c', SIZE, self.bootstrap, PARSED, '500'], check=True)
        self.write(wrong=True)
        self.expect('TransactionsAborting', 'the topic of parsed reports was set to take no record of more than 500 bytes')
        subprocess.run([PYTHON, '-c', SIZE, self.bootstrap, PARSED, '1048588'], check=True)  # as deploy/topics.yaml promises
        self.expect_over('TransactionsAborting')
        # Each new one fences the other, which ends with 76 and is started again by its supervisor.
        ports, pair = [free_port(), free_port()], {}
        self.watch(crawler, validator, *ports)
        deadline = time.monotonic() + 90
        codes, number = [], 0
        while 'ServiceRestarting' not in self.firing() and time.monotonic() < deadline:
            for port in ports:
                if port not in pair or pair[port].poll() is not None:
                    codes += [pair[port].returncode] if port in pair else []
                    pair[port] = self.service('gouji-parser', port, '--ordinal', '7', *blobs)
            number += 1
            text = (SAMPLES / REPORT).read_text(encoding='utf-8').replace('临河', chinese(number))
            (self.source / f'{number}.txt').write_text(text, encoding='utf-8')  # a service notices when it commits
            time.sleep(0.5)
        self.expect('ServiceRestarting', 'two parsers of one ordinal, and a supervisor: exit codes ' + ', '.join(map(str, codes[:4])))
        self.assertEqual(set(codes), {76}, self.logs())


class CoverageTest(unittest.TestCase):
    def test_every_alert_is_caused_here(self):
        caused = re.findall(r"self\.expect\('(\w+)'", (ROOT / 'tests/e2e/alerts_test.py').read_text(encoding='utf-8'))
        self.assertEqual(sorted(set(caused)), sorted(re.findall(r'- alert: (\w+)', RULES.read_text(encoding='utf-8'))))


if __name__ == '__main__':
    unittest.main(verbosity=2)
