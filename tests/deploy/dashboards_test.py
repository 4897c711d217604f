"""The dashboards against Grafana's own published types, and what types do not say: places, units, sources of data, the
runbook, and that Grafana finds them where compose mounts them. Grafana itself does not run here."""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GRAFANA = ROOT / 'deploy/grafana'
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'gouji')
MODULES = CACHE / 'node/node_modules'
BOARDS = {path.stem: json.loads(path.read_text(encoding='utf-8')) for path in sorted((GRAFANA / 'dashboards').glob('*.json'))}
# Those of Grafana that are used here: each is in getValueFormats() of @grafana/data 11.4.0.
UNITS = {'short', 's', 'cps', 'Bps', 'bytes', 'percentunit'}
ALERTS = set(re.findall(r'- alert: (\w+)', (ROOT / 'deploy/prometheus/rules/gouji.yaml').read_text(encoding='utf-8')))


def panels():
    for name, board in BOARDS.items():
        for panel in board['panels']:
            yield f'{name}: {panel["title"]}', panel


def compiled(boards):
    """What TypeScript says against them."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / 'node_modules').symlink_to(MODULES)
        shutil.copy(ROOT / 'tests/deploy/dashboards.ts', folder)
        for name, board in boards.items():
            text = json.dumps(board, ensure_ascii=False, indent=1)
            (folder / f'{name}.ts').write_text(f"import type {{ Board }} from './dashboards';\nexport const board: Board = {text};\n", encoding='utf-8')
        done = subprocess.run(['node', MODULES / 'typescript/bin/tsc', '--noEmit', '--strict', '--module', 'esnext', '--moduleResolution', 'bundler', '--target', 'es2022',
                               '--skipLibCheck', *(f'{name}.ts' for name in boards)], cwd=folder, capture_output=True, text=True, timeout=120)
        return done.stdout + done.stderr


@unittest.skipUnless((MODULES / '@grafana/schema').exists() and (MODULES / 'typescript').exists(), 'the types of Grafana are missing: deploy/bootstrap.sh --tests')
class TypesTest(unittest.TestCase):
    def test_every_dashboard_is_what_grafana_says_a_dashboard_is(self):
        self.assertEqual(compiled(BOARDS), '')

    def test_the_types_refuse_what_is_wrong(self):
        def broken(board, path, value):
            changed = copy.deepcopy(BOARDS[board])
            node = changed
            *steps, last = path.split('.')
            for step in steps:
                node = node[int(step) if step.isdigit() else step]
            node[last] = value
            return changed

        wrong = {
            'a': broken('gouji-pipeline', 'panels.0.options.colorMod', 'value'), 'b': broken('gouji-pipeline', 'panels.0.options.colorMode', 'red'),
            'c': broken('gouji-pipeline', 'panels.4.fieldConfig.defaults.custom.showPoints', 'no'), 'd': broken('gouji-pipeline', 'panels.4.fieldConfig.defaults.custom.fillOpacity', '8'),
            'e': broken('gouji-portals', 'panels.0.gridPos.x', '0'), 'f': broken('gouji-portals', 'panels.0.type', 'singlestat'),
            'g': broken('gouji-data-quality', 'templating.list.0.type', 'data'), 'h': broken('gouji-data-quality', 'panels.0.targets.0.format', 'table'),
            'i': broken('gouji-data-quality', 'panels.0.fieldConfig.defaults.thresholds.mode', 'relative'), 'j': broken('gouji-portals', 'panels.4.options.legend.placement', 'top'),
            'k': broken('gouji-portals', 'refresh', 30)}
        said = compiled(wrong)
        self.assertEqual(set(re.findall(r'^(\w)\.ts\(', said, re.M)), set(wrong), said)

    def test_the_types_are_those_of_the_grafana_that_compose_starts(self):
        wanted = json.loads((ROOT / 'tests/tools/package.json').read_text(encoding='utf-8'))['devDependencies']['@grafana/schema']
        self.assertIn(f'image: grafana/grafana:{wanted}\n', (ROOT / 'deploy/compose.yaml').read_text(encoding='utf-8'))


class BoardsTest(unittest.TestCase):
    def test_each_has_a_name_of_its_own_and_its_data_from_a_variable(self):
        self.assertEqual(sorted(board['uid'] for board in BOARDS.values()), sorted(BOARDS))
        for name, board in BOARDS.items():
            self.assertNotIn('id', board, name)  # of one installation of Grafana
            [variable] = board['templating']['list']
            self.assertEqual((variable['name'], variable['type'], variable['query']), ('datasource', 'datasource', 'prometheus'))
            self.assertEqual([link['tags'] for link in board['links']], [board['tags']])
            ids = [panel['id'] for panel in board['panels']]
            self.assertEqual(len(ids), len(set(ids)), name)
        for where, panel in panels():
            self.assertEqual(panel['datasource'], {'type': 'prometheus', 'uid': '${datasource}'}, where)
            self.assertEqual([t['refId'] for t in panel['targets']], [chr(ord('A') + i) for i in range(len(panel['targets']))], where)
            for target in panel['targets']:
                self.assertEqual(target['instant'], panel['type'] != 'timeseries', where)
                self.assertLessEqual(set(re.findall(r'\$\w+', target['expr'])), {'$__rate_interval'}, where)

    def test_panels_fill_the_width_and_cover_nothing(self):
        for name, board in BOARDS.items():
            taken = {}
            for panel in board['panels']:
                place = panel['gridPos']
                for spot in ((x, y) for x in range(place['x'], place['x'] + place['w']) for y in range(place['y'], place['y'] + place['h'])):
                    self.assertNotIn(spot, taken, f'{name}: {panel["title"]} covers {taken.get(spot)}')
                    taken[spot] = panel['title']
            rows = {y for _, y in taken}
            self.assertEqual(set(taken), {(x, y) for x in range(24) for y in rows}, name)
            self.assertEqual(rows, set(range(len(rows))), name)
            places = [(p['gridPos']['y'], p['gridPos']['x']) for p in board['panels']]
            self.assertEqual(places, sorted(places), f'{name}: not in the order in which they are read')

    def test_panels_say_what_they_show(self):
        for where, panel in panels():
            self.assertIn(panel['fieldConfig']['defaults']['unit'], UNITS, where)
            self.assertRegex(panel['title'], r'[一-鿿].*/ [a-zA-Z]|^CPU$', where)
            self.assertRegex(panel['description'], r'^.*[一-鿿].* / .*\.$', where)
            self.assertTrue(all(target['legendFormat'] for target in panel['targets']), where)
            if len(panel['targets']) > 1:
                legends = [target['legendFormat'] for target in panel['targets']]
                self.assertEqual(len(legends), len(set(legends)), where)
            for target in panel['targets']:  # a legend's labels are there after the aggregation
                by = re.search(r'\bby \(([^)]*)\)', target['expr'])
                if by:
                    self.assertLessEqual(set(re.findall(r'\{\{(\w+)\}\}', target['legendFormat'])), set(re.split(r',\s*', by[1])), where)
            if panel['type'] == 'timeseries':
                self.assertTrue(panel['options']['legend']['showLegend'], where)
            else:  # else Grafana paints all that is above 80 red
                self.assertIsNone(panel['fieldConfig']['defaults']['thresholds']['steps'][0]['value'], where)
            steps = panel['fieldConfig']['defaults'].get('thresholds', {}).get('steps', [])
            values = [step['value'] for step in steps[1:]]
            self.assertEqual(values, sorted(values), where)

    def test_every_alert_is_on_the_panel_that_shows_its_cause(self):
        named = {}
        for where, panel in panels():
            for name in re.findall(r'Runbook: ([\w, ]+)', panel['description']):
                for alert in name.split(', '):
                    self.assertIn(alert, ALERTS, where)
                    named.setdefault(alert, []).append(where)
        self.assertEqual(set(named), ALERTS)
        [firing] = [p for _, p in panels() if 'ALERTS{' in p['targets'][0]['expr']]
        self.assertEqual(set(re.search(r'alertname=~"([^"]+)"', firing['targets'][0]['expr'])[1].split('|')), ALERTS)


class ProvisioningTest(unittest.TestCase):
    """Few enough lines to be read as text: YAML is not in the standard library."""

    def setUp(self):
        compose = (ROOT / 'deploy/compose.yaml').read_text(encoding='utf-8')
        self.service = re.search(r'\n  grafana:\n((?:    .*\n)+)', compose)[1]
        self.mounts = dict(re.findall(r'"\./(grafana/[a-z]+):(/[^":]+):ro"', self.service))
        self.services = set(re.findall(r'^  ([a-z]+):$', compose, re.M))

    def test_grafana_reads_what_compose_mounts(self):
        self.assertEqual(self.mounts['grafana/provisioning'], '/etc/grafana/provisioning')
        provider = (GRAFANA / 'provisioning/dashboards/gouji.yaml').read_text(encoding='utf-8')
        self.assertEqual(re.search(r'path: (\S+?)\}', provider)[1], self.mounts['grafana/dashboards'])
        self.assertEqual({path.parent.name for path in (GRAFANA / 'provisioning').rglob('*.yaml')}, {'dashboards', 'datasources'})
        for text in (path.read_text(encoding='utf-8') for path in (GRAFANA / 'provisioning').rglob('*.yaml')):
            self.assertTrue(text.startswith('apiVersion: 1\n'))

    def test_its_data_come_from_the_prometheus_of_compose(self):
        source = (GRAFANA / 'provisioning/datasources/prometheus.yaml').read_text(encoding='utf-8')
        self.assertIn('type: prometheus\n', source)
        host = re.search(r'url: http://([a-z]+):9090\n', source)[1]
        self.assertIn(host, self.services)
        self.assertIn('isDefault: true', source)


if __name__ == '__main__':
    unittest.main(verbosity=2)
