#!/usr/bin/env python3
"""What the command says when it is used wrongly, and its exit codes: docs/cli.md.

  command_line_test.py GOUJI [unittest arguments]"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / 'samples'
GOUJI = ''


def gouji(*arguments, stdout=subprocess.PIPE, **environment):
    return subprocess.run([GOUJI, *map(str, arguments)], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60,
                          env={**os.environ, **environment})


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def refused(self, *arguments):
        done = gouji(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ''), done.stderr)
        return done.stderr

    def test_a_wrong_word_is_named_with_the_one_that_was_meant_and_where_help_stands(self):
        self.assertRegex(self.refused('chek'), r'chek\n.*did you mean: check\n.*gouji --help')
        self.assertRegex(self.refused('check', '--formt', 'html', 'x'), r'--formt\n.*did you mean: --format\n.*gouji check --help')
        self.assertRegex(self.refused('check'), r'缺少参数.*FILE')
        self.assertIn('{en,zh}', self.refused('list', '--lang', 'fr').replace('{zh,en}', '{en,zh}'))
        for missing in (self.folder / '没有.docx', self.folder):
            self.assertIn(str(missing), self.refused('check', missing))

    def test_help_has_no_option_without_words_and_no_heading_in_english_alone(self):
        commands = re.findall(r'^  ([a-z]+) ', gouji('--help').stdout.split('commands:')[1], re.M)
        self.assertIn('check', commands)
        for command in commands:
            text = gouji(command, '--help').stdout
            self.assertNotRegex(text, r'OR \{|->|^(Usage|Options|Positionals):', command)
            for option, words in re.findall(r'^  (-[^\n]{0,26}?)(?:\n {30}| {2,})([^\n]*)', text, re.M):
                self.assertRegex(words, '[\u4e00-\u9fff]|librdkafka', f'{command} {option}')

    def test_a_previous_report_that_is_not_the_one_of_the_year_before_is_told(self):
        this, before = SAMPLES / 'linhe_2022.txt', SAMPLES / 'linhe_2021.txt'
        done = gouji('check', this, '--previous', before)
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for document, previous, code in ((this, this, 2), (before, this, 2), (SAMPLES / 'digit_error_2022.txt', before, 1)):
            done = gouji('check', document, '--previous', previous)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn(f'--previous {previous}', done.stderr)
            self.assertIn('临河市人民政府办公室', done.stderr)

    def test_a_report_that_could_not_be_written_is_no_success(self):
        for form in ('text', 'html', 'json'):
            with open('/dev/full', 'w') as full:
                done = gouji('check', SAMPLES / 'linhe_2022.txt', '--format', form, stdout=full)
            self.assertEqual(done.returncode, 4, form)
            self.assertIn('输出没有写全', done.stderr)

    def test_run_takes_the_log_level_and_refuses_one_that_there_is_not(self):
        run = ('run', SAMPLES / 'linhe_2021.txt', '--once', '--data', self.folder)
        self.assertNotIn('"level":"INFO"', gouji(*run, GOUJI_LOG_LEVEL='').stderr)
        self.assertIn('"level":"INFO"', gouji(*run, GOUJI_LOG_LEVEL='info').stderr)
        done = gouji(*run, GOUJI_LOG_LEVEL='loud')
        self.assertEqual(done.returncode, 2)
        self.assertIn("'loud'", done.stderr)

    def test_a_report_counts_once_however_often_a_neighbour_has_it_judged(self):
        documents = [self.folder / name for name in ('a.txt', 'b.txt')]
        data = self.folder / 'data'
        for document, sample in zip(documents, ('linhe_2022.txt', 'linhe_2021.txt')):
            document.write_bytes((SAMPLES / sample).read_bytes())
            done = gouji('run', *documents[:1 + documents.index(document)], '--once', '--data', data)
            self.assertIn('报告 1 份', done.stderr)
        self.assertIn('第 1 版（重新核对）', done.stdout)

    def test_a_waived_anomaly_is_not_told_as_one_that_changed(self):
        run = ('run', SAMPLES / 'digit_error_2022.txt', '--once', '--data', self.folder)
        self.assertIn('异常 1 项', gouji(*run).stderr)
        self.assertEqual(gouji('waive', 'add', '34d487', '--reason', '核实', '--author', '张三', '--data', self.folder).returncode, 0)
        done = gouji(*run)
        self.assertIn('已豁免 [错误]', done.stdout)
        self.assertIn('异常 0 项', done.stderr)

    def test_show_tells_how_an_anomaly_ended(self):
        report, data = self.folder / 'r.txt', self.folder / 'data'
        text = (SAMPLES / 'digit_error_2022.txt').read_text()
        for body in (text, text.replace('本机关不掌握相关政府信息\t41', '本机关不掌握相关政府信息\t14')):
            report.write_text(body)
            self.assertEqual(gouji('run', report, '--once', '--data', data).returncode, 0)
            shown = gouji('show', '34d487a2bedd', '--data', data)
            self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn('已更正', shown.stdout)
        self.assertEqual(gouji('show', 'ffff', '--data', data).returncode, 2)


if __name__ == '__main__':
    GOUJI = sys.argv.pop(1)
    unittest.main()
