"""What the end-to-end tests share: running the programs, reading topics, making documents."""
import json
import os
import pathlib
import random
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get('GOUJI_BIN', ROOT / 'build/release/bin'))
SAMPLES = ROOT / 'tests/samples'
E2E = ROOT / 'tests/e2e'
FORMATS = E2E / 'formats'
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or
                                                                   pathlib.Path.home() / '.cache') / 'gouji')
SEED = int(os.environ.get('GOUJI_TEST_SEED', random.randrange(1 << 30)))
RANDOM = random.Random(SEED)
ROUNDS = int(os.environ.get('GOUJI_TEST_ROUNDS', 4))

PARSED, VERDICT, ANOMALY = 'gouji.report.parsed.v1', 'gouji.report.verdict.v1', 'gouji.anomaly.v1'
RAW, CURRENT_REPORT, CURRENT_ANOMALY = 'gouji.report.raw.v1', 'gouji.report.current.v1', 'gouji.anomaly.current.v1'
DEAD_RAW, DEAD_PARSED = RAW + '.dlq.gouji-parser', PARSED + '.dlq.gouji-validator'


# The services refuse settings that they do not know, and what the tests are told is none of theirs.
SERVICE_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith('GOUJI_')}


def gouji(*arguments, timeout=120, **options):
    """Runs the command to its end: (exit code, standard output, standard error)."""
    done = subprocess.run([BIN / 'gouji', *map(str, arguments)], capture_output=True, text=True, timeout=timeout, **options)
    return done.returncode, done.stdout, done.stderr


def tail(log, *topics, start='start'):
    """All committed records of the topics, as objects."""
    code, out, err = gouji('tail', *topics, '--log', log, '--format', 'json', '--from', start)
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def header(record, name):
    return record['headers'].get(name)


def facts(records):
    """What must not depend on crashes: identity, key and value of each record, in any order."""
    return sorted((header(r, 'ce_id') or '', header(r, 'ce_type') or '', r['key'] or '', json.dumps(r['value'], sort_keys=True))
                  for r in records)


def expect_every_format(test, log):
    """What came of the documents in FORMATS: the same report by different organs, written by different
    programs, has the same figures in each format, and each was judged."""
    parsed = {pathlib.PurePosixPath(r['value']['evidence']['url']).name: r['value'] for r in tail(log, PARSED)}
    figures = {name: [(t['table']['states'], t['table']['values']) for t in report['tables']] for name, report in parsed.items()}
    keys = set()
    for path in sorted(FORMATS.iterdir()):
        with test.subTest(path.name):
            report = parsed[path.name]
            test.assertEqual((report['status'], report['year']), ('READING_STATUS_PARSED', 2025))
            test.assertRegex(report['organ_name'], '^..?.?县人民政府$')
            keys.add(report['key']['organ_id'])
            # The OFD was made by the tests' own writer, with figures of its own.
            if path.suffix != '.ofd':
                test.assertEqual(figures[path.name], figures['page.html'])
            test.assertEqual(sum(len(values) for _, values in figures[path.name]), 200)
    test.assertEqual(len(keys), len(list(FORMATS.iterdir())))
    first = {r['key'] for r in tail(log, VERDICT) if (r['value']['version'], r['value']['evaluation']) == (1, 1)}
    test.assertLessEqual(keys, first)


def once(facts_list):
    """At-least-once topics may repeat a record under the same ce_id; the facts are then the same."""
    return sorted(set(facts_list))


def folder_of_reports(folder, count, wrong_every=5):
    """`count` text reports of different organs, made from a sample; every `wrong_every`-th with one
    wrong figure. Returns the file names."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (SAMPLES / 'linhe_2022.txt').read_text(encoding='utf-8')
    organ = text.splitlines()[0].split('2022')[0]
    for i in range(count):
        changed = text.replace(organ, f'{chinese(i)}县人民政府')
        if wrong_every and i % wrong_every == 0:
            changed = one_wrong_figure(changed)
        (folder / f'report-{i:04}.txt').write_text(changed, encoding='utf-8')
    return sorted(p.name for p in folder.iterdir())


def chinese(number):
    """A made-up place name of its own for each number."""
    first, second = '安昌德丰光和吉嘉康乐宁平庆荣瑞顺泰兴永裕', '岸滨城川岛峰港谷海湖江林岭泉沙山台溪阳洲'
    return '省甲市'[1] + first[number // 20 % 20] + second[number % 20] + first[number // 400 % 20]


def one_wrong_figure(text):
    """The first row of table 3: its 总计 one too high."""
    lines = text.splitlines(keepends=True)
    for i, line in enumerate(lines):
        if line.startswith('一、本年新收'):
            label, *figures = line.rstrip('\n').split('\t')
            figures[-1] = str(int(figures[-1]) + 1)
            lines[i] = '\t'.join([label, *figures]) + '\n'
            return ''.join(lines)
    raise AssertionError('the sample has no row 一、本年新收')
