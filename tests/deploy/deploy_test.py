"""What is deployed: rules, dashboards, units, image, compose file and the installed tree, by the tools that will read them.
A tool that is not there skips its tests, with the line that installs it."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import call_filter

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY, CHART = ROOT / 'deploy', ROOT / 'helm/gouji'
BUILD = pathlib.Path(os.environ.get('GOUJI_BIN', ROOT / 'build/release/bin')).parent
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'gouji')
os.environ['PATH'] += f':{CACHE}/prometheus/usr/bin:{CACHE}/python/bin:{CACHE}/chart'  # of the bootstrap, and of chart/tools.sh
METRIC = re.compile(r'\b(?:rule:|gouji:)?(?:gouji|process)_[a-z_]+(?::sum)?\b')


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)


def needs(program, how):
    return unittest.skipUnless(shutil.which(program), f'{program} is missing: {how}')


def documented_metrics():
    names = set()
    for row in re.findall(r'^\| (`[a-z_`, ]+`) \| (counter|gauge|histogram) ', (ROOT / 'docs/metrics.md').read_text(encoding='utf-8'), re.M):
        found = re.findall(r'`([a-z_]+)`', row[0])
        base = found[0]
        full = [base] + [base.rsplit('_', 1)[0] + rest if rest.startswith('_') else rest for rest in found[1:]]
        for name in full:
            names |= {name} | ({name + end for end in ('_bucket', '_sum', '_count')} if row[1] == 'histogram' else set())
    return names


def expressions():
    """(where, expression) of every rule and every panel."""
    text = (DEPLOY / 'prometheus/rules/gouji.yaml').read_text(encoding='utf-8')
    text = re.sub(r'^\s*#.*$', '', text, flags=re.M)
    for block in re.findall(r'expr: (?:>-\n((?:\s{10,}.*\n)+)|(.*)\n)', text):
        yield 'rules', ' '.join((block[0] or block[1]).split())
    for path in sorted((DEPLOY / 'grafana/dashboards').glob('*.json')):
        for panel in json.loads(path.read_text(encoding='utf-8'))['panels']:
            for target in panel['targets']:
                yield f'{path.name}: {panel["title"]}', target['expr']


class RulesTest(unittest.TestCase):
    def test_rules_and_dashboards_use_documented_metrics_only(self):
        known = documented_metrics() | {'rule:gouji_anomalies_open:sum', 'gouji:anomalies_open_extraction:sum'}
        self.assertGreater(len(known), 40)
        seen = 0
        for where, expression in expressions():
            for name in METRIC.findall(expression):
                seen += 1
                self.assertIn(name, known, where)
            self.assertLessEqual(set(re.findall(r'stage="([^"]*)"', expression)), {'parser', 'validator'}, where)
        self.assertGreater(seen, 60)

    def test_every_alert_has_a_page_of_the_runbook_and_every_page_an_alert(self):
        text = (DEPLOY / 'prometheus/rules/gouji.yaml').read_text(encoding='utf-8')
        alerts = re.findall(r'- alert: (\w+)', text)
        self.assertEqual(sorted(alerts), sorted(p.stem for p in (ROOT / 'docs/runbook').glob('[A-Z]*.md') if p.stem != 'README'))
        index = (ROOT / 'docs/runbook/README.md').read_text(encoding='utf-8')
        for block in text.split('- alert: ')[1:]:
            name = block.split()[0]
            for part in ('severity: ', 'summary: ', 'description: ', f'runbook_url: docs/runbook/{name}.md'):
                self.assertIn(part, block, name)
            self.assertIn(f'[{name}]({name}.md)', index)

    @needs('promtool', 'deploy/bootstrap.sh --tests')
    def test_rules_fire_and_stay_silent_as_they_should(self):
        for command in (('check', 'rules', DEPLOY / 'prometheus/rules/gouji.yaml'), ('check', 'config', DEPLOY / 'prometheus/prometheus.yml'),
                        ('check', 'config', DEPLOY / 'prometheus/compose.yml'), ('test', 'rules', ROOT / 'tests/deploy/alerts_test.yaml')):
            done = run('promtool', *command)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @needs('promtool', 'deploy/bootstrap.sh --tests')
    def test_every_expression_of_a_dashboard_is_promql(self):
        rules = [{'record': f'panel:{i}:x', 'expr': expression.replace('$__rate_interval', '5m')} for i, (_, expression) in enumerate(expressions())]
        with tempfile.NamedTemporaryFile('w', suffix='.yaml') as file:
            json.dump({'groups': [{'name': 'panels', 'rules': rules}]}, file)
            file.flush()
            done = run('promtool', 'check', 'rules', file.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    @needs('amtool', 'deploy/bootstrap.sh --tests')
    def test_anomalies_and_alarms_go_to_different_receivers(self):
        config = DEPLOY / 'alertmanager/alertmanager.yml'
        self.assertEqual(run('amtool', 'check-config', config).returncode, 0)
        for labels, receiver in ((('alertname=ReportAnomaly', 'severity=error'), 'reports'), (('alertname=ServiceDown', 'severity=page'), 'operators'),
                                 (('alertname=ReportsMisread', 'severity=info'), 'quiet')):
            done = run('amtool', 'config', 'routes', 'test', f'--config.file={config}', f'--verify.receivers={receiver}', *labels)
            self.assertEqual(done.returncode, 0, f'{labels}: {done.stdout}{done.stderr}')


class UnitsTest(unittest.TestCase):
    @needs('systemd-analyze', 'apt-get install systemd')
    def test_units_are_closed_in(self):
        units = sorted((DEPLOY / 'systemd').glob('*.service'))
        self.assertEqual(len(units), 5)
        for unit in units:
            done = run('systemd-analyze', 'security', '--offline=yes', '--threshold=15', unit)
            self.assertEqual(done.returncode, 0, unit.name + done.stdout[-300:] + done.stderr)

    @needs('systemd-analyze', 'apt-get install systemd')
    @unittest.skipIf(call_filter.missing(), call_filter.missing())
    def test_documents_are_read_with_the_system_calls_of_a_unit(self):
        for unit in sorted((DEPLOY / 'systemd').glob('*.service')):
            allowed = call_filter.of_unit(unit)
            # Without these the kernel's second wall around the workers stays down, silently.
            self.assertLessEqual({'seccomp', 'landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self'}, allowed, unit.name)
            self.assertNotIn('mount', allowed, unit.name)
        code = call_filter.program(allowed, call_filter.EPERM)
        for name in ('word.pdf', 'word.docx'):
            done = run(BUILD / 'bin/gouji', 'check', ROOT / 'tests/e2e/formats' / name, preexec_fn=lambda: call_filter.put_up(code))
            self.assertIn('2025  已读全', done.stdout, name + done.stderr)
        done = run('nice', 'true', env={'LC_ALL': 'C', 'PATH': os.environ['PATH']}, preexec_fn=lambda: call_filter.put_up(code))
        self.assertIn('Operation not permitted', done.stderr)  # the filter holds

    def test_what_a_unit_starts_takes_these_options(self):
        for unit in sorted((DEPLOY / 'systemd').glob('*.service')):
            command = re.search(r'^ExecStart=(.*)$', unit.read_text(encoding='utf-8'), re.M)[1].split()
            self.assertEqual(unknown_options(command), [], unit.name)


def unknown_options(command):
    """Those of a command line of /usr/bin/gouji… that its --help does not name."""
    program, *words = command
    assert program.startswith('/usr/bin/gouji'), command
    own = [word for word in words[:2] if re.fullmatch('[a-z]+', word)]
    shown = run(BUILD / 'bin' / pathlib.PurePosixPath(program).name, *own, '--help').stdout
    return [word for word in own + [word for word in words if word.startswith('--')] if not re.search(rf'(?<![\w-]){word}(?![\w-])', shown)]


class DockerfileTest(unittest.TestCase):
    TEXT = (DEPLOY / 'Dockerfile').read_text(encoding='utf-8')

    def words(self, instruction):
        """What the last of these instructions of the file says."""
        return re.findall(rf'^{instruction} (.*)$', re.sub(r'\\\n', '', self.TEXT), re.M)[-1]

    @needs('hadolint', 'deploy/bootstrap.sh --tests')
    def test_hadolint_finds_nothing(self):
        done = run('hadolint', DEPLOY / 'Dockerfile')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_stages_stand_on_one_base_and_on_files_of_the_project(self):
        bases = re.findall(r'^FROM (\S+)', self.TEXT, re.M)
        self.assertEqual(bases, [bases[0]] * 2)  # libraries of one release
        ignored = (ROOT / '.dockerignore').read_text(encoding='utf-8').split()
        own = [path for copied in re.findall(r'^COPY (?!--from)(.*) \S+$', self.TEXT, re.M) for path in copied.split()]
        own += re.findall(r'(?<![\w/])deploy/[\w.-]+\.sh', self.TEXT)
        self.assertGreater(len(own), 3)
        for path in own:
            self.assertTrue((ROOT / path).exists(), path)
            self.assertNotIn(path.split('/')[0], ignored)

    def test_user_and_ports_are_those_of_chart_and_compose_file(self):
        user, group = self.words('USER').split(':')
        self.assertRegex(user + group, '^[0-9]+$')  # runAsNonRoot asks for a number
        chart = (CHART / 'templates/_helpers.tpl').read_text(encoding='utf-8')
        self.assertEqual(re.findall(r'(?:runAsUser|runAsGroup|fsGroup): (\d+)', chart), [user, group, group])
        self.assertIn(f'user: "{user}:{group}"', (DEPLOY / 'compose.yaml').read_text(encoding='utf-8'))
        self.assertIn(f'chown {user}:{group} {self.words("VOLUME")}', self.TEXT)
        port = self.words('EXPOSE')
        templates = ''.join(path.read_text(encoding='utf-8') for path in (CHART / 'templates').glob('*.yaml'))
        self.assertEqual(set(re.findall(r'name: admin, containerPort: (\d+)', templates)), {port})

    def test_what_it_starts_takes_these_options(self):
        command = json.loads(self.words('ENTRYPOINT')) + json.loads(self.words('CMD'))
        self.assertEqual(unknown_options(command), [])
        health = json.loads(re.search(r'CMD (\[.*)', self.words('HEALTHCHECK'))[1])
        self.assertEqual(unknown_options(health), [])
        self.assertEqual([part[part.index('--admin') + 1].split(':')[1] for part in (command,)], [health[-1].split(':')[1]])
        self.assertEqual(health[-1].split(':')[1], self.words('EXPOSE'))


class InstallTest(unittest.TestCase):
    def test_what_is_installed_runs_and_is_documented(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run('cmake', '--install', BUILD, '--prefix', folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            tree = pathlib.Path(folder)
            for name in ('gouji', 'gouji-crawler', 'gouji-parser', 'gouji-validator'):
                done = run(tree / 'bin' / name, '--version')
                self.assertRegex(done.stdout, rf'^{name} \d+\.\d+')
                section = 1 if name == 'gouji' else 8
                self.assertIn('.SH SYNOPSIS', (tree / f'share/man/man{section}/{name}.{section}').read_text(encoding='utf-8'))
            self.assertIn('notify', (tree / 'share/bash-completion/completions/gouji').read_text(encoding='utf-8'))
            self.assertTrue((tree / 'lib/systemd/system/gouji.service').is_file())
            self.assertTrue((tree / 'share/gouji/prometheus/rules/gouji.yaml').is_file())


@needs('dpkg', 'this is no Debian')
class BillOfMaterialsTest(unittest.TestCase):
    PROGRAMS = sorted((BUILD / 'bin').glob('gouji*'))

    @classmethod
    def setUpClass(cls):
        cls.document = json.loads(run(DEPLOY / 'sbom.py', *cls.PROGRAMS).stdout)
        cls.names = {package['name'] for package in cls.document['packages']}

    def test_names_every_library_and_its_relations_meet(self):
        document = self.document
        self.assertLessEqual({'gouji', 'libc6', 'libcli11-dev', 'libexpected-dev'}, self.names)
        self.assertTrue(self.names & {'librdkafka', 'librdkafka1'})
        known = {'SPDXRef-DOCUMENT'} | {each['SPDXID'] for each in document['packages'] + document['files']}
        self.assertEqual(len(known), 1 + len(document['packages']) + len(document['files']))
        related = {each['relatedSpdxElement'] for each in document['relationships']}
        self.assertEqual(related | {'SPDXRef-DOCUMENT'}, known)
        for package in document['packages']:  # SPDX writes an exception after WITH, and names no other way
            self.assertNotRegex(package['licenseConcluded'], '(?i)with-|unknown', package['name'])

    @needs('ninja', 'deploy/bootstrap.sh')
    def test_no_header_comes_from_a_package_that_it_does_not_name(self):
        headers, target = set(), ''
        for line in run('ninja', '-C', BUILD, '-t', 'deps').stdout.splitlines():
            if not line.startswith(' '):
                target = line
            elif line.startswith('    /usr/include/') and not target.startswith('tests/'):
                headers.add(line.strip())
        self.assertGreater(len(headers), 100)
        packages = {line.split(':')[0] for line in run('dpkg', '-S', *sorted(headers)).stdout.splitlines()} - {'linux-libc-dev'}
        for package in sorted(packages):
            needed = run('dpkg-query', '-W', '-f', '${Depends}', package).stdout
            self.assertTrue(self.names & {package, *re.findall(r'[a-z0-9][a-z0-9.+-]+', needed)}, package)

    def test_licences_are_on_the_list(self):
        done = run(DEPLOY / 'sbom.py', '--check', *self.PROGRAMS)
        self.assertIn('ok  libc6', done.stdout, done.stderr)
        # Of gouji-ocr alone, where it is built: docs/operations.md names it.
        self.assertLessEqual(set(re.findall(r'^\?\?\? (\S+)', done.stdout, re.M)), {'libjbig0'}, done.stdout)


@unittest.skipUnless((ROOT / '.git').exists(), 'not a clone')
class ArchiveTest(unittest.TestCase):
    def test_the_source_archive_is_the_same_whenever_it_is_made(self):
        def digest():
            done = subprocess.run('git archive --format=tar --prefix=gouji/ HEAD | gzip -n -9 | sha256sum', shell=True, cwd=ROOT, capture_output=True, text=True)
            return done.stdout.split()[0]

        first = digest()
        time.sleep(1.1)  # a second stamp in the archive would show
        self.assertEqual(first, digest())
        self.assertNotEqual(first, hashlib.sha256(b'').hexdigest())


@needs('helm', 'tests/deploy/chart/tools.sh')
@needs('check-manifests', 'tests/deploy/chart/tools.sh')
class ChartTest(unittest.TestCase):
    """What chart_test.py counts on."""

    def test_the_code_of_kubernetes_and_of_the_operators_refuses_what_is_wrong(self):
        values = ('mode=kafka', 'kafka.bootstrap=kafka:9092', 'keda.enabled=true', 'serviceMonitor.enabled=true')
        good = run('helm', 'template', 'g', CHART, '--namespace', 'gouji', '--kube-version', '1.30.0', *(part for value in values for part in ('--set', value))).stdout
        self.assertEqual(run('check-manifests', input=good).returncode, 0)
        for right, wrong in (('lagThreshold: "100"', 'lagThreshold: 100'), ('runAsNonRoot: true', 'runAsNonRoot: false'), ('capabilities: {drop: [ALL]}', 'capabilities: {}'),
                             ('interval: 30s', 'intervall: 30s'), ('maxUnavailable: 1', 'maxUnavailabel: 1')):
            self.assertIn(right, good)
            self.assertEqual(run('check-manifests', input=good.replace(right, wrong)).returncode, 1, wrong)


COMPOSE = CACHE / 'compose/usr/libexec/docker/cli-plugins/docker-compose'


@unittest.skipUnless(COMPOSE.exists(), 'Docker Compose is missing: deploy/bootstrap.sh --tests')
class ComposeTest(unittest.TestCase):
    def test_every_profile_is_whole(self):
        for profiles in ((), ('notify',), ('monitoring',), ('kafka',), ('notify', 'monitoring', 'kafka')):
            flags = [part for profile in profiles for part in ('--profile', profile)]
            done = run(COMPOSE, '-f', DEPLOY / 'compose.yaml', *flags, 'config', '-q')
            self.assertEqual(done.returncode, 0, f'{profiles}: {done.stderr}')

    def test_services_are_asked_how_they_are_where_they_answer(self):
        done = run(COMPOSE, '-f', DEPLOY / 'compose.yaml', '--profile', '*', 'config', '--format', 'json')
        services = json.loads(done.stdout)['services']
        image = DockerfileTest()
        checked = 0
        for name, service in services.items():
            if 'build' not in service:
                continue
            command = (service['entrypoint'] or json.loads(image.words('ENTRYPOINT'))) + service['command']
            self.assertEqual(unknown_options(command), [], name)
            if '--admin' not in command:  # a job
                self.assertTrue(service['healthcheck']['disable'], name)
                continue
            health = service.get('healthcheck', {}).get('test') or json.loads(re.search(r'CMD (\[.*)', image.words('HEALTHCHECK'))[1])
            port = command[command.index('--admin') + 1].rsplit(':', 1)[1]
            self.assertEqual(health[-3:], ['/usr/bin/gouji', 'health', f'127.0.0.1:{port}'], name)
            self.assertLessEqual({str(each['target']) for each in service.get('ports', [])}, {port}, name)
            checked += 1
        self.assertEqual(checked, 5)

    def test_what_must_last_lies_in_a_volume(self):
        done = run(COMPOSE, '-f', DEPLOY / 'compose.yaml', '--profile', '*', 'config', '--format', 'json')
        services = json.loads(done.stdout)['services']
        for name, place in (('kafka', services['kafka']['environment']['KAFKA_LOG_DIRS']), ('gouji', '/var/lib/gouji'), ('crawler', '/var/lib/gouji'),
                            ('prometheus', '/prometheus'), ('alertmanager', '/alertmanager'), ('grafana', '/var/lib/grafana')):
            self.assertIn(place, [volume['target'] for volume in services[name]['volumes'] if volume['type'] == 'volume'], name)


if __name__ == '__main__':
    unittest.main(verbosity=2)
