"""The whole way, over both logs: a portal publishes reports that do not add up, people are told which cell, the portal
corrects one of them and they are told that too; what operators do afterwards tells nobody anything. The crawler, the
parser, the validator, `gouji notify`, Prometheus and Alertmanager are the real ones, with the files of deploy/."""
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest
import urllib.parse
import urllib.request

from alerts_test import KAFKA, YEAR
from harness import BIN, SERVICE_ENVIRONMENT, VERDICT, gouji, tail
from monitoring import RULES, alertmanager_command, alertmanager_yml, prometheus_yml
from notify_test import Ground, eventually, free_port, get

PORTAL = BIN.parent / 'tests/gouji-fake-portal'
ARTICLE = 3  # UrlKind of services/crawler/io/state.h


class Story:
    """Of a log that a subclass has. `log` is how commands name it; `services` are the names of its processes."""

    def setUp(self):
        super().setUp()
        self.ports, self.running, self.began, self.opened = {}, {}, {}, time.time()
        self.alertmanager, self.prometheus = free_port(), free_port()
        self.portal()
        self.monitoring()

    def portal(self):
        log = self.folder / 'portal.log'
        with open(log, 'w') as output:
            self.processes.append(subprocess.Popen([PORTAL, '--sites', '1', '--port', '0', '--reports', '0'], stdout=output))
        self.assertTrue(eventually(lambda: '\n' in log.read_text()))
        self.list_url = log.read_text().split()[1]
        self.portal_file = self.folder / 'linhe.json'
        self.portal_file.write_text(json.dumps({
            'schema': 1, 'id': 'linhe', 'family': 'trs-static', 'organ': {'division': '330999', 'kind': 'department'}, 'hosts': ['127.0.0.2'],
            'politeness': {'min_delay_ms': 100}, 'season': {'profile': 'steady', 'interval': '10s'}, 'lists': [{'id': 'nb', 'request': {'url': self.list_url}}]}))

    def order(self, what, **values):
        url = urllib.parse.urljoin(self.list_url, f'/_ctl/{what}?{urllib.parse.urlencode(values)}')
        with urllib.request.urlopen(urllib.request.Request(url, method='POST'), timeout=10) as answer:
            return answer.read().decode().strip()

    def publish(self, organ, wrong):
        number = self.order('publish', organ=organ, year=YEAR, date=f'{YEAR + 1}-01-20')
        if wrong:
            self.order('amend', id=number, wrong=1)
        return number

    def monitoring(self):
        config, rules = self.folder / 'alertmanager.yml', RULES.read_text(encoding='utf-8')
        config.write_text(re.sub(r'group_(wait|interval): \w+', r'group_\1: 1s', alertmanager_yml(self.receiver.url)), encoding='utf-8')
        # The test has no quarter of an hour to look back on. All else is as shipped: a restart is shorter than ServiceDown's two minutes.
        rules = rules.replace('[15m] offset 2m', '[40s] offset 6s').replace('[15m:15s]', '[20s:1s]').replace('for: 30s', 'for: 2s')
        (self.folder / 'rules.yaml').write_text(rules, encoding='utf-8')
        self.start(*alertmanager_command(config, self.folder / 'am', self.alertmanager))
        self.ports = {name: [free_port()] for name in (*self.services, 'notify')}
        self.scrape()
        self.start('prometheus', f'--config.file={self.folder}/prometheus.yml', f'--storage.tsdb.path={self.folder}/tsdb', '--web.enable-lifecycle',
                   f'--web.listen-address=127.0.0.1:{self.prometheus}')
        for port in (self.alertmanager, self.prometheus):
            self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{port}/-/ready')), self.logs())

    def scrape(self):
        text = prometheus_yml(self.ports, self.alertmanager).replace('rules/gouji.yaml', 'rules.yaml').replace('interval: 15s', 'interval: 1s')
        (self.folder / 'prometheus.yml').write_text(text, encoding='utf-8')

    def scrape_also(self, **ports):
        for name, port in ports.items():
            self.ports[name].append(port)
        self.scrape()
        reload = urllib.request.Request(f'http://127.0.0.1:{self.prometheus}/-/reload', method='POST')
        urllib.request.urlopen(reload, timeout=10).close()

    def serve(self, name, *more, instance=0):
        port = self.ports[name][instance]
        crawls = {'GOUJI_HOST_DELAY': '0s'} if name == self.services[0] else {}
        self.running[name, instance] = self.start(*self.command(name), *more, '--admin', f'127.0.0.1:{port}', env={**SERVICE_ENVIRONMENT, **crawls})
        self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{port}/readyz')), self.logs())

    def stop(self, name, instance=0):
        process = self.running[name, instance]
        process.terminate()
        self.assertEqual(process.wait(30), 0, self.logs())

    def query(self, expression):
        answer = json.loads(get(f'http://127.0.0.1:{self.prometheus}/api/v1/query?query=' + urllib.parse.quote(expression)))
        return answer['data']['result']

    def value(self, expression):
        found = self.query(expression)
        return float(found[0]['value'][1]) if found else None

    def told(self, receiver, alertname):
        """(status, alert) of what a receiver of Alertmanager was sent, in order."""
        return [(a['status'], a) for path, _, body in self.receiver.taken() if path == receiver
                for a in json.loads(body)['alerts'] if a['labels']['alertname'] == alertname]

    def told_of(self, organ):
        return [(status, alert) for status, alert in self.told('/reports', 'ReportAnomaly') if organ in alert['annotations']['summary']]

    def logs(self):
        return ''.join(p.read_text(errors='replace')[-1500:] for p in sorted(self.folder.glob('[0-9]*.log')))

    def an_hour_passes(self):
        """Documents of a list are verified after an hour: the crawler is stopped and its schedule made older."""
        crawler = self.services[0]
        self.stop(crawler)
        with sqlite3.connect(self.data / 'crawler.db') as state:
            self.assertTrue(state.execute('UPDATE url SET due_at = 0 WHERE kind = ?', (ARTICLE,)).rowcount)
        self.serve(crawler)

    def test_from_the_portal_to_the_people_and_back(self):
        for name in (*self.services, 'notify'):
            self.serve(name)
        # A rise needs something to rise from.
        self.assertTrue(eventually(lambda: self.query('max_over_time(rule:gouji_anomalies_open:sum[40s] offset 6s)')), self.logs())
        wrong, other = self.publish('临河市水利局', wrong=True), self.publish('青浦湾市教育局', wrong=True)
        self.publish('临河市民政局', wrong=False)
        self.expect_to_be_told_which_cell()
        self.order('amend', id=wrong)
        self.an_hour_passes()
        self.expect_to_be_told_that_it_is_corrected()
        self.expect_silence_whatever_operators_do()

    def expect_to_be_told_which_cell(self):
        for organ in ('临河市水利局', '青浦湾市教育局'):
            self.assertTrue(eventually(lambda: self.told_of(organ)), self.logs())
            (status, alert), = self.told_of(organ)
            self.assertEqual((status, alert['labels']['year'], alert['labels']['severity']), ('firing', str(YEAR), 'error'))
            cell, reported, proposed = re.fullmatch(r'(.*)：(\d+) → (\d+)', alert['annotations']['cells']).groups()
            self.assertIn('总计', cell)
            self.assertEqual(int(reported), int(proposed) + 2)
            self.assertEqual(alert['generatorURL'], alert['annotations']['source'])
            page = get(alert['annotations']['source'])  # the link opens, and there it stands
            self.assertIn(organ, page)
            self.assertIn(f'>{reported}<', page)
        self.assertTrue(eventually(lambda: self.told('/operators', 'ReportAnomalyDetected')), self.logs())
        status, alert = self.told('/operators', 'ReportAnomalyDetected')[0]
        self.assertEqual(status, 'firing')
        command = re.search(r'gouji list --rule [\w.]+', alert['annotations']['description']).group(0).split()[1:]
        code, out, err = gouji(*command, '--data', self.data, *self.log)
        self.assertEqual(code, 0, err)
        self.assertIn('临河市水利局', out)
        self.assertEqual(self.value('sum(rule:gouji_anomalies_open:sum)'), 2)

    def expect_to_be_told_that_it_is_corrected(self):
        self.assertTrue(eventually(lambda: len(self.told_of('临河市水利局')) > 1), self.logs())
        self.assertEqual([status for status, _ in self.told_of('临河市水利局')], ['firing', 'resolved'])
        self.assertTrue(eventually(lambda: self.value('sum(rule:gouji_anomalies_open:sum)') == 1))
        # That there are more was news for a moment.
        self.assertTrue(eventually(lambda: [status for status, _ in self.told('/operators', 'ReportAnomalyDetected')] == ['firing', 'resolved']), self.logs())

    def expect_silence_whatever_operators_do(self):
        began, before = time.monotonic(), len(self.receiver.taken())
        # The one process of the local log is restarted with another rule set below: three restarts are an alert.
        for name in (*self.services[self.services == ('gouji',):], 'notify'):
            self.stop(name)
            self.serve(name)
        self.rebalance()
        self.judge_again()
        self.assertTrue(eventually(lambda: self.value('sum(rule:gouji_anomalies_open:sum)') == 1), self.logs())
        self.assertEqual(self.query(f'max_over_time(ALERTS{{alertstate="firing"}}[{time.monotonic() - began:.0f}s])'), [])
        since = lambda: [alert['annotations']['summary'] for _, _, body in self.receiver.taken()[before:] for alert in json.loads(body)['alerts']
                         if alert['labels']['alertname'] != 'ReportAnomalyDetected']
        self.assertEqual(since(), [])
        # The next one that is wrong is told, and nothing else.
        self.publish('临河市财政局', wrong=True)
        self.assertTrue(eventually(lambda: self.told_of('临河市财政局')), self.logs())
        self.assertTrue(all('临河市财政局' in summary for summary in since()), since())

    def rebalance(self):
        pass

    def judge_again(self):
        """Under another rule set: the validator takes every report out of its ledger and judges it anew."""
        severities = self.folder / 'severities'
        severities.write_text('T2.UNIT = info\n')
        rule_sets = lambda: {r['value']['rule_set'] for r in tail(self.log_address, VERDICT)}
        before = rule_sets()
        self.stop(self.services[-1])
        self.serve(self.services[-1], '--severities', severities)
        self.assertTrue(eventually(lambda: rule_sets() - before), self.logs())


@unittest.skipUnless(PORTAL.exists() and shutil.which('prometheus'), 'deploy/bootstrap.sh --tests; cmake --build --preset release --target gouji-fake-portal')
class OnOneMachineTest(Story, Ground):
    services = ('gouji',)
    log = ()

    def setUp(self):
        super().setUp()
        self.log_address = f'local:{self.data}/log.db'

    def command(self, name):
        if name == 'notify':
            return self.notify_command()
        return [BIN / 'gouji', 'run', '--data', self.data, self.portal_file, '--allow-net', '127.0.0.0/8']

    def notify_command(self):
        return [BIN / 'gouji', 'notify', *self.log, '--data', self.data, '--alertmanager', f'http://127.0.0.1:{self.alertmanager}']


@unittest.skipUnless(PORTAL.exists() and shutil.which('prometheus'), 'deploy/bootstrap.sh --tests; cmake --build --preset release --target gouji-fake-portal')
class OnKafkaTest(OnOneMachineTest):
    services = ('crawler', 'parser', 'validator')

    def setUp(self):
        super().setUp()
        started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            self.skipTest(started.stderr)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', self.folder / 'broker'], capture_output=True)
        self.log_address = 'kafka:' + (self.folder / 'broker/bootstrap').read_text().strip()
        self.log = ('--log', self.log_address)
        code, out, err = gouji('topics', 'apply', *self.log, '--replication', '1')
        self.assertEqual(code, 0, out + err)

    def command(self, name):
        return {'crawler': [BIN / 'gouji-crawler', *self.log, '--data', self.data, '--sources', self.portal_file, '--allow-net', '127.0.0.0/8'],
                'parser': [BIN / 'gouji-parser', *self.log, '--blobs', self.data / 'blobs'], 'validator': [BIN / 'gouji-validator', *self.log],
                'notify': self.notify_command()}[name]

    def rebalance(self):
        """A second parser and a second validator come, take partitions and go again."""
        rebalances = lambda: self.value('sum(gouji_log_rebalances_total)')
        self.scrape_also(parser=free_port(), validator=free_port())
        before = rebalances()
        for name in ('parser', 'validator'):
            self.serve(name, '--ordinal', '1', instance=1)
        self.assertTrue(eventually(lambda: rebalances() > before), self.logs())
        for name in ('parser', 'validator'):
            self.stop(name, instance=1)
        self.ports = {name: ports[:1] for name, ports in self.ports.items()}
        self.scrape_also()


if __name__ == '__main__':
    unittest.main(verbosity=2)
