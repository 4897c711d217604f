"""A calm time with the rules as they are shipped: an otherwise normal deployment, with the files of deploy/ for Prometheus
and Alertmanager. Reports come in during the first tenth, two of them were wrong before; then sources are read again and
nothing is new; at three quarters every service is restarted once. Prints what was pending or firing; exit code 1: an
alert fired or an operator was told something.

  tests/e2e/calm.py local|kafka [SECONDS]     (3600) needs build/release and `deploy/bootstrap.sh --tests`"""
import json
import subprocess
import sys
import time
import urllib.parse

from alerts_test import KAFKA, YEAR, Portal
from harness import BIN, SAMPLES, SERVICE_ENVIRONMENT, chinese, gouji, one_wrong_figure
from monitoring import RULES, alertmanager_command, alertmanager_yml, prometheus_yml
from notify_test import REPORT, Ground, eventually, free_port, get


class Calm(Ground):
    def runTest(self):
        pass

    def report(self, number, change=lambda text: text):
        text = (SAMPLES / REPORT).read_text(encoding='utf-8')
        organ = text.splitlines()[0].split('2022')[0]
        text = text.replace(organ, f'{chinese(number)}县人民政府').replace('2022', str(YEAR)).replace('2023', str(YEAR + 1)).replace('2021', str(YEAR - 1))
        (self.folder / 'part').write_text(change(text), encoding='utf-8')
        (self.folder / 'part').rename(self.source / f'{number:05}.txt')

    def portal_file(self):
        path = self.folder / 'portal.json'
        path.write_text(json.dumps({
            'schema': 1, 'id': 'calm', 'family': 'generic', 'organ': {'name': '某县教育局', 'division': '330999', 'kind': 'department'},
            'hosts': ['127.0.0.1'], 'season': {'profile': 'steady', 'interval': '60s'}, 'accept': {'title': ['年度报告']},
            'lists': [{'id': 'nb', 'request': {'url': f'{self.portal.url}/list.html'}, 'rows': {'select': 'li', 'fields': {'url': 'a@href', 'title': 'a', 'date': 'span'}}}]}))
        return path

    def commands(self, kind):
        """service -> command, without where it listens."""
        sources = [self.source, self.portal_file()]
        if kind == 'local':
            self.log = ()
            commands = {'gouji': [BIN / 'gouji', 'run', '--data', self.data, *sources, '--allow-net', '127.0.0.0/8']}
        else:
            started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'broker'], capture_output=True, text=True)
            self.assertEqual(started.returncode, 0, started.stderr)
            self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', self.folder / 'broker'], capture_output=True)
            self.log = ('--log', 'kafka:' + (self.folder / 'broker/bootstrap').read_text().strip())
            self.assertEqual(gouji('topics', 'apply', *self.log, '--replication', '1')[0], 0)
            commands = {'crawler': [BIN / 'gouji-crawler', *self.log, '--data', self.data, '--sources', ','.join(map(str, sources)), '--allow-net', '127.0.0.0/8'],
                        'parser': [BIN / 'gouji-parser', *self.log, '--blobs', self.data / 'blobs'], 'validator': [BIN / 'gouji-validator', *self.log]}
        targets = self.targets(self.webhook(filter={}), alertmanagers=[{'name': 'am', 'url': f'http://127.0.0.1:{self.alertmanager}'}])
        return {**commands, 'notify': [BIN / 'gouji', 'notify', *self.log, '--data', self.data, '--targets', targets]}

    def serve(self, name):
        self.services[name] = self.start(*self.command[name], '--admin', f'127.0.0.1:{self.ports[name]}', env=SERVICE_ENVIRONMENT)
        self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{self.ports[name]}/readyz')), self.folder)

    def status(self):
        code, out, err = gouji('status', '--data', self.data, *self.log, '--format', 'json')
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def query(self, expression):
        answer = json.loads(get(f'http://127.0.0.1:{self.prometheus}/api/v1/query?query=' + urllib.parse.quote(expression)))
        return answer['data']['result']

    def begin(self, kind):
        self.portal = Portal(range(YEAR - 11, YEAR + 1))
        self.addCleanup(self.portal.close)
        self.alertmanager, self.prometheus, self.services = free_port(), free_port(), {}
        for number in range(20):
            self.report(number, one_wrong_figure if number < 2 else lambda text: text)
        self.command = self.commands(kind)
        self.ports = {name: free_port() for name in self.command}
        for name in self.command:
            self.serve(name)
        self.assertTrue(eventually(lambda: self.status()['reports'] >= 20 + 12, limit=120), self.folder)
        (self.folder / 'alertmanager.yml').write_text(alertmanager_yml(self.receiver.url), encoding='utf-8')
        (self.folder / 'prometheus.yml').write_text(
            prometheus_yml({name: [port] for name, port in self.ports.items()}, self.alertmanager).replace('rules/gouji.yaml', str(RULES)), encoding='utf-8')
        self.start(*alertmanager_command(self.folder / 'alertmanager.yml', self.folder / 'am', self.alertmanager))
        self.start('prometheus', f'--config.file={self.folder}/prometheus.yml', f'--storage.tsdb.path={self.folder}/tsdb',
                   f'--web.listen-address=127.0.0.1:{self.prometheus}')
        for port in (self.alertmanager, self.prometheus):
            self.assertTrue(eventually(lambda: self.answers(f'http://127.0.0.1:{port}/-/ready')))

    def watch(self, seconds):
        begun, seen, number, restarts = time.monotonic(), set(), 100, list(self.services)
        while (passed := time.monotonic() - begun) < seconds:
            if passed < seconds / 10:
                self.report(number)
                number += 1
            if passed > seconds * 3 / 4 and restarts:
                name = restarts.pop(0)
                self.services[name].terminate()
                self.assertEqual(self.services[name].wait(30), 0)
                self.serve(name)
            for alert in self.query('ALERTS'):
                told = json.dumps(alert['metric'], ensure_ascii=False, sort_keys=True)
                if told not in seen:
                    print(f'{passed:.0f} s: {told}', flush=True)
                seen.add(told)
            time.sleep(15)
        return number - 100

    def judge(self, kind, seconds, reports):
        fired = sorted({a['metric']['alertname'] for a in self.query(f'max_over_time(ALERTS{{alertstate="firing"}}[{seconds + 60}s])')})
        told = [path for path, _, _ in self.receiver.taken() if path in ('/operators', '/quiet')]
        counts = {name: int(float(self.query(f'sum({expression})')[0]['value'][1])) for name, expression in (
            ('pages read', 'max_over_time(gouji_crawler_fetches_total{source="list"}[2h])'), ('scrapes', f'count_over_time(up[{seconds}s])'), ('targets', 'up'))}
        print(f'{kind}, {seconds} s: {reports} reports came in, {counts}; fired: {fired or "nothing"}; told to operators: {told or "nothing"}', flush=True)
        return 1 if fired or told else 0


def main(kind, seconds='3600'):
    case = Calm()
    try:
        case.setUp()
        case.begin(kind)
        return case.judge(kind, int(seconds), case.watch(int(seconds)))
    finally:
        case.doCleanups()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
