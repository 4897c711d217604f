"""The image of deploy/Dockerfile in the roles that chart and compose file give it, without an engine:
deploy/image_without_engine.sh try. Needs root, bubblewrap and, for the services on Kafka, what the tests need."""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import in_image

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / 'tests/e2e'))
import receiver  # noqa: E402  (of the end-to-end tests)

IMAGE = pathlib.Path(os.environ['GOUJI_IMAGE'])  # its root, writable
CONFIG = json.loads(pathlib.Path(os.environ['GOUJI_IMAGE_DESCRIPTION']).read_text())['Docker']['config']  # as an engine reads it
DATA, FORMATS, SAMPLES = '/var/lib/gouji', ROOT / 'tests/e2e/formats', ROOT / 'tests/samples'
KAFKA = ROOT / 'tests/support/kafka/kafka.py'
PROGRAMS = ('gouji', 'gouji-crawler', 'gouji-parser', 'gouji-validator')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def answers(url):
    try:
        return urllib.request.urlopen(url, timeout=5).status == 200
    except OSError:
        return False


class ImageTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=IMAGE.anchor + 'var/tmp', prefix='gouji-try-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = self.made('data', owned=True)

    def made(self, name, owned=False):
        folder = self.folder / name
        folder.mkdir()
        self.folder.chmod(0o755)
        if owned:  # as a volume is
            os.chown(folder, in_image.USER, in_image.USER)
        return folder

    def run_in(self, *command, mounts=()):
        """To its end: (exit code, standard output, standard error), which are UTF-8."""
        container = in_image.Container(IMAGE, mounts, command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                       encoding='utf-8')
        out, err = container.process.communicate(timeout=120)
        return container.process.returncode, out, err

    def start(self, name, *command, mounts=()):
        log = open(self.folder / f'{name}.log', 'w')
        container = in_image.Container(IMAGE, mounts, command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.addCleanup(container.process.wait, timeout=30)
        self.addCleanup(container.process.kill)
        return container

    def logs(self):
        return ''.join(f'\n== {path.name}\n{path.read_text(errors="replace")[-1500:]}' for path in self.folder.glob('*.log'))

    def eventually(self, what, question, seconds=90):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = question()
            if answer:
                return answer
            time.sleep(0.3)
        self.fail(f'not within {seconds} s: {what}{self.logs()}')

    def log(self, name):
        return (self.folder / f'{name}.log').read_text(encoding='utf-8')

    def health(self, port):
        return self.run_in(*CONFIG['Healthcheck']['Test'][1:-1], f'127.0.0.1:{port}')[0]

    def ends_with_zero(self, **containers):
        for name, container in containers.items():
            self.assertEqual(container.end(), 0, f'{name} after SIGTERM:\n{self.log(name)[-2000:]}')

    def test_programs_start_and_say_the_version_of_the_label(self):
        version = (ROOT / 'VERSION').read_text().strip()
        self.assertEqual(CONFIG['Labels']['org.opencontainers.image.version'], version)
        for program in PROGRAMS:
            code, out, err = self.run_in(f'/usr/bin/{program}', '--version')
            self.assertEqual((code, out.strip()), (0, f'{program} {version}'), err)
            self.assertNotIn('not found', self.run_in('/usr/bin/ldd', f'/usr/bin/{program}')[1])

    def test_it_is_the_user_of_the_image_who_cannot_write_its_root(self):
        self.assertEqual(CONFIG['User'], f'{in_image.USER}:{in_image.USER}')
        self.assertEqual(self.run_in('/usr/bin/id', '-u')[1].strip(), str(in_image.USER))
        for place in ('/usr/x', '/etc/x', '/var/lib/gouji/x'):  # the last is a volume, which is not mounted here
            self.assertNotEqual(self.run_in('/usr/bin/touch', place)[0], 0, place)
        self.assertEqual((IMAGE / 'var/lib/gouji').stat().st_uid, in_image.USER)  # what a new volume takes over

    def test_what_its_programs_are_made_of_may_be_passed_on_and_is_described(self):
        for arguments in (('--check', '--image', IMAGE), ('--image', IMAGE)):
            done = subprocess.run([ROOT / 'deploy/sbom.py', *arguments], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        described = {package['name'] for package in json.loads(done.stdout)['packages']}
        installed = {line.split()[0] for line in (IMAGE / 'usr/share/gouji/packages.tsv').read_text().splitlines()}
        self.assertLessEqual(installed | {'gouji', 'librdkafka1', 'libcli11-dev', 'libexpected-dev'}, described)

    def test_certificates_of_authorities_are_there(self):
        self.assertGreater((IMAGE / 'etc/ssl/certs/ca-certificates.crt').read_text().count('BEGIN CERTIFICATE'), 100)

    def test_documents_are_read_and_told_in_chinese_without_a_locale(self):
        mounts = [('--ro-bind', FORMATS, '/in')]
        for name in ('word.pdf', 'word.docx', 'page.html'):
            code, out, err = self.run_in('/usr/bin/gouji', 'check', f'/in/{name}', mounts=mounts)
            self.assertIn(code, (0, 1), name + err)
            self.assertRegex(out, r'县人民政府 2025  已读全[\s\S]*表二 主动公开：已读全', name)

    def test_a_scan_says_what_is_missing(self):
        code, out, _ = self.run_in('/usr/bin/gouji', 'check', '/in/scan_2021.png', mounts=[('--ro-bind', SAMPLES, '/in')])
        self.assertEqual(code, 3)
        self.assertIn('OCR_NOT_INSTALLED', out)

    def test_poppler_knows_fonts_that_a_pdf_only_names(self):
        code, out, err = self.run_in('/usr/bin/pdftotext', '/in/gbk.pdf', '-', mounts=[('--ro-bind', ROOT / 'tests/fuzz/corpus/pdf', '/in')])
        self.assertIn('收到申请', out, err)
        self.assertEqual(self.run_in('/usr/bin/pdftoppm', '-v')[0], 0)

    def test_one_process_and_notify_beside_it(self):
        reports = self.made('in')
        for path in [*SAMPLES.iterdir(), FORMATS / 'word.pdf', FORMATS / 'word.docx']:
            shutil.copy(path, reports)
        hook = receiver.Receiver()
        self.addCleanup(hook.close)
        targets = self.made('targets')
        (targets / 'targets.json').write_text(json.dumps({'schema': 1, 'webhooks': [{'name': 'hook', 'url': hook.url, 'filter': {'years': 'all'}}]}))
        port, notify_port = free_port(), free_port()
        volume = [('--bind', self.data, DATA)]
        command = CONFIG['Entrypoint'] + CONFIG['Cmd'][:-1] + [f'127.0.0.1:{port}']
        service = self.start('run', *command, mounts=[*volume, ('--ro-bind', reports, '/in')])
        self.eventually('/readyz', lambda: answers(f'http://127.0.0.1:{port}/readyz'))
        self.assertEqual((self.health(port), self.health(free_port())), (0, 4))

        def status():
            return json.loads(self.run_in('/usr/bin/gouji', 'status', '--data', DATA, '--format', 'json', mounts=volume)[1])
        self.eventually('every report judged', lambda: status()['reports'] == len(list(reports.iterdir())) - 1)  # one is a notice
        self.assertIn('临河', self.run_in('/usr/bin/gouji', 'list', '--data', DATA, mounts=volume)[1])
        told = self.start('notify', '/usr/bin/gouji', 'notify', '--data', DATA, '--targets', '/etc/gouji/targets.json', '--from', 'start', '--admin',
                          f'127.0.0.1:{notify_port}', mounts=[*volume, ('--ro-bind', targets, '/etc/gouji')])
        message = self.eventually('a webhook', hook.messages)[0]
        self.assertIn('临河', message['organ'])
        self.assertIn('疑应为 14', message['message']['zh'])
        self.assertEqual(self.health(notify_port), 0)
        self.ends_with_zero(notify=told, run=service)

    def test_three_services_on_kafka(self):
        started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            self.skipTest(started.stderr)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', '--remove', self.folder / 'broker'], capture_output=True)
        log = 'kafka:' + (self.folder / 'broker/bootstrap').read_text().strip()
        code, _, err = self.run_in('/usr/bin/gouji', 'topics', 'apply', '--log', log, '--replication', '1')
        self.assertEqual(code, 0, err)
        ports = {name: free_port() for name in ('crawler', 'parser', 'validator')}
        volume = ('--bind', self.data, DATA)
        own = {'crawler': (['--sources', '/in', '--data', DATA], [volume, ('--ro-bind', FORMATS, '/in')]),
               'parser': (['--blobs', f'{DATA}/blobs'], [('--ro-bind', self.data, DATA)]), 'validator': ([], [])}
        services = {name: self.start(name, f'/usr/bin/gouji-{name}', '--log', log, '--admin', f'127.0.0.1:{port}', *own[name][0], mounts=own[name][1])
                    for name, port in ports.items()}
        self.eventually('all ready', lambda: all(answers(f'http://127.0.0.1:{port}/readyz') for port in ports.values()))
        self.assertEqual([self.health(port) for port in ports.values()], [0, 0, 0])

        def reports():
            code, out, _ = self.run_in('/usr/bin/gouji', 'status', '--log', log, '--format', 'json')
            return code == 0 and json.loads(out)['reports']
        self.eventually('every report judged', lambda: reports() == len(list(FORMATS.iterdir())))
        walls = next(json.loads(line) for line in self.log('parser').splitlines() if 'worker.walls' in line)
        self.assertEqual(walls['seccomp'], 'on', walls)
        print('walls:', json.dumps(walls, ensure_ascii=False), file=sys.stderr)
        self.ends_with_zero(**services)


if __name__ == '__main__':
    unittest.main(verbosity=2)
