"""Pictures of the dashboards for docs/dashboards: the real programs work under a load of everything that a dashboard
shows, the real Prometheus is asked the panels' own expressions, and what it answers is drawn.

  tests/e2e/dashboards.py [SECONDS]     (180) needs build/release and `deploy/bootstrap.sh --tests`"""
import html
import json
import math
import os
import random
import re
import signal
import sqlite3
import sys
import threading
import time
import urllib.parse

from alerts_test import YEAR, AlertsOnOneMachineTest
from harness import ROOT, SAMPLES, one_wrong_figure
from notify_test import REPORT, eventually

FOLDER = ROOT / 'docs/dashboards'
STATE_RECORDS = 1_500_000
COLUMN, ROW, GAP = 50, 34, 5
COLOURS = ['#3274d9', '#e0752d', '#299c46', '#bf1b00', '#8f3bb8', '#c9a800', '#0a9dad', '#7b4a12', '#e24d8f', '#5a6b7b']
UNITS = {'s': ' s', 'cps': '/s', 'Bps': ' B/s'}
NAMED = {'green': '#299c46', 'orange': '#e0752d', 'red': '#bf1b00', 'text': '#222', 'blue': '#3274d9'}


CHANGES = [
    one_wrong_figure,
    lambda text: text.replace('2\t0\t1\t1\t4\t', '2\t0\t1\t1\t5\t'),
    lambda text: text.replace('\t14\t1\t0\t0\t2\t1\t18', '\t41\t1\t0\t0\t2\t1\t18'),
    lambda text: re.sub(r'^(一、本年新收.*)\t(\d+)\t(\d+)\t(\d+)$', r'\1\t\2\3\t\4', text, flags=re.M),
    one_wrong_figure]


def crc32c(data, crc):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def crc_entry(byte):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


CRC = [crc_entry(byte) for byte in range(256)]


def grow_state(path, count):
    """The parser's newest state record over and over, as years of corrections without a compaction would leave it."""
    with sqlite3.connect(path, isolation_level=None) as log:
        partition, offset, *row, found = log.execute(
            'SELECT r.partition_id, r.offset, r.timestamp, r.time_max, r.appended_at, r.key, r.value, r.headers, r.crc FROM records r JOIN partitions p ON p.id = r.partition_id '
            "JOIN topics t ON t.id = p.topic_id WHERE t.name = 'gouji.parser.location.v1' ORDER BY r.id DESC LIMIT 1").fetchone()
        timestamp, _, _, key, value, headers = row
        number = lambda n: n.to_bytes(8, 'little', signed=True)
        crc = crc32c(number(partition), crc32c(headers, crc32c(value, crc32c(number(len(value)), crc32c(key, crc32c(number(len(key)), crc32c(number(timestamp), 0)))))))
        assert crc32c(number(offset), crc) == found, 'the log counts otherwise now'
        begin = log.execute('SELECT next FROM partitions WHERE id = ?', (partition,)).fetchone()[0]
        log.execute('BEGIN')
        log.executemany('INSERT INTO records(partition_id, offset, timestamp, time_max, appended_at, key, value, headers, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
                        ((partition, at, *row, crc32c(number(at), crc)) for at in range(begin, begin + count)))
        log.execute('UPDATE partitions SET next = ? WHERE id = ?', (begin + count, partition))
        log.execute('COMMIT')


def load(case, seconds, sources):
    """Reports that are right, wrong, misread and corrected, faster and slower; a portal that changes and fails, a
    receiver that refuses, a worker that dies, a restart with much state to read, a log that takes nothing for a while
    and a large document whose file is away for a while."""
    begin, number = time.monotonic(), 100
    report = (SAMPLES / REPORT).read_text(encoding='utf-8')
    done = set()

    def at(share, what):
        if share not in done and time.monotonic() - begin > share * seconds:
            done.add(share)
            what()

    def answer(status):
        case.receiver.answer = lambda number: status

    def portal(status):
        case.portal.status = status

    def hold():
        with sqlite3.connect(case.data / 'log.db', timeout=30, isolation_level=None) as log:
            log.execute('BEGIN IMMEDIATE')
            known = set((case.data / 'blobs').rglob('*'))
            noise = ''.join(f'<!-- {random.random()} -->' for _ in range(60_000))
            (case.source / 'large.html').write_text(f'<html><body>{noise}{report.replace(chr(10), "<br>")}</body></html>', encoding='utf-8')
            time.sleep(6)
            large = [path for path in set((case.data / 'blobs').rglob('*')) - known if path.is_file()]
            for path in large:
                path.rename(case.folder / path.name)
            log.execute('ROLLBACK')
        time.sleep(8)
        for path in large:
            (case.folder / path.name).rename(path)

    def restart():
        case.stop(case.service)
        grow_state(case.data / 'log.db', STATE_RECORDS)
        # What organs owe is known when their list has been read, which an old one is not again for days.
        case.run_gouji(*sources, case.portal_file('other', {'profile': 'department'}))

    while (passed := time.monotonic() - begin) < seconds:
        wrong = number % 9 == 0
        case.report(number, CHANGES[number // 9 % len(CHANGES)] if wrong else lambda text: text)
        if number % 18 == 9 and number > 140:
            case.report(number - 36)  # the corrected one
        if number % 40 == 0:
            (case.source / f'{number}.pdf').write_bytes(b'%PDF-1.4 nothing')
        number += 1
        at(0.2, lambda: answer(503))
        at(0.3, lambda: setattr(case.portal, 'rows', [YEAR]))
        at(0.4, lambda: [os.kill(pid, signal.SIGKILL) for pid in case.workers()])
        at(0.45, lambda: answer(200))
        at(0.5, lambda: setattr(case.portal, 'rows', list(range(YEAR - 11, YEAR + 1))))
        at(0.55, restart)
        at(0.66, lambda: threading.Thread(target=hold).start())
        at(0.75, lambda: portal(503))
        at(0.88, lambda: portal(200))
        time.sleep(1 / (3 + 2.5 * math.sin(passed / seconds * 4 * math.pi)))


def ask(case, target, end, seconds):
    """[(name, [(time, value)])] of one expression, as Grafana would ask for it."""
    expression = target['expr'].replace('$__rate_interval', '15s')
    if target.get('instant'):
        found = case.ask(f'query?time={end}&query=' + urllib.parse.quote(expression))
    else:
        found = case.ask(f'query_range?start={end - seconds}&end={end}&step=1&query=' + urllib.parse.quote(expression))
    series = []
    for one in found['result']:
        name = target['legendFormat']
        for label, value in one['metric'].items():
            name = name.replace('{{%s}}' % label, value)
        values = one.get('values') or [one['value']]
        series.append((name.strip() or 'all', [(float(t) - end + seconds, float(v)) for t, v in values if v not in ('NaN', '+Inf')]))
    return sorted(series)


def shown(value, unit):
    if unit == 'percentunit':
        return f'{100 * value:.3g} %'
    if unit == 'bytes':
        return f'{value / 1e6:.3g} MB'
    if abs(value) >= 999_500:
        return f'{value / 1e6:.3g} M{UNITS.get(unit, "").strip()}'
    if abs(value) >= 1000:
        return f'{value / 1000:.3g} k{UNITS.get(unit, "").strip()}'
    return f'{value:.3g}{UNITS.get(unit, "")}'


def text(x, y, what, size=11, **attributes):
    more = ''.join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}"{more}>{html.escape(str(what))}</text>'


def colour_of(panel, name, value):
    """By the thresholds, as Grafana does it."""
    config = panel['fieldConfig']
    steps = config['defaults']['thresholds']['steps']
    for override in config['overrides']:
        if override['matcher']['options'] == name:
            steps = override['properties'][0]['value']['steps']
    return NAMED[[step['color'] for step in steps if step['value'] is None or value >= step['value']][-1]]


def draw_stat(series, unit, width, height, panel):
    if not series:
        yield text(width / 2, height / 2 + 14, panel['fieldConfig']['defaults'].get('noValue', 'no data'), 30, text_anchor='middle', fill=colour_of(panel, '', 0), font_weight='bold')
    columns = min(len(series), 2 if len(series) <= 4 else 3) or 1
    rows = math.ceil(len(series) / columns)
    for i, (name, values) in enumerate(series):
        x, y = width * (i % columns + 0.5) / columns, 30 + (height - 34) * (i // columns + 0.5) / rows
        yield text(x, y + 2, shown(values[-1][1], unit), 30 if rows == 1 else 17, text_anchor='middle', fill=colour_of(panel, name, values[-1][1]), font_weight='bold')
        yield text(x, y + (22 if rows == 1 else 13), name[:36], 9.5, text_anchor='middle', fill='#555')


def draw_bars(series, unit, width, height, panel):
    most = max((values[-1][1] for _, values in series), default=1)
    step = min(26, (height - 40) / max(len(series), 1))
    for i, (name, values) in enumerate(series):
        y = 36 + i * step
        long = (width - 220) * values[-1][1] / most
        yield text(150, y + step / 2 + 3, name, 10, text_anchor='end')
        yield f'<rect x="156" y="{y:.0f}" width="{long:.0f}" height="{step - 4:.0f}" fill="{COLOURS[0]}"/>'
        yield text(162 + long, y + step / 2 + 3, shown(values[-1][1], unit), 10)


def draw_lines(series, unit, width, height, panel, seconds):
    legend_rows = math.ceil(min(len(series), 10) / 2)
    left, top, right, bottom = 62, 34, width - 12, height - 22 - 13 * legend_rows
    most = max((v for _, values in series for _, v in values), default=0) * 1.05 or 1
    for i in range(4):
        y = bottom - (bottom - top) * i / 3
        yield f'<path d="M{left} {y:.0f}H{right}" stroke="#e4e4e4"/>'
        yield text(left - 5, y + 4, shown(most * i / 3, unit), 9, text_anchor='end', fill='#666')
    for i in range(0, seconds + 1, 30):
        yield text(left + (right - left) * i / seconds, bottom + 13, f'{i // 60}:{i % 60:02}', 9, text_anchor='middle', fill='#666')
    for i, (name, values) in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        points = ' '.join(f'{left + (right - left) * t / seconds:.0f},{bottom - (bottom - top) * v / most:.0f}' for t, v in values[::2] + values[-1:])
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        if i < 10:
            x, y = 14 + (i % 2) * (width - 20) / 2, bottom + 27 + 13 * (i // 2)
            yield f'<rect x="{x:.0f}" y="{y - 4:.0f}" width="12" height="3" fill="{colour}"/>'
            more = f' (+{len(series) - 10})' if i == 9 and len(series) > 10 else ''
            yield text(x + 17, y, name[:int(width / 12)] + more, 9.5, fill='#333')
    if not series:
        yield text(width / 2, (top + bottom) / 2, 'no data', 14, text_anchor='middle', fill='#888')


def draw(case, board, end, seconds):
    bottom = max(p['gridPos']['y'] + p['gridPos']['h'] for p in board['panels'])
    width, height = 24 * COLUMN, 44 + bottom * ROW
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif">',
             f'<rect width="{width}" height="{height}" fill="#f4f5f5"/>', text(12, 29, board['title'], 19, font_weight='bold')]
    for panel in board['panels']:
        place, unit = panel['gridPos'], panel['fieldConfig']['defaults']['unit']
        wide, high = place['w'] * COLUMN - GAP, place['h'] * ROW - GAP
        series = [one for target in panel['targets'] for one in ask(case, target, end, seconds)]
        if not series:
            print(f'{board["title"]}: {panel["title"]}: no data')
        kinds = {'stat': draw_stat, 'bargauge': draw_bars, 'timeseries': lambda *a: draw_lines(*a, seconds)}
        parts += [f'<g transform="translate({place["x"] * COLUMN + 2},{44 + place["y"] * ROW})">',
                  f'<rect width="{wide}" height="{high}" fill="#fff" stroke="#d8d9da"/>', text(10, 20, panel['title'], 12.5, font_weight='bold', fill='#222'),
                  *kinds[panel['type']](series, unit, wide, high, panel), '</g>']
    return '\n'.join([*parts, '</svg>\n'])


def main(seconds=180):
    case = AlertsOnOneMachineTest('test_nothing_fires_in_calm_times')
    try:
        case.setUp()
        case.stop(case.service)
        sources = case.steady, case.portal_file('department', {'profile': 'department'})
        case.run_gouji(*sources)
        load(case, seconds, sources)
        eventually(lambda: case.query('sum(gouji_validator_ledger_keys)'))
        end = time.time()
        FOLDER.mkdir(exist_ok=True)
        for path in sorted((ROOT / 'deploy/grafana/dashboards').glob('*.json')):
            board = json.loads(path.read_text(encoding='utf-8'))
            (FOLDER / f'{path.stem}.svg').write_text(draw(case, board, end, seconds), encoding='utf-8')
    finally:
        case.doCleanups()


main(*map(int, sys.argv[1:]))
