"""The whole pipeline in one process over the local log, as a newcomer runs it."""
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from harness import (ANOMALY, BIN, CACHE, CURRENT_ANOMALY, CURRENT_REPORT, DEAD_PARSED, DEAD_RAW, E2E, FORMATS, PARSED, RANDOM, RAW, ROUNDS,
                   SAMPLES, SEED, VERDICT, expect_every_format, facts, folder_of_reports, gouji, header, once, one_wrong_figure, tail)


class LocalTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-e2e-'))
        self.data = self.folder / 'data'
        self.log = f'local:{self.data}/log.db'
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def run_once(self, *sources, data=None, expect=0):
        code, out, err = gouji('run', '--once', '--data', data or self.data, *sources)
        self.assertEqual(code, expect, err + out)
        return out, err

    def places(self, log=None):
        """Each raw record's ce_id and where it ended."""
        log = log or self.log
        ends = {}
        for record in tail(log, PARSED):
            ends.setdefault(record['value']['evidence']['raw_id'], []).append('parsed')
        for record in tail(log, DEAD_RAW):
            ends.setdefault(header(record, 'ce_id'), []).append(header(record, 'dlq_class'))
        return ends

    def test_samples_go_through_and_every_raw_record_ends_in_one_place(self):
        out, err = self.run_once(SAMPLES)
        self.assertIn('/metrics', err)
        ends = self.places()
        raw = tail(self.log, RAW)
        self.assertEqual({header(r, 'ce_id') for r in raw}, set(ends))
        for raw_id, where in ends.items():
            self.assertEqual(len(where), 1, f'{raw_id}: {where}')
        self.assertIn(['not_a_report'], ends.values())
        # A year that arrives after its neighbour has the neighbour judged anew: that is a second evaluation.
        first = [v for v in tail(self.log, VERDICT) if (v['value']['version'], v['value']['evaluation']) == (1, 1)]
        self.assertEqual(len(first), sum(where == ['parsed'] for where in ends.values()))
        self.assertEqual(tail(self.log, DEAD_PARSED), [])
        anomalies = tail(self.log, ANOMALY)
        self.assertTrue(any(a['value']['severity'] == 'SEVERITY_ERROR' for a in anomalies))
        for anomaly in anomalies:
            self.assertRegex(header(anomaly, 'ce_type'), r'^gouji\.anomaly\.(opened|changed|resolved|retracted)\.v1$')
            self.assertTrue(anomaly['value']['message_zh'] and anomaly['value']['message_en'])
            self.assertTrue(anomaly['value']['evidence']['raw_digest'])

    def test_a_backtest_tells_what_a_change_would_do_and_changes_nothing(self):
        self.run_once(SAMPLES)
        before = facts(tail(self.log, RAW, PARSED, VERDICT, ANOMALY, DEAD_RAW))
        for more in ([], ['--reparse']):
            code, out, err = gouji('rules', 'backtest', '--log', self.log, '--data', self.data, *more)
            self.assertEqual((code, out), (0, ''), err)
            self.assertRegex(err, r'T3\.OUTCOME_SUM +1 +0 +0 \| +1 +1 +0 +0 +0')
        self.assertEqual(facts(tail(self.log, RAW, PARSED, VERDICT, ANOMALY, DEAD_RAW)), before)
        code, old, err = gouji('check', '--format', 'json', SAMPLES)
        then = self.folder / 'then.json'
        then.write_text(old.replace('"fault":"UNDECIDED"', '"fault":"PUBLISHER"').replace('t3.unavailable.1.natural_person","reported":41,"proposed":14',
                                                                                         't3.unavailable.1.natural_person","reported":41,"proposed":15'), encoding='utf-8')
        code, out, err = gouji('rules', 'backtest', SAMPLES, '--against', then, '--format', 'json')
        self.assertEqual(code, 1, err)
        self.assertEqual([json.loads(line)['difference'] for line in out.splitlines()], ['changed'])

    def test_every_format_goes_through(self):
        self.run_once(FORMATS, SAMPLES / 'scan_2021.png')
        expect_every_format(self, self.log)
        (scan,) = [r['value'] for r in tail(self.log, PARSED) if r['value']['evidence']['url'].endswith('.png')]
        if (BIN / 'gouji-ocr').exists() and scan.get('reason', {}).get('code') != 'OCR_NOT_INSTALLED':
            self.assertEqual((scan['organ_name'], scan['year']), ('临河市人民政府', 2021))
            self.assertGreaterEqual(sum(len(t['table']['values']) for t in scan['tables']), 180)
        self.assertEqual(tail(self.log, DEAD_RAW, DEAD_PARSED), [])

    def test_dead_letters_are_listed_and_replayed_once(self):
        self.run_once(SAMPLES)
        letters = [json.loads(line) for line in gouji('dlq', 'list', '--log', self.log, '--format', 'json')[1].splitlines()]
        self.assertEqual([letter['dlq_class'] for letter in letters], ['not_a_report'])
        code, out, err = gouji('dlq', 'show', letters[0]['letter'], '--log', self.log)
        self.assertEqual(code, 0, err)
        self.assertIn('notice_2022.txt', out)
        raw = len(tail(self.log, RAW))
        for arguments, expected in ((['--dry-run'], 0), (['--filter', 'class=poison'], 0), ([], 1), ([], 1), (['--again'], 2)):
            code, out, err = gouji('dlq', 'replay', '--log', self.log, *arguments)
            self.assertEqual(code, 0, err)
            self.assertEqual(len(tail(self.log, RAW)), raw + expected, arguments)
        replayed = [r for r in tail(self.log, RAW) if header(r, 'dlq_replayed') == 'true']
        self.assertEqual({header(r, 'ce_id') for r in replayed}, {letters[0]['ce_id']})
        self.run_once(SAMPLES)
        self.assertEqual({tuple(sorted(set(where))) for where in self.places().values()}, {('not_a_report',), ('parsed',)})

    def test_a_second_run_over_the_same_files_publishes_nothing(self):
        self.run_once(SAMPLES)
        before = facts(tail(self.log, RAW, PARSED, VERDICT, ANOMALY, DEAD_RAW))
        self.run_once(SAMPLES)
        self.assertEqual(facts(tail(self.log, RAW, PARSED, VERDICT, ANOMALY, DEAD_RAW)), before)

    def test_a_page_and_its_attachment_are_one_report(self):
        reports = self.folder / 'reports'
        reports.mkdir()
        sample = (SAMPLES / 'qingpuwan_2025.html').read_text(encoding='utf-8')
        tables = re.findall(r'<table.*?</table>', sample, flags=re.S)
        page = sample
        for table in tables:
            page = page.replace(table, '')
        end = page.rfind('<', 0, page.index('主办单位'))
        page = page[:end] + '<p>附件：<a href="files/tables.html">统计表</a></p>' + page[end:]
        (reports / 'page.html').write_text(page, encoding='utf-8')
        (reports / 'files').mkdir()
        heads = ('二、主动公开政府信息情况', '三、收到和处理政府信息公开申请情况', '四、政府信息公开行政复议、行政诉讼情况')
        (reports / 'files/tables.html').write_text(
            ''.join(f'<h2>{head}</h2>{table}' for head, table in zip(heads, tables)), encoding='utf-8')
        self.run_once(reports / 'page.html')
        (raw,) = tail(self.log, RAW)
        self.assertEqual([a['name'] for a in raw['value']['attachments']], ['tables.html'])
        (parsed,) = tail(self.log, PARSED)
        self.assertEqual(parsed['value']['status'], 'READING_STATUS_PARSED')
        self.assertTrue(parsed['value']['attachments'][0]['is_used'])
        code, out, _ = gouji('check', '--format', 'json', '--fail-on', 'never', reports / 'page.html')
        self.assertEqual(code, 0, out)
        checked = json.loads(out)
        self.assertEqual({t['status'] for t in checked['tables'].values()}, {'READ'})
        self.assertEqual(checked['cells']['t3.new.total']['where']['part'], 1)
        self.assertEqual([(a['name'], a['used']) for a in checked['attachments']], [('tables.html', True)])
        # A changed attachment is a changed document.
        before = (reports / 'files/tables.html').read_text(encoding='utf-8')
        (reports / 'files/tables.html').write_text(before + '<p>更正</p>', encoding='utf-8')
        self.run_once(reports / 'page.html')
        self.assertEqual(len(tail(self.log, RAW)), 2)

    def test_a_mended_report_resolves_its_anomaly_and_a_deleted_one_is_withdrawn(self):
        reports = self.folder / 'reports'
        name = folder_of_reports(reports, 1, wrong_every=0)[0]
        good = (reports / name).read_text(encoding='utf-8')
        (reports / name).write_text(one_wrong_figure(good), encoding='utf-8')
        self.run_once(reports)
        (opened,) = tail(self.log, ANOMALY)
        self.assertEqual(header(opened, 'ce_type'), 'gouji.anomaly.opened.v1')
        (explanation,) = opened['value']['explanations']
        self.assertEqual(explanation['changes'][0]['cell'], 't3.new.total')
        code, out, err = gouji('list', '--log', self.log, '--format', 'csv')
        self.assertEqual(code, 0)
        self.assertIn(opened['value']['id'], out)

        (reports / name).write_text(good, encoding='utf-8')
        self.run_once(reports)
        _, resolved = tail(self.log, ANOMALY)
        self.assertEqual(header(resolved, 'ce_type'), 'gouji.anomaly.resolved.v1')
        self.assertEqual(resolved['value']['id'], opened['value']['id'])
        self.assertEqual(resolved['value']['resolved_by'], 'version:2')
        self.assertIsNone(tail(self.log, CURRENT_ANOMALY)[-1]['value'])
        verdict = tail(self.log, VERDICT)[-1]['value']
        self.assertEqual((verdict['version'], verdict['mended']), (2, 1))
        self.assertIn('t3.new.total', [change['cell'] for change in verdict['changed_cells']])

    def test_kill_9_at_random_moments_loses_and_doubles_nothing(self):
        reports = self.folder / 'reports'
        folder_of_reports(reports, 120)
        calm = self.folder / 'calm'
        self.run_once(reports, data=calm)
        calm_log = f'local:{calm}/log.db'
        for round_number in range(ROUNDS):
            process = subprocess.Popen([BIN / 'gouji', 'run', '--once', '--data', self.data, str(reports)],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait = RANDOM.uniform(0.02, 1.2)
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()
        self.run_once(reports)
        # The time of a fetch is the only thing that may differ between two runs.
        strip = lambda found: [(t, k, re.sub(r'"(fetched_at|opened_at)": "\d+"', '', v)) for _, t, k, v in found]
        for topic in (VERDICT, ANOMALY):
            self.assertEqual(strip(facts(tail(self.log, topic))), strip(facts(tail(calm_log, topic))),
                             f'{topic} differs, seed {SEED}')
        for topic in (RAW, PARSED):
            self.assertEqual(len(once(facts(tail(self.log, topic)))), len(once(facts(tail(calm_log, topic)))),
                             f'{topic} differs, seed {SEED}')
        for topic in (VERDICT, ANOMALY):
            ids = [header(r, 'ce_id') for r in tail(self.log, topic)]
            self.assertEqual(len(ids), len(set(ids)), f'a {topic} is doubled, seed {SEED}')
        code, out, err = gouji('log', 'verify', '--log', self.log)
        self.assertEqual(code, 0, out + err)

    def test_pages_and_a_list_over_http(self):
        pages = self.folder / 'pages'
        shutil.copytree(SAMPLES, pages)
        html = sorted(p.name for p in pages.glob('*.html'))
        links = ''.join(f'<li><a href="{name}">某机关2024年政府信息公开工作年度报告</a></li>' for name in html)
        (pages / 'list.html').write_text(f'<html><meta charset="utf-8"><ul>{links}</ul></html>', encoding='utf-8')
        handler = lambda *a, **k: Quiet(*a, directory=str(pages), **k)
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.shutdown)
        base = f'http://127.0.0.1:{server.server_port}'
        portal = self.folder / 'portal.json'
        portal.write_text(json.dumps({'schema': 1, 'id': 'test-portal', 'kind': 'list', 'url': f'{base}/list.html',
                                      'accept': {'title': ['年度报告']}}), encoding='utf-8')
        code, out, err = gouji('run', '--once', '--data', self.data, '--allow-net', '127.0.0.0/8', portal)
        self.assertIn(code, (0,), err + out)
        raw = tail(self.log, RAW)
        self.assertEqual({r['value']['url'] for r in raw}, {f'{base}/{name}' for name in html})
        self.assertGreaterEqual(len(tail(self.log, VERDICT)), 1)

    def test_metrics_agree_with_what_went_through(self):
        reports = self.folder / 'reports'
        folder_of_reports(reports, 30)
        process = subprocess.Popen([BIN / 'gouji', 'run', '--data', self.data, str(reports)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        address = None
        while address is None:
            found = re.search(r'http://\S+/metrics', process.stderr.readline())
            address = found.group(0) if found else None
        deadline = time.monotonic() + 60
        wanted = 'gouji_records_consumed_total{stage="validator",topic="gouji.report.parsed.v1"} 30'
        text, total, opened = '', 0, -1
        # A scrape may fall between a commit and the gauges that follow it.
        while (wanted not in text or total != opened) and time.monotonic() < deadline:
            text = urllib.request.urlopen(address).read().decode()
            total = sum(float(v) for v in re.findall(r'^gouji_anomalies_open\{.*\} (\S+)$', text, re.M))
            opened = len(tail(self.log, ANOMALY))
        self.assertIn(wanted, text)
        self.assertEqual(total, 6)
        self.assertEqual(opened, 6)
        health = urllib.request.urlopen(address.replace('/metrics', '/healthz'))
        self.assertEqual(health.status, 200)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class BadInputTest(unittest.TestCase):
    """Each ends in one clear message, in the right exit code."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-bad-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode('utf-8'))
        return path

    def check(self, *arguments):
        code, out, err = gouji('check', '--format', 'json', *arguments)
        return code, [json.loads(line) for line in out.splitlines()], err

    def test_documents_that_cannot_be_read_are_rejected_with_a_reason(self):
        good = (SAMPLES / 'linhe_2022.txt').read_text(encoding='utf-8')
        cases = {
            'empty.txt': b'', 'pdf.html': b'%PDF-1.4\n1 0 obj\n<<>>\nendobj\n', 'junk.bin': bytes(range(256)) * 4096,
            'big.txt': b'x' * (33 * 1024 * 1024),
        }
        for name, content in cases.items():
            with self.subTest(name):
                code, documents, err = self.check(self.write(name, content))
                self.assertEqual(code, 3, err)
                self.assertEqual(documents[0]['status'], 'REJECTED')
                self.assertTrue(documents[0]['reason']['code'] and documents[0]['reason']['message'])
        with self.subTest('news'):
            code, documents, _ = self.check(self.write('news.txt', '今天天气很好，市民纷纷出游。\n' * 20))
            self.assertEqual((code, documents[0]['status']), (3, 'NOT_A_REPORT'))
        with self.subTest('half a page'):
            code, documents, _ = self.check(self.write('half.txt', good[:len(good) * 6 // 10]))
            self.assertEqual((code, documents[0]['status']), (3, 'PARTIAL'))

    def test_a_wrong_charset_label_does_not_matter(self):
        text = (SAMPLES / 'linhe_2022.txt').read_text(encoding='utf-8')
        page = '<html><head><meta charset="utf-8"></head><body>' + ''.join(f'<p>{l}</p>' for l in text.splitlines()) + '</body></html>'
        _, (wrong,), _ = self.check(self.write('gbk.html', page.encode('gb18030')))
        _, (right,), _ = self.check(self.write('utf8.html', page))
        self.assertEqual({k: v['value'] for k, v in wrong['cells'].items()}, {k: v['value'] for k, v in right['cells'].items()})

    def test_usage_mistakes_name_the_thing_and_exit_2(self):
        for arguments, word in ((['check'], 'FILE'), (['check', '/no/such/file'], '/no/such/file'), (['chek'], 'chek'),
                                (['check', '--format', 'xml', 'x'], 'xml'), (['run', '--allow-net', 'nonsense', '--once', str(SAMPLES)], 'nonsense'),
                                (['tail', '--filter', 'abc'], 'abc'), (['run', '--once', '/no/such/place'], '/no/such/place')):
            with self.subTest(' '.join(arguments)):
                code, out, err = gouji(*arguments, cwd=self.folder)
                self.assertEqual(code, 2, err)
                self.assertIn(word, err)

    def test_a_log_that_cannot_be_opened_exits_4(self):
        for log, word in (('local:/no/such/log.db', '/no/such/log.db'), ('kafka:127.0.0.1:1', '127.0.0.1:1')):
            with self.subTest(log):
                code, _, err = gouji('tail', '--log', log)
                self.assertEqual(code, 4, err)
                self.assertIn(word, err)

    def test_a_log_file_from_a_newer_version_is_refused(self):
        import sqlite3
        data = self.folder / 'data'
        self.assertEqual(gouji('run', '--once', '--data', data, SAMPLES / 'linhe_2022.txt')[0], 0)
        with sqlite3.connect(data / 'log.db') as database:
            database.execute('pragma user_version = 999')
        code, _, err = gouji('run', '--once', '--data', data, SAMPLES / 'linhe_2022.txt')
        self.assertEqual(code, 4, err)
        self.assertIn('999', err)

    def test_a_second_owner_is_refused_with_the_pid_of_the_first(self):
        data = self.folder / 'data'
        process = subprocess.Popen([BIN / 'gouji', 'run', '--data', data, SAMPLES], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        while '/metrics' not in process.stderr.readline():
            pass
        code, _, err = gouji('run', '--once', '--data', data, SAMPLES)
        self.assertEqual(code, 4, err)
        self.assertIn(str(process.pid), err)
        process.terminate()
        process.communicate(timeout=30)

    def test_a_directory_loop_and_an_unreadable_file_end(self):
        reports = self.folder / 'reports'
        folder_of_reports(reports, 2, wrong_every=0)
        (reports / 'loop').symlink_to(reports)
        (reports / 'dangling.txt').symlink_to('/no/such/file')
        code, out, err = gouji('run', '--once', '--data', self.folder / 'data', reports)
        self.assertEqual(code, 0, err)
        self.assertEqual(len(tail(f'local:{self.folder}/data/log.db', VERDICT)), 2)

    def test_a_source_that_cannot_be_fetched_exits_3_and_is_told(self):
        code, out, err = gouji('run', '--once', '--data', self.folder / 'data', '--allow-net', '127.0.0.0/8',
                               'http://127.0.0.1:1/report.html')
        self.assertEqual(code, 3, err)
        self.assertIn('127.0.0.1:1', err)
        code, out, err = gouji('run', '--once', '--data', self.folder / 'data2', 'http://127.0.0.1:1/report.html')
        self.assertEqual(code, 3, err)
        self.assertIn('127.0.0.1', err)

    def test_an_earlier_draft_as_previous_does_not_hide_what_is_wrong(self):
        draft = SAMPLES / 'digit_error_2022.txt'
        code, out, err = gouji('check', draft, '--previous', draft)
        self.assertEqual(code, 1, out)

    def test_sarif_fits_the_published_schema(self):
        schema = CACHE / 'node/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'
        python = CACHE / 'python/bin/python'
        if not (schema.exists() and python.exists()):
            self.assertNotEqual(os.environ.get('CI'), 'true', 'run deploy/bootstrap.sh --tests')
            self.skipTest('run deploy/bootstrap.sh --tests')
        strange = self.folder / '年 报%<>"\'.txt'
        shutil.copy(SAMPLES / 'digit_error_2022.txt', strange)
        code, out, err = gouji('check', '--format', 'sarif', SAMPLES, strange)
        self.assertEqual(code, 3)
        log = self.folder / 'check.sarif'
        log.write_text(out, encoding='utf-8')
        self.assertGreaterEqual(len(json.loads(out)['runs'][0]['results']), 2)
        done = subprocess.run([python, E2E / 'valid_sarif.py', schema, log], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_page_and_slips_are_written_for_an_office(self):
        code, page, err = gouji('check', '--format', 'html', SAMPLES / 'digit_error_2022.txt')
        self.assertEqual(code, 1)
        self.assertIn('<s>41</s> <b>14</b>', page)
        self.assertTrue(page.rstrip().endswith('</html>'))
        code, slips, err = gouji('check', '--format', 'slip', SAMPLES / 'digit_error_2022.txt', SAMPLES / 'linhe_2021.txt')
        self.assertEqual(code, 1)
        self.assertIn('原报 41，建议 14', slips)
        self.assertIn('没有需要更正的', slips)

    def test_last_years_report_is_compared(self):
        now = (SAMPLES / 'linhe_2022.txt').read_text(encoding='utf-8')
        code, (document,), _ = self.check(self.write('now.txt', now), '--previous', SAMPLES / 'linhe_2021.txt')
        carry = [r for r in document['verdict']['results'] if r['rule'] == 'X.CARRY']
        self.assertEqual({r['status'] for r in carry}, {'PASSED'})
        self.assertEqual((code, len(carry)), (0, 7))

    def test_sixty_megabytes_of_junk_end_in_one_dead_letter(self):
        junk = self.folder / 'in'
        junk.mkdir()
        (junk / 'junk.html').write_bytes(os.urandom(1024) * 60 * 1024)
        code, out, err = gouji('run', '--once', '--data', self.folder / 'data', junk)
        self.assertEqual(code, 3, err)
        letters = tail(f'local:{self.folder}/data/log.db', DEAD_RAW)
        self.assertEqual([header(r, 'dlq_class') for r in letters], ['poison'])
        self.assertIn('TOO_LARGE', header(letters[0], 'dlq_error_message'))


if __name__ == '__main__':
    print(f'seed {SEED}')
    unittest.main(verbosity=2)
