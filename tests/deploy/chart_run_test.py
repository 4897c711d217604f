"""The chart's pods, run as processes with the commands, files, volumes and probes that it renders: a report of a portal goes
through, in both modes."""
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE / 'chart'), str(HERE.parent / 'e2e')]
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'gouji')
try:
    import confluent_kafka  # noqa: F401  of the same packages
    import helm
except ImportError:
    python = CACHE / 'python/bin/python'
    if not python.exists() or os.environ.get('GOUJI_AGAIN'):
        print('chart_run_test.py: the packages of tests/tools/requirements.txt are missing: run deploy/bootstrap.sh --tests', file=sys.stderr)
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    os.execve(python, [str(python), *sys.argv], {**os.environ, 'GOUJI_AGAIN': '1'})
if not helm.helm_python and not helm.PROGRAM:
    print('chart_run_test.py: neither helm-python-sdk nor helm is here: tests/deploy/chart/tools.sh', file=sys.stderr)
    sys.exit(77)
from helm import ROOT, merged, values_of
from pods import PLAIN, Cluster

BIN = pathlib.Path(os.environ.get('GOUJI_BIN', ROOT / 'build/release/bin'))
BROKER = ROOT / 'tests/support/kafka/kafka.py'
SAMPLE = (ROOT / 'tests/samples/linhe_2022.txt').read_text(encoding='utf-8')
LIMIT = 90


class Portal(http.server.BaseHTTPRequestHandler):
    """A list with one report."""

    def do_GET(self):
        body = '<html><meta charset="utf-8"><body><ul><li><a href="/2022.html">临河市水利局2022年政府信息公开工作年度报告</a></li></ul></body></html>'
        if self.path == '/2022.html':
            body = '<html><meta charset="utf-8"><body>' + ''.join(f'<p>{line}</p>' for line in SAMPLE.splitlines()) + '</body></html>'
        self.server.asked.append((self.server.server_address[0], self.path, self.headers['User-Agent']))
        self.send_response(404 if self.path == '/robots.txt' else 200)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        self.send_header('Content-Length', str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        pass


def eventually(what, limit=LIMIT):
    end = time.monotonic() + limit
    while not (found := what()) and time.monotonic() < end:
        time.sleep(0.1)
    return found


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def give_rights(broker):
    """Those of deploy/kafka/acls.sh, which is for Kafka's own tool, by another client."""
    from confluent_kafka import admin
    script = subprocess.run([ROOT / 'deploy/kafka/acls.sh', '--bootstrap-server', 'x:1', '--command-config', 'x', '--dry-run'], capture_output=True, text=True, check=True).stdout
    kinds = {'--topic': admin.ResourceType.TOPIC, '--group': admin.ResourceType.GROUP, '--transactional-id': admin.ResourceType.TRANSACTIONAL_ID}
    rights = []
    for line in script.splitlines():
        words = line.split()
        of = lambda flag: [word for before, word in zip(words, words[1:]) if before == flag]
        pattern = admin.ResourcePatternType.PREFIXED if 'prefixed' in words else admin.ResourcePatternType.LITERAL
        rights += [admin.AclBinding(kind, name, pattern, principal, '*', getattr(admin.AclOperation, re.sub(r'(?<=[a-z])(?=[A-Z])', '_', operation).upper()), admin.AclPermissionType.ALLOW)
                   for flag, kind in kinds.items() for name in of(flag) for principal in of('--allow-principal') for operation in of('--operation')]
    client = admin.AdminClient({**broker.login('admin', file=False), 'bootstrap.servers': broker.bootstrap})
    for done in client.create_acls(rights).values():
        done.result(30)


class ChartRunTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-chart-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.asked = []

    def portal_file(self, host):
        portal = http.server.ThreadingHTTPServer((host, 0), Portal)
        portal.asked = self.asked
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        self.addCleanup(portal.server_close)
        self.addCleanup(portal.shutdown)
        return {'schema': 1, 'id': f'p-{host.replace(".", "-")}', 'family': 'generic', 'organ': {'name': '临河市水利局', 'division': '150802', 'kind': 'department'}, 'hosts': [host],
                'politeness': {'min_delay_ms': 100}, 'season': {'profile': 'steady', 'interval': '10s'}, 'accept': {'title': ['年度报告']},
                'lists': [{'id': 'nb', 'request': {'url': f'http://{host}:{portal.server_port}/list.html'}, 'rows': {'select': 'li', 'fields': {'url': 'a@href', 'title': 'a'}}}]}

    def cluster(self, values, **secrets):
        # Nobody listens there: what is sent waits.
        targets = json.dumps({'schema': 1, 'webhooks': [{'name': 'hook', 'url': 'http://127.0.0.1:9/'}]})
        cluster = Cluster(self.folder, BIN, helm.render(values), {'n': {'targets.json': targets}, **secrets})
        self.addCleanup(cluster.kill)
        return cluster

    def expect_ready(self, cluster, *started):
        for component, pod in started:
            for kind in ('livenessProbe', 'readinessProbe'):
                for url in cluster.probes(component, pod, kind):
                    self.assertTrue(eventually(lambda: answers(url)), f'{pod} {url}\n{cluster.logs()}')

    def metrics(self, cluster, component, pod):
        [url] = cluster.probes(component, pod, 'readinessProbe')
        with urllib.request.urlopen(url.replace('/readyz', '/metrics'), timeout=10) as answer:
            return answer.read().decode()

    def status(self, *where):
        done = subprocess.run([BIN / 'gouji', 'status', '--format', 'json', *map(str, where)], capture_output=True, text=True, timeout=60, env=PLAIN)
        return json.loads(done.stdout) if done.returncode == 0 else {'reports': done.stderr}

    def stop(self, cluster):
        for process in cluster.processes.values():
            process.send_signal(signal.SIGTERM)
        for (pod, container), process in cluster.processes.items():
            self.assertEqual(process.wait(30), 0, f'{pod} {container}\n{cluster.logs()}')

    def test_local_mode_reads_a_portal(self):
        values = values_of(sources__inline={'p.json': self.portal_file('127.0.0.1')}, crawler__contact='mailto:a@b.cn', crawler__settings={'allow_net': ['127.0.0.0/8'], 'host_delay': '100ms'},
                           notify__enabled=True, notify__existingSecret='n')
        cluster = self.cluster(values)
        data = self.folder / 'g-gouji-0/volumes/data'
        pod = cluster.start('local')
        self.assertTrue(eventually((data / 'log.db').exists), cluster.logs())
        cluster.restart_ended()  # notify may have been there before the log
        self.expect_ready(cluster, ('local', pod))
        self.assertTrue(eventually(lambda: self.status('--data', data)['reports'] == 1), f'{self.status("--data", data)}\n{cluster.logs()}')
        self.assertIn('mailto:a@b.cn', self.asked[0][2])
        self.stop(cluster)

    def test_local_mode_without_portals_reads_what_is_put_into_its_folder(self):
        cluster = self.cluster({})
        pod = cluster.start('local')
        self.expect_ready(cluster, ('local', pod))
        shutil.copy(ROOT / 'tests/samples/linhe_2022.txt', self.folder / pod / 'root/var/lib/gouji/in/')
        data = self.folder / pod / 'volumes/data'
        self.assertTrue(eventually(lambda: self.status('--data', data)['reports'] == 1), f'{self.status("--data", data)}\n{cluster.logs()}')
        self.stop(cluster)

    def test_kafka_mode_works_with_a_name_and_the_least_rights_for_each_service(self):
        sys.path.append(str(BROKER.parent))
        import kafka
        import secured
        users = {'topics': 'gouji-operator', 'notify': 'gouji-reader', **{service: f'gouji-{service}' for service in ('crawler', 'parser', 'validator')}}
        broker = secured.Secured(self.folder / 'broker', users.values())
        try:
            broker.__enter__()
        except kafka.Missing as missing:
            self.skipTest(str(missing))
        self.addCleanup(broker.__exit__)
        give_rights(broker)
        own = lambda name: {'sasl.username': name, 'sasl.password.file': f'/etc/gouji/kafka/{name}'}
        values = values_of(mode='kafka', kafka__bootstrap=broker.bootstrap, kafka__existingSecret='k', topics__replication=1, notify__enabled=True, notify__existingSecret='n',
                           kafka__settings={'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'SCRAM-SHA-512', 'ssl.ca.location': '/etc/gouji/kafka/ca.pem'},
                           topics__kafka=own(users['topics']), notify__kafka=own(users['notify']),
                           **{f'{service}__settings': {'kafka': own(users[service])} for service in ('parser', 'validator')},
                           crawler__settings={'kafka': own(users['crawler'])})
        secret = {'ca.pem': (broker.folder / 'ca.pem').read_text(), **{user: broker.passwords[user] for user in users.values()}}
        cluster = self.cluster(values, k=secret)
        job = cluster.start('topics')
        self.assertEqual(cluster.processes.pop((job, 'topics')).wait(60), 0, cluster.logs())
        started = [(component, cluster.start(component)) for component in ('crawler', 'parser', 'validator', 'notify')]
        self.expect_ready(cluster, *started)
        shutil.copy(ROOT / 'tests/samples/linhe_2022.txt', self.folder / started[0][1] / 'root/var/lib/gouji/in/')
        log = ('--log', f'kafka:{broker.bootstrap}', *(word for name, value in broker.login('gouji-reader').items() for word in ('--kafka', f'{name}={value}')))
        self.assertTrue(eventually(lambda: self.status(*log)['reports'] == 1), f'{self.status(*log)}\n{cluster.logs()}')
        self.stop(cluster)

    def test_kafka_mode_reads_portals_once_whatever_the_number_of_crawlers(self):
        started = subprocess.run([sys.executable, BROKER, 'start', self.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            self.skipTest(started.stderr)
        self.addCleanup(subprocess.run, [sys.executable, BROKER, 'stop', self.folder / 'broker'], capture_output=True)
        self.assertEqual(started.returncode, 0, started.stderr)
        bootstrap = (self.folder / 'broker/bootstrap').read_text().strip()
        hosts = ['127.0.0.1', '127.0.0.2']  # of different shards when there are two
        values = values_of(mode='kafka', kafka__bootstrap=bootstrap, kafka__settings={'socket.timeout.ms': 30000}, topics__replication=1,
                           sources__inline={f'{host}.json': self.portal_file(host) for host in hosts}, crawler__shards=2,
                           crawler__settings={'allow_net': ['127.0.0.0/8'], 'host_delay': '100ms'}, notify__enabled=True, notify__existingSecret='n')
        cluster = self.cluster(values)
        topics = cluster.start('topics')
        self.assertEqual(cluster.processes.pop((topics, 'topics')).wait(60), 0, cluster.logs())
        pods = [(component, cluster.start(component, index)) for component, count in (('crawler', 2), ('parser', 2), ('validator', 1), ('notify', 1)) for index in range(count)]
        self.expect_ready(cluster, *pods)
        log = ('--log', f'kafka:{bootstrap}')
        raw = lambda: subprocess.run([BIN / 'gouji', 'tail', 'gouji.report.raw.v1', *log, '--format', 'json'], capture_output=True, text=True, timeout=60, env=PLAIN).stdout.splitlines()
        self.assertTrue(eventually(lambda: len(raw()) >= 2 and self.status(*log)['reports'] == 1 and not any(lag['records'] for lag in self.status(*log)['lag'])),
                        f'{self.status(*log)}\n{cluster.logs()}')
        # One crawler a host, and each has one: a crawler asks a host for its robots.txt once.
        self.assertEqual(sorted(host for host, path, _ in self.asked if path == '/robots.txt'), hosts)
        fetched = [[float(value) for value in re.findall(r'gouji_crawler_fetches_total\{.*result="ok".*\} (\d+)', self.metrics(cluster, *pod))] for pod in pods[:2]]
        self.assertTrue(all(map(sum, fetched)), fetched)
        self.assertEqual(len(raw()), 2)
        self.stop(cluster)


if __name__ == '__main__':
    unittest.main(verbosity=2)
