"""What docs/operations.md tells an operator to do, done while the programs work.

GOUJI_OLD_BIN: a folder with programs of another version, for the upgrade and the way back (skipped without it)."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

from harness import ANOMALY, BIN, ROOT, SAMPLES, chinese, gouji, header, one_wrong_figure, tail
from notify_test import REPORT, Ground, eventually

OLD = os.environ.get('GOUJI_OLD_BIN')


def commands_of(title):
    """The lines of the first block of commands below a heading of docs/operations.md."""
    page = (ROOT / 'docs/operations.md').read_text(encoding='utf-8')
    block = re.search(rf'^## {title}$.*?^```sh\n(.*?)^```', page, re.M | re.S).group(1)
    return [line.split('    #')[0] for line in block.splitlines()]


class OperationsTest(Ground):
    def setUp(self):
        super().setUp()
        self.data = self.folder / 'gouji-data'
        self.log = f'local:{self.data}/log.db'
        self.number = 0

    def report(self, wrong=True):
        text = (SAMPLES / REPORT).read_text(encoding='utf-8')
        text = text.replace(text.splitlines()[0].split('2022')[0], f'{chinese(self.number)}县人民政府')
        part = self.folder / 'part'
        part.write_text(one_wrong_figure(text) if wrong else text, encoding='utf-8')
        part.rename(self.source / f'{9999 - self.number}.txt')  # the newest is read first
        self.number += 1

    def told(self):
        return {m['id'] for m in self.receiver.messages()}

    def started(self):
        self.gouji_run()
        targets = self.targets(self.webhook())
        self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, '--from', 'start')

    def assert_everything_once(self):
        """One anomaly of each wrong report in the log, in the list and at the receiver; as a run from nothing has them."""
        events = [header(record, 'ce_id') for record in tail(self.log, ANOMALY)]
        self.assertEqual(len(events), len(set(events)), 'doubled')
        self.assertEqual(len(events), self.number)
        self.assertTrue(eventually(lambda: set(events) <= self.told(), limit=20), f'not told: {len(set(events) - self.told())} of {len(events)}')
        code, out, err = gouji('log', 'verify', '--data', self.data)
        self.assertEqual(code, 0, out + err)
        fresh = self.folder / 'fresh'
        self.assertEqual(gouji('run', '--once', '--data', fresh, self.source)[0], 0)
        code, out, err = gouji('log', 'compare', '--log', self.log, '--to', f'local:{fresh}/log.db')
        self.assertEqual((code, out), (0, ''), err)

    @unittest.skipUnless(shutil.which('sqlite3'), 'apt-get install sqlite3')
    def test_a_backup_made_while_reports_come_in_is_restored_and_goes_on_with_nothing_lost_or_doubled(self):
        self.report()
        self.started()
        self.assertTrue(eventually(lambda: len(self.told()) == self.number))
        for line in commands_of('Back up and restore'):
            subprocess.run(['sh', '-ec', line], cwd=self.folder, check=True)
            for _ in range(2):
                self.report()  # between any two of the commands reports come, are judged and told
            self.assertTrue(eventually(lambda: len(self.told()) == self.number))
        before = self.told()
        self.stop_all()
        shutil.rmtree(self.data)
        shutil.copytree(self.folder / 'backup', self.data)
        code, out, err = gouji('log', 'verify', '--data', self.data)
        self.assertEqual(code, 0, out + err)
        for _ in range(20):
            self.report()
        self.started()
        self.assertTrue(eventually(lambda: len(tail(self.log, ANOMALY)) >= self.number))
        self.assert_everything_once()
        self.assertEqual(len(self.told() - before), 20, 'an anomaly that was told before has another id after')

    @unittest.skipUnless(os.environ.get('GOUJI_TEST_LONG'), 'with the one above more than 20 s: GOUJI_TEST_LONG=1')
    def test_without_the_memory_of_the_crawler_nothing_changes_downstream(self):
        for _ in range(3):
            self.report()
        self.run_once()
        (self.data / 'crawler.db').unlink()
        self.report()
        self.run_once()
        self.started()
        self.assert_everything_once()

    @unittest.skipUnless(OLD, 'GOUJI_OLD_BIN names no folder')
    def test_an_upgrade_and_the_way_back_on_one_data_folder(self):
        for program in (pathlib.Path(OLD) / 'gouji', BIN / 'gouji', pathlib.Path(OLD) / 'gouji', BIN / 'gouji'):
            for _ in range(5):
                self.report()
            service = self.start(program, 'run', '--data', self.data, '--admin', '127.0.0.1:0', self.source)
            self.assertTrue(eventually(lambda: gouji('list', '--data', self.data, '--format', 'csv')[1].count('\n') == self.number + 1))
            service.send_signal(signal.SIGTERM)
            self.assertEqual(service.wait(30), 0)
        self.started()
        self.assert_everything_once()


if __name__ == '__main__':
    unittest.main(verbosity=2)
