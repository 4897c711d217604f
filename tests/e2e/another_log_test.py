"""Another log comes to stand where the one that `gouji notify` follows has stood: deleted and made anew, or put back from
a copy. Nothing of it is lost, and what was told is not told again; on both logs, while notify runs and while it does not."""
import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import unittest

from harness import ANOMALY, BIN, CACHE, ROOT, folder_of_reports, header, tail
from notify_test import Ground, eventually

PYTHON = CACHE / 'python/bin/python'
KAFKA = ROOT / 'tests/support/kafka/kafka.py'
# Deletes the topic, has it made again, and writes into it what comes in.
REPLACE = '''
import base64, json, subprocess, sys, time
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
bootstrap, topic, apply = sys.argv[1], sys.argv[2], sys.argv[3:]
admin = AdminClient({'bootstrap.servers': bootstrap})
if topic in admin.list_topics(timeout=30).topics:
    admin.delete_topics([topic])[topic].result(30)
    while topic in admin.list_topics(timeout=30).topics:
        time.sleep(0.1)
subprocess.run(apply, check=True, capture_output=True)
producer = Producer({'bootstrap.servers': bootstrap})
for record in json.load(sys.stdin):
    producer.produce(topic, value=base64.b64decode(record['value']), key=b'k', partition=0, headers=[('ce_id', record['id'].encode())])
assert producer.flush(30) == 0
'''


class AnotherLogTest(Ground):
    def setUp(self):
        super().setUp()
        self.log = f'local:{self.data}/log.db'

    def reports(self, numbers, wrong=True):
        """Reports of organs with these numbers, and of no others."""
        shutil.rmtree(self.source)
        folder_of_reports(self.source, max(numbers) + 1, wrong_every=1 if wrong else 0)
        for path in self.source.iterdir():
            if int(path.stem.split('-')[1]) not in numbers:
                path.unlink()

    def settle(self, number):
        path = self.source / f'report-{number:04}.txt'
        shutil.rmtree(self.folder / 'right', ignore_errors=True)
        folder_of_reports(self.folder / 'right', number + 1, wrong_every=0)
        shutil.copy(self.folder / 'right' / path.name, path)

    def remove_log(self):
        for path in [*self.data.glob('log.db*'), *self.data.glob('crawler.db*')]:
            path.unlink()

    def following(self, log=None):
        self.targets(self.webhook())
        return self.start(BIN / 'gouji', 'notify', '--data', self.data, '--log', log or self.log, '--targets', self.folder / 'targets.json', '--from', 'start')

    def told(self):
        return [(m['status'], m['anomaly_id']) for m in self.receiver.messages()]

    def anomalies(self):
        return [(header(r, 'ce_id'), r['value']['id']) for r in tail(self.log, ANOMALY)]

    def warnings(self):
        return sum(path.read_text(encoding='utf-8').count('notify.log_replaced') for path in self.folder.glob('*.log'))

    def expect_the_new_ones_only(self, before, follow):
        """Five were told; the log is made anew with eleven, of which three are among the five."""
        now = {('firing', anomaly) for _, anomaly in self.anomalies()}
        self.assertEqual((len(set(before)), len(now), len(now & set(before))), (5, 11, 3))
        follow()
        self.assertTrue(eventually(lambda: set(self.told()) == now | set(before)), f'{len(set(self.told()))} told; ' + ''.join(path.read_text(encoding='utf-8')[-2000:] for path in self.folder.glob('*.log')))
        self.assertEqual(len(self.told()), 13, 'told twice')

    def test_a_log_made_anew_while_notify_is_away(self):
        self.reports(range(5))
        self.run_once()
        self.notify('--targets', self.targets(self.webhook()), '--once', '--from', 'start')
        before = self.told()
        self.remove_log()
        self.reports(range(2, 13))
        self.run_once()
        self.expect_the_new_ones_only(before, lambda: self.assertIn('notify.log_replaced', ''.join(self.notify('--targets', self.folder / 'targets.json', '--once'))))
        self.settle(3)
        self.run_once()
        self.notify('--targets', self.folder / 'targets.json', '--once')
        self.assertEqual([status for status, _ in self.told()[13:]], ['resolved'])
        self.assertIn(('firing', self.told()[13][1]), before)

    def test_a_log_made_anew_under_a_notify_that_runs(self):
        self.reports(range(5))
        self.run_once()
        self.following()
        self.assertTrue(eventually(lambda: len(self.told()) == 5))
        before = self.told()
        self.remove_log()
        self.reports(range(2, 13))
        self.run_once()
        self.expect_the_new_ones_only(before, lambda: None)
        self.assertEqual(self.warnings(), 1)

    def test_a_copy_of_before_put_back_that_went_another_way(self):
        self.reports(range(3))
        self.run_once()
        copy = self.folder / 'copy'
        shutil.copytree(self.data, copy)
        self.reports(range(8))
        self.run_once()
        self.notify('--targets', self.targets(self.webhook()), '--once', '--from', 'start')
        self.assertEqual(len(self.told()), 8)
        for name in ('log.db', 'crawler.db'):
            for path in self.data.glob(name + '*'):
                path.unlink()
            shutil.copy(copy / name, self.data)
        self.reports([*range(3), *range(20, 40)])
        self.run_once()
        self.notify('--targets', self.folder / 'targets.json', '--once')
        self.assertEqual(len(self.told()), 28)
        self.assertEqual(len(set(self.told())), 28)

    @unittest.skipUnless(PYTHON.exists(), 'deploy/bootstrap.sh --tests brings the packages of Python')
    def test_a_topic_deleted_and_made_anew(self):
        started = subprocess.run([sys.executable, KAFKA, 'start', self.folder / 'broker'], capture_output=True, text=True)
        if started.returncode == 77:
            self.skipTest(started.stderr)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(subprocess.run, [sys.executable, KAFKA, 'stop', self.folder / 'broker'], capture_output=True)
        self.bootstrap = (self.folder / 'broker/bootstrap').read_text().strip()
        self.reports(range(5))
        self.run_once()
        self.replace_topic()
        self.following(f'kafka:{self.bootstrap}')
        self.assertTrue(eventually(lambda: len(self.told()) == 5))
        before = self.told()
        self.remove_log()
        self.reports(range(2, 13))
        self.run_once()
        self.replace_topic()
        self.expect_the_new_ones_only(before, lambda: None)

    def replace_topic(self):
        """What the local log has as anomalies becomes the topic of the broker."""
        with sqlite3.connect(self.data / 'log.db') as database:
            values = [row[0] for row in database.execute(
                'SELECT value FROM records JOIN partitions ON partition_id = partitions.id JOIN topics ON topic_id = topics.id '
                'WHERE topics.name = ? ORDER BY partition, offset', (ANOMALY,))]
        ids = [event for event, _ in self.anomalies()]
        self.assertEqual(len(ids), len(values))
        records = [{'id': event, 'value': base64.b64encode(value).decode()} for event, value in zip(ids, values)]
        subprocess.run([PYTHON, '-c', REPLACE, self.bootstrap, ANOMALY, str(BIN / 'gouji'), 'topics', 'apply', '--log', f'kafka:{self.bootstrap}', '--replication', '1'],
                       input=json.dumps(records), text=True, check=True)


if __name__ == '__main__':
    unittest.main(verbosity=2)
