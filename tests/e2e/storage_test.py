"""The local log as its owner meets it: a full disk, damaged files, kill -9 and what follows, and a move.

GOUJI_TEST_ROUNDS rounds of each kind (4); 200 once before a release. GOUJI_TEST_RECOVERY_MAX: the
seconds from the start after a kill to the first new report (2 on an idle machine; 30 unless told)."""
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

from harness import (ANOMALY, BIN, PARSED, RANDOM, RAW, ROUNDS, SEED, VERDICT, facts, folder_of_reports, gouji, header, once,
                     tail)

RECOVERY_MAX = float(os.environ.get('GOUJI_TEST_RECOVERY_MAX', 30))


class StorageTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-storage-'))
        self.data = self.folder / 'data'
        self.log = f'local:{self.data}/log.db'
        self.reports = self.folder / 'reports'
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_once(self, data=None, expect=0):
        code, out, err = gouji('run', '--once', '--data', data or self.data, self.reports)
        self.assertEqual(code, expect, err + out)
        return err

    def calm_log(self):
        self.run_once(data=self.folder / 'calm')
        return f'local:{self.folder}/calm/log.db'

    def assert_same(self, log, other, what):
        code, out, err = gouji('log', 'compare', '--log', log, '--to', other)
        self.assertEqual((code, out), (0, ''), f'{what}: {err}, seed {SEED}')
        for topic in (VERDICT, ANOMALY):
            ids = [header(r, 'ce_id') for r in tail(log, topic)]
            self.assertEqual(len(ids), len(set(ids)), f'{what}: a {topic} is doubled, seed {SEED}')
            self.assertEqual(len(ids), len(tail(other, topic)), f'{what}: {topic}, seed {SEED}')
        for topic in (RAW, PARSED):
            self.assertEqual(len(once(facts(tail(log, topic)))), len(once(facts(tail(other, topic)))), f'{what}, seed {SEED}')
        code, out, err = gouji('log', 'verify', '--log', log)
        self.assertEqual(code, 0, out + err)

    # --- a full disk

    def test_a_full_disk_ends_the_run_and_nothing_is_lost_when_there_is_space_again(self):
        disk = self.folder / 'disk'
        disk.mkdir()
        folder_of_reports(self.reports, 40)
        calm = self.calm_log()
        full = 0
        for _ in range(ROUNDS):
            kilobytes = RANDOM.randrange(200, 1800)
            mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={kilobytes}k', 'none', disk], capture_output=True, text=True)
            if mounted.returncode != 0:
                self.skipTest(f'a small file system cannot be mounted here: {mounted.stderr.strip()}')
            try:
                code, out, err = gouji('run', '--once', '--data', disk / 'd', self.reports)
                if code != 0:
                    full += 1
                    self.assertIn(code, (4, 73), f'{kilobytes} KiB: {err}')
                    self.assertIn(f'{disk}/d/', err)
                    self.assertRegex(err, 'free space|No space left')
                self.assertEqual(subprocess.run(['mount', '-o', 'remount,size=64m', disk]).returncode, 0)
                self.run_once(data=disk / 'd')
                self.assert_same(f'local:{disk}/d/log.db', calm, f'{kilobytes} KiB')
            finally:
                subprocess.run(['umount', disk], check=True)
        self.assertGreater(full, ROUNDS // 2)
        print(f'{ROUNDS} rounds, the disk was full in {full}, seed {SEED}')

    # --- kill -9

    def start(self):
        return subprocess.Popen([BIN / 'gouji', 'run', '--data', self.data, self.reports], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def test_after_kill_9_it_is_soon_at_work_again(self):
        names = folder_of_reports(self.reports, 20 + ROUNDS, wrong_every=0)
        held_back = []
        for name in names[20:]:
            held_back.append((self.reports / name, (self.reports / name).read_bytes()))
            (self.reports / name).unlink()
        self.run_once()
        took = []
        for path, content in held_back:
            process = self.start()
            time.sleep(RANDOM.uniform(0.0, 0.4))
            process.kill()
            process.communicate()
            path.write_bytes(content)
            began = time.monotonic()
            process = self.start()
            self.assertNotEqual(process.stdout.readline(), '')
            took.append(time.monotonic() - began)
            process.kill()
            process.communicate()
        took.sort()
        print(f'{ROUNDS} rounds, at work again after {took[len(took) // 2]:.2f} s, at most {took[-1]:.2f} s, seed {SEED}')
        self.assertLess(took[-1], RECOVERY_MAX)
        self.assert_same(self.log, self.calm_log(), 'after the kills')

    # --- wrong and damaged files

    def test_what_is_no_sound_log_is_refused_by_name_and_left_as_it_is(self):
        folder_of_reports(self.reports, 4)
        self.run_once()
        sound = (self.data / 'log.db').read_bytes()
        newer = bytearray(sound)
        newer[60:64] = (99).to_bytes(4, 'big')  # user_version in SQLite's header
        other = self.folder / 'other.db'
        sqlite3.connect(other).executescript('CREATE TABLE t(a)')
        cases = {
            'text': (b'no database\n' * 100, 'no Gouji log'),
            'cut': (sound[:len(sound) // 2], 'log verify'),
            'newer': (bytes(newer), 'newer gouji'),
            'other': (other.read_bytes(), 'not a Gouji log'),
        }
        for name, (content, words) in cases.items():
            path = self.folder / name / 'log.db'
            path.parent.mkdir()
            path.write_bytes(content)
            for command in (['run', '--once', '--data', path.parent, self.reports], ['log', 'stat', '--log', f'local:{path}'],
                            ['log', 'compact', '--log', f'local:{path}'], ['tail', '--log', f'local:{path}']):
                with self.subTest(file=name, command=command[0:2]):
                    code, out, err = gouji(*command)
                    self.assertEqual((code, out), (4, ''), err)
                    self.assertIn(str(path), err)
                    self.assertIn(words, err)
            self.assertEqual(path.read_bytes(), content, f'{name} was written to')

    def test_a_flipped_bit_in_a_record_is_told_with_its_place(self):
        folder_of_reports(self.reports, 4)
        self.run_once()
        path = self.data / 'log.db'
        damaged = bytearray(path.read_bytes())
        place = damaged.find(b'application/protobuf')
        damaged[place] ^= 1
        path.write_bytes(damaged)
        code, out, _ = gouji('log', 'verify', '--log', self.log)
        self.assertEqual(code, 1)
        self.assertRegex(out, r'topic gouji\.\S+, partition \d+, offset \d+: the checksum does not agree')

    def test_commands_on_a_log_that_is_not_there_or_in_use_say_so_and_make_nothing(self):
        for action in ('stat', 'verify', 'compact'):
            code, out, err = gouji('log', action, '--log', self.log)
            self.assertEqual((code, out), (4, ''), err)
            self.assertIn('此处没有事件日志', err)
            self.assertIn('there is no log at', err)
        self.assertFalse(self.data.exists())
        folder_of_reports(self.reports, 2)
        process = self.start()
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        process.stdout.readline()
        code, _, err = gouji('log', 'compact', '--log', self.log)
        self.assertEqual(code, 4)
        self.assertIn(f'pid {process.pid}', err)
        self.assertEqual(gouji('log', 'verify', '--log', self.log)[0], 0)
        self.assertEqual(gouji('log', 'stat', '--log', self.log)[0], 0)

    def test_a_topic_that_is_not_there_names_the_one_that_was_meant(self):
        folder_of_reports(self.reports, 1)
        self.run_once()
        for wrong, words in (('gouji.report.verdcit.v1', f'是否想用 {VERDICT}？'), ('verdict', f'did you mean {VERDICT}?'), ('zzz', '`gouji topics apply`')):
            code, out, err = gouji('tail', wrong, '--log', self.log)
            self.assertNotEqual((code, out), (0, ''))
            self.assertIn(words, err)
            self.assertEqual('topics apply' in err, wrong == 'zzz')

    # --- a move

    def test_a_copy_is_interrupted_goes_on_and_comes_out_the_same_with_its_waivers(self):
        folder_of_reports(self.reports, 60)
        self.run_once()
        anomaly = gouji('list', '--log', self.log, '--format', 'csv')[1].splitlines()[1].split(',')[0]
        self.assertEqual(gouji('waive', 'add', anomaly, '--reason', 'r', '--author', 'a', '--log', self.log)[0], 0)
        target_data = self.folder / 'target'
        target = f'local:{target_data}/log.db'
        gouji('topics', 'apply', '--log', target)
        copy = ['log', 'copy', '--log', self.log, '--data', self.data, '--to', target]
        process = subprocess.Popen([BIN / 'gouji', *map(str, copy)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(RANDOM.uniform(0.0, 0.1))
        process.send_signal(signal.SIGINT)
        process.wait()
        code, out, err = gouji(*copy)
        self.assertEqual(code, 0, err)
        self.assertIn('run this again', out)
        self.assertEqual(facts(tail(target, RAW)), facts(tail(self.log, RAW)))
        nothing = self.folder / 'nothing'
        nothing.mkdir()
        for _ in range(2):  # the reports, then the waiver
            self.assertEqual(gouji('run', '--once', '--log', target, '--data', target_data, nothing)[0], 0)
            code, out, err = gouji(*copy)
            self.assertIn(' 0 条复制', out)
        self.assertEqual(gouji('run', '--once', '--data', self.data, nothing)[0], 0)
        self.assertEqual(gouji('log', 'compare', '--log', self.log, '--to', target)[0], 0)
        lists = [gouji('list', '--log', log, '--format', 'csv')[1] for log in (self.log, target)]
        self.assertNotIn(anomaly, lists[0])
        self.assertNotIn(anomaly, lists[1])
        self.assertEqual(gouji('dlq', 'list', '--log', target)[1], gouji('dlq', 'list', '--log', self.log)[1])


if __name__ == '__main__':
    print(f'seed {SEED}')
    unittest.main(verbosity=2)
