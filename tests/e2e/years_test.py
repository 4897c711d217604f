"""Figures of real reports through `check` and through the pipeline: years of one organ in both orders,
revisions that break and mend, copies of last year's text, severities that change and change back."""
import contextlib
import json
import pathlib
import re
import shutil
import sqlite3
import tempfile
import unittest

from harness import ANOMALY, CURRENT_ANOMALY, RANDOM, ROOT, SAMPLES, SEED, VERDICT, gouji, header, tail

CORPUS = next((folder for folder in (ROOT / '../shared', ROOT / '../../shared') if (folder / 'corpus/grids').is_dir()), None)
ROWS3 = (['new', 'cin', 'r1', 'r2'] + [f'r3_{i}' for i in range(1, 9)] + [f'r4_{i}' for i in range(1, 4)] +
         [f'r5_{i}' for i in range(1, 6)] + [f'r6_{i}' for i in range(1, 4)] + ['tot', 'cout'])


def report_of(grid, organ='临河市水利局'):
    """The sample of edition 2021 as a report of this organ with the figures of the grid."""
    figures = [list(map(str, row)) for row in grid['t2'].values()] + [list(map(str, grid['t3'][row])) for row in ROWS3]
    figures.append(list(map(str, grid['t4'])))
    out = []
    text = (SAMPLES / 'linhe_2022.txt').read_text(encoding='utf-8').replace('临河市人民政府办公室', organ)
    text = text.replace('2022', str(grid['year']))
    for line in text.splitlines():
        label, *cells = line.split('\t')
        is_row = len(cells) > 0 and all(re.fullmatch(r'[\d.]+', cell) for cell in cells)
        if is_row and re.fullmatch(r'\d+', label):
            line = '\t'.join(figures.pop(0))  # table 4 has no labels
        elif is_row:
            line = '\t'.join([label, *figures.pop(0)])
        elif '件，' in line or '条，' in line:
            continue  # what the sample's prose counts
        out.append(line)
    assert not figures
    return '\n'.join(out) + '\n'


def with_change(grid, row, column, change):
    changed = json.loads(json.dumps(grid))
    changed['t3'][row][column] += change
    return changed


def random_grid():
    """Figures that agree, many of them zero."""
    def row():
        parts = [RANDOM.choice((0, 0, 0, 1, RANDOM.randrange(10), RANDOM.randrange(2000))) for _ in range(6)]
        return [*parts, sum(parts)]

    def add(*rows):
        return [sum(figures) for figures in zip(*rows)]

    t3 = {name: row() for name in ROWS3[2:-2]}
    t3['tot'] = add(*t3.values())
    t3['cout'] = [min(figure, 3) for figure in row()[:6]]
    t3['cout'].append(sum(t3['cout']))
    all_cases = add(t3['tot'], t3['cout'])
    t3['cin'] = [RANDOM.randrange(figure + 1) for figure in all_cases[:6]]
    t3['cin'].append(sum(t3['cin']))
    t3['new'] = [figure - carried for figure, carried in zip(all_cases, t3['cin'])]
    groups = [[RANDOM.randrange(4) for _ in range(4)] for _ in range(3)]
    t2 = {'规章': [0, 0, 0], '规范性文件': [3, 1, 40], '行政许可': [RANDOM.randrange(9999)], '行政处罚': [RANDOM.randrange(999)],
          '行政强制': [RANDOM.randrange(99)], '收费': [f'{RANDOM.randrange(1000)}.{RANDOM.randrange(10)}']}
    return {'year': RANDOM.randrange(2021, 2026), 't2': t2, 't3': t3, 't4': [figure for group in groups for figure in (*group, sum(group))]}


def page_of(text):
    """The report as a page, with its rows as those of tables."""
    out, in_table = [], False
    for line in text.splitlines():
        is_row = '\t' in line
        if is_row != in_table:
            out.append('<table border="1">' if is_row else '</table>')
            in_table = is_row
        out.append('<tr>' + ''.join(f'<td>{cell}</td>' for cell in line.split('\t')) + '</tr>' if is_row else f'<p>{line}</p>')
    return f'<html><head><meta charset="utf-8"><title>{text.splitlines()[0]}</title></head><body>{"".join(out)}</body></html>'


class RandomFiguresTest(unittest.TestCase):
    def test_figures_that_agree_raise_nothing_in_whichever_format(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-e2e-'))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for i in range(100):
            text = report_of(random_grid())
            (folder / f'{i:03}.{"html" if i % 2 else "txt"}').write_text(page_of(text) if i % 2 else text, encoding='utf-8')
        code, out, err = gouji('check', folder, '--format', 'json', '--fail-on', 'info')
        for line in out.splitlines():
            document = json.loads(line)
            self.assertEqual((document['status'], document['anomalies']), ('PARSED', []), document['source'])
        self.assertEqual((code, len(out.splitlines())), (0, 100), err)


@unittest.skipIf(CORPUS is None, '../shared/corpus is not there')
class RealFiguresTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-e2e-'))
        self.data = self.folder / 'data'
        self.log = f'local:{self.data}/log.db'
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.reports = self.folder / 'reports'
        self.reports.mkdir()

    def grid(self, name):
        return json.loads((CORPUS / f'corpus/grids/{name}.json').read_text(encoding='utf-8'))

    def run_once(self, *arguments, data=None):
        code, out, err = gouji('run', '--once', '--data', data or self.data, self.reports, *arguments)
        self.assertEqual(code, 0, err + out)

    def put(self, grid, name='report.txt'):
        (self.reports / name).write_text(report_of(grid), encoding='utf-8')

    def check(self, path, *arguments):
        code, out, err = gouji('check', path, '--format', 'json', '--fail-on', 'never', *arguments)
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def open_anomalies(self, log):
        """What is open at the end, without the times and ids of the documents that led to it."""
        state = {}
        for record in tail(log, CURRENT_ANOMALY):
            state[record['key']] = record['value']
        told = ('findings', 'explanations', 'fault', 'severity', 'unique', 'exhaustive', 'message_zh', 'message_en')
        return {key: {name: value.get(name) for name in told} for key, value in state.items() if value}

    def test_check_finds_nothing_in_them_and_the_one_cell_that_is_changed(self):
        for name in ('F005', 'F009', 'F010'):
            grid = self.grid(name)
            self.put(grid)
            self.assertEqual(self.check(self.reports / 'report.txt')['anomalies'], [], name)
            right = grid['t3']['r1'][0]
            self.put(with_change(grid, 'r1', 0, 7))
            (anomaly,) = self.check(self.reports / 'report.txt')['anomalies']
            self.assertEqual(sorted(anomaly['rules']), ['T3.OUTCOME_SUM', 'T3.ROW_SUM'])
            self.assertTrue(anomaly['unique'])
            (explanation,) = anomaly['explanations']
            self.assertEqual(explanation['changes'], [{'cell': 't3.granted.natural_person', 'reported': right + 7, 'proposed': right}])

    def test_years_of_one_organ_lead_to_the_same_in_both_orders(self):
        before, after = self.grid('F009'), self.grid('F010')
        before = with_change(before, 'cout', 0, 2)  # one figure of the earlier year is wrong
        self.assertEqual(before['year'] + 1, after['year'])
        ends = []
        for order in ((before, after), (after, before)):
            data = self.folder / f'data{len(ends)}'
            for i, grid in enumerate(order):
                self.put(grid, f'{grid["year"]}.txt')
                self.run_once(data=data)
            ends.append(self.open_anomalies(f'local:{data}/log.db'))
            shutil.rmtree(self.reports)
            self.reports.mkdir()
        self.assertEqual(ends[0], ends[1])
        rules = sorted({finding['rule'] for value in ends[0].values() for finding in value['findings']})
        self.assertIn('T3.BALANCE', rules)
        self.assertIn('X.CARRY', rules)

    def test_a_revision_says_which_cells_changed_and_what_it_broke_and_mended(self):
        grid = self.grid('F010')
        self.put(grid)
        self.run_once()
        self.put(with_change(grid, 'tot', 6, 30))
        self.run_once()
        broken = tail(self.log, VERDICT)[-1]['value']
        self.assertEqual((broken['version'], broken.get('broken', 0), broken.get('mended', 0)), (2, 1, 0))
        (change,) = broken['changed_cells']
        self.assertEqual((change['cell'], int(change['value_after']) - int(change['value_before'])), ('t3.total.total', 30))
        self.put(grid)
        self.run_once()
        mended = tail(self.log, VERDICT)[-1]['value']
        self.assertEqual((mended['version'], mended.get('broken', 0), mended.get('mended', 0)), (3, 0, 1))
        self.assertEqual([change['cell'] for change in mended['changed_cells']], ['t3.total.total'])
        self.assertEqual(self.open_anomalies(self.log), {})

    def test_a_copy_of_last_years_text_is_told_and_an_honest_next_year_is_not(self):
        def outcome(now, before):
            document = self.check(now, '--previous', before)
            (result,) = [r for r in document['verdict']['results'] if r['rule'] == 'S.DUPLICATE' and r['instance'] == 'previous']
            return result['status']

        for name in ('000_3bc898d976083dfc', '001_b291514eb4df5943', '002_b7b31fc9363d19c4', '003_9deda7426de2307f', '004_34c2e878ed5bcc6a'):
            before = CORPUS / f'seeds/{name}.txt'
            copied = re.sub(r'(20\d\d)(?=\s*年|-)', lambda year: str(int(year[1]) + 1), before.read_text(encoding='utf-8'))
            (self.reports / 'now.txt').write_text(copied, encoding='utf-8')
            self.assertEqual(outcome(self.reports / 'now.txt', before), 'FAILED', name)
        years = []
        for name in ('009', '010'):  # two years that one administration wrote itself
            text = (CORPUS / f'corpus/full/pingtan_{name}.txt').read_text(encoding='utf-8')
            text = text.replace('平潭综合实验区', '临河市水利局', 1).replace('平潭综合实验区', '临河市')
            years.append(self.folder / f'{name}.txt')
            years[-1].write_text(text, encoding='utf-8')
        code, out, err = gouji('check', years[1], '--previous', years[0], '--format', 'json', '--fail-on', 'never')
        results = [r for r in json.loads(out)['verdict']['results'] if r['rule'] == 'S.DUPLICATE' and r['instance'] == 'previous']
        self.assertEqual([r['status'] for r in results], ['PASSED'])

    def test_a_report_is_shown_as_text_and_as_json(self):
        self.put(with_change(self.grid('F010'), 'tot', 6, 30))
        self.run_once()
        key = header(tail(self.log, VERDICT)[-1], 'ce_subject')
        code, text, err = gouji('show', key, '--log', self.log, '--format', 'text')
        self.assertEqual(code, 0, err)
        self.assertIn(key, text.splitlines()[0])
        self.assertIn('T3.OUTCOME_SUM', text)
        code, shown, err = gouji('show', key, '--log', self.log, '--format', 'json')
        self.assertEqual(json.loads(shown)['version'], 1)

    def test_a_severity_that_changes_and_changes_back_is_told_each_time(self):
        self.put(with_change(self.grid('F010'), 'tot', 6, 30))
        lower = self.folder / 'severities'
        lower.write_text('T3.OUTCOME_SUM = warning\nT3.BALANCE = warning\nT3.ROW_SUM = warning\n', encoding='utf-8')
        self.run_once()
        self.run_once('--severities', lower)
        self.run_once()
        records = tail(self.log, ANOMALY)
        self.assertEqual([(header(r, 'ce_type').split('.')[2], r['value']['severity']) for r in records],
                         [('opened', 'SEVERITY_ERROR'), ('changed', 'SEVERITY_WARNING'), ('changed', 'SEVERITY_ERROR')])
        for topic in (ANOMALY, VERDICT):
            ids = [header(r, 'ce_id') for r in tail(self.log, topic)]
            self.assertEqual(len(ids), len(set(ids)), topic)

    def test_a_damaged_ledger_ends_the_run_as_it_would_end_the_service(self):
        self.put(self.grid('F010'))
        self.run_once()
        with contextlib.closing(sqlite3.connect(self.data / 'log.db')) as log, log:
            log.execute("UPDATE records SET value = x'ffff' WHERE partition_id IN (SELECT p.id FROM partitions p JOIN topics t "
                        "ON p.topic_id = t.id WHERE t.name = 'gouji.validator.ledger.v1')")
        code, out, err = gouji('run', '--once', '--data', self.data, self.reports)
        self.assertEqual(code, 73, err + out)
        self.assertIn('gouji.validator.ledger.v1', err)


if __name__ == '__main__':
    print(f'seed {SEED}')
    unittest.main(verbosity=2)
