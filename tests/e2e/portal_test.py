"""Pages that a person saved from a portal that machines may not read: imported, parsed and judged, over both logs."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import DEAD_RAW, PARSED, RAW, ROOT, SAMPLES, VERDICT, gouji, header, tail

KAFKA = ROOT / 'tests/support/kafka/kafka.py'
URL = 'https://jyj.qingpuwan.example/art/2026/1/20/art_1_2.html'
PORTAL = {'schema': 1, 'id': 'qingpuwan', 'hosts': ['jyj.qingpuwan.example'], 'documents': ['https://jyj.qingpuwan.example/art/2026/1/20/art_1_2.html'],
          'organ': {'name': '青浦湾市教育局', 'kind': 'department'}}


class Import:
    """Of a log that a subclass has: `where` is how commands name it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-import-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.page = self.folder / 'page.html'
        shutil.copy(SAMPLES / 'qingpuwan_2025.html', self.page)
        self.portal = self.folder / 'portal.json'
        self.portal.write_text(json.dumps(PORTAL))

    def bring(self, *more):
        return gouji('portal', 'import', self.page, '--url', URL, '--portal', self.portal, *self.where, *more)

    def raw(self, url=URL):
        return [r for r in tail(self.log, RAW) if r['value'] and r['value'].get('url') == url]

    def test_a_saved_page_is_a_report_like_others(self):
        code, out, err = self.bring('--date', '2026-01-21')
        self.assertEqual(code, 0, err)
        self.assertIn('imported', out)
        code, out, err = self.bring()
        self.assertEqual(code, 0, err)
        self.assertIn('imported before, with the same content', out)
        record, = self.raw()
        self.assertIn('qingpuwan', json.dumps(record['value']))
        self.assertIn('2026-01-21', json.dumps([record['value'], record['headers']]))

        self.page.write_bytes(self.page.read_bytes().replace(b'</body>', b'<p>x</p></body>'))
        self.assertEqual(self.bring()[0], 0)
        ids = [header(r, 'ce_id') for r in self.raw()]
        self.assertEqual(len(set(ids)), 2)
        self.assertEqual({r['key'] for r in self.raw()}, {record['key']})

        code, _, err = gouji('run', '--once', *self.where, SAMPLES / 'linhe_2021.txt', timeout=300)
        self.assertEqual(code, 0, err)
        parsed = [r for r in tail(self.log, PARSED) if r['value'] and r['value']['evidence']['url'] == URL]
        self.assertTrue(parsed)
        self.assertTrue([r for r in tail(self.log, VERDICT) if r['key'] == parsed[0]['key']])
        self.assertEqual(tail(self.log, DEAD_RAW), [])

    def test_every_mistake_of_the_command_is_told_at_once(self):
        elsewhere = 'https://elsewhere.example/a'
        code, _, err = gouji('portal', 'import', self.page, '--url', elsewhere, '--portal', self.portal, '--date', '2999-01-01', *self.where)
        self.assertEqual(code, 2)
        self.assertIn('its host is not among the hosts', err)
        self.assertIn('not after today', err)
        self.assertEqual(self.raw(elsewhere), [])


class LocalImport(Import, unittest.TestCase):
    def setUp(self):
        super().setUp()
        data = self.folder / 'data'
        self.where, self.log = ['--data', data], f'local:{data}/log.db'
        self.assertEqual(gouji('run', '--once', *self.where, SAMPLES / 'linhe_2022.txt')[0], 0)


class KafkaImport(Import, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = pathlib.Path(tempfile.mkdtemp(prefix='gouji-kafka-'))
        cls.addClassCleanup(shutil.rmtree, cls.broker, ignore_errors=True)
        started = subprocess.run([sys.executable, KAFKA, 'start', cls.broker / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            raise unittest.SkipTest(started.stderr)
        assert started.returncode == 0, started.stderr
        cls.addClassCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', cls.broker / 'broker'], capture_output=True)
        cls.log = 'kafka:' + (cls.broker / 'broker/bootstrap').read_text().strip()
        code, _, err = gouji('topics', 'apply', '--log', cls.log, '--replication', '1')
        assert code == 0, err

    def setUp(self):
        super().setUp()
        self.where = ['--log', self.log, '--data', self.folder / 'data']


if __name__ == '__main__':
    unittest.main()
