"""The chart: what each value does, and what Kubernetes will make of it, in every mode and with every switch on and off."""
import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent / 'chart'))
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'gouji')
try:
    import helm
    import network
    import schemas
    import yaml
except ImportError:
    python = CACHE / 'python/bin/python'
    if not python.exists() or os.environ.get('GOUJI_AGAIN'):
        print('chart_test.py: the packages of tests/tools/requirements.txt are missing: run deploy/bootstrap.sh --tests', file=sys.stderr)
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    os.execve(python, [str(python), *sys.argv], {**os.environ, 'GOUJI_AGAIN': '1'})
if not helm.helm_python and not helm.PROGRAM:
    print('chart_test.py: neither helm-python-sdk nor helm is here: tests/deploy/chart/tools.sh', file=sys.stderr)
    sys.exit(77)
from cases import (CHANGES, DEFAULTS, KAFKA, KEDA, NOTIFY, SECRET, SOURCES, SWITCHES, VERSION, container, every_combination, find, leaves, mounts, pods, put,
                   settings_file)
from helm import CHART, ROOT, Refused, merged, render, values_of

BIN = pathlib.Path(os.environ.get('GOUJI_BIN', ROOT / 'build/release/bin'))
CHECK_MANIFESTS = CACHE / 'chart/check-manifests'
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith('GOUJI_')}  # the programs refuse what they do not know


class ValuesTest(unittest.TestCase):
    def refused(self, values, *words):
        with self.assertRaises(Refused, msg=str(values)) as caught:
            render(values)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_every_value_changes_what_is_rendered(self):
        self.assertEqual(sorted(CHANGES), sorted(leaves(DEFAULTS)))
        for path, (value, base) in CHANGES.items():
            with self.subTest(path):
                without = copy.deepcopy(base)
                node = without
                *steps, last = path.split('.')
                for step in steps:
                    node = node.get(step, {})
                node.pop(last, None)
                try:
                    before = render(without)
                except Refused:  # it needs to be there
                    before = None
                self.assertNotEqual(before, render(merged(base, put(path, value))))

    def test_every_value_has_a_type_and_no_other_name_is_taken(self):
        for path in leaves(DEFAULTS):
            value = CHANGES[path][0]
            if path != 'affinity':  # Kubernetes' own
                wrong = {bool: ['yes'], int: ['1', 1.5, True], str: [1, True, {}, []], list: ['a', {}, [[]]], dict: ['a', []]}[type(value)]
                for bad in wrong:
                    self.refused(put(path, bad), path.split('.')[-1])
            self.refused(put(path + 'x', value), f"'{path.split('.')[-1]}x'")
        for path in ('local.resources', 'crawler.storage'):
            self.refused(put(path + '.memory', '1'), 'memory')

    def test_what_cannot_be_is_refused_by_name(self):
        for values, word in (
                (values_of(mode='cloud'), 'mode'), (values_of(mode='kafka'), 'kafka.bootstrap'), (values_of(image__tag='latest'), 'tag'),
                (values_of(image__digest='abc'), 'digest'), (values_of(parser__replicas=0), 'replicas'), (values_of(kafka__bootstrap='kafka'), 'bootstrap'),
                (values_of(local__storage__size='big'), 'size'), (values_of(crawler__shards=65), 'shards'), (values_of(terminationGracePeriodSeconds=15), 'terminationGrace'),
                (values_of(networkPolicy__kafkaPorts=[70000]), 'kafkaPorts'), (values_of(networkPolicy__kafkaPorts=[]), 'kafkaPorts'),
                (values_of(serviceMonitor__interval='fast'), 'interval'), (values_of(sources__inline={'x': 'y'}), "'x' does not match"), (values_of(notify__enabled=True), 'existingSecret'),
                (values_of(keda__enabled=True), 'keda.enabled'), (merged(KEDA, values_of(keda__minReplicas=9)), 'keda.minReplicas'),
                (values_of(sources__existingConfigMap='x'), 'sources.files'), (values_of(sources__files=['x.json']), 'sources.files'),
                (merged(SOURCES, values_of(sources__existingConfigMap='x', sources__files=['x.json'])), 'existingConfigMap'),
                (merged(KAFKA, values_of(kafka__secretSettings={'a': 'b'})), 'kafka.existingSecret'),
                (merged(KAFKA, values_of(validator__settings={'shutdown_limit': '30s'})), 'terminationGracePeriodSeconds'),
                # The chart's own, or different for every pod.
                *((put(f'{service}.settings', {name: 'x'}), name) for service in ('crawler', 'parser', 'validator')
                  for name in ('log', 'admin', 'ordinal', 'group_instance_id', 'topics')),
                (values_of(crawler__settings={'shard': '0/2'}), 'shard'), (values_of(parser__settings={'programs': {'ocr': False}}), 'ocr')):
            self.refused(values, word)

    def test_settings_are_those_of_the_programs(self):
        own = {'log', 'admin', 'ordinal', 'group_instance_id', 'topics', 'sources', 'data', 'contact', 'shard', 'blobs', 'severities'}
        schema = json.loads((CHART / 'values.schema.json').read_text(encoding='utf-8'))['properties']
        for service in ('crawler', 'parser', 'validator'):
            shown = subprocess.run([BIN / 'gouji', 'config', 'show', service], capture_output=True, text=True, timeout=30, env=PLAIN, check=True).stdout
            theirs = {line.split(':')[0].split('.')[0] for line in shown.splitlines()} - own
            self.assertEqual(set(schema[service]['properties']['settings']['properties']), theirs, service)

    def test_the_programs_take_what_is_rendered(self):
        """Settings files by the programs' own check, and flags by what they list."""
        everything = merged(KAFKA, NOTIFY, SOURCES, values_of(
            crawler__shards=3, crawler__contact='mailto:a@b.cn', crawler__settings={'host_delay': '2s', 'archive': False, 'allow_net': ['10.0.0.0/8']},
            kafka__settings={'security.protocol': 'ssl', 'socket.timeout.ms': 30000}, topics__replication=1,
            parser__settings={'workers': 3, 'programs': {'ocr': 'off'}, 'kafka': {'fetch.wait.max.ms': 50}}))
        manifests = render(everything)
        with tempfile.TemporaryDirectory() as folder:
            for service in ('crawler', 'parser', 'validator'):
                path = pathlib.Path(folder) / f'{service}.yaml'
                path.write_text(find(manifests, 'ConfigMap', 'g-gouji-settings')['data'][path.name], encoding='utf-8')
                done = subprocess.run([BIN / 'gouji', 'config', 'validate', service, '--config', path], capture_output=True, text=True, timeout=30, env=PLAIN)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        seen = set()
        for values in (everything, merged(NOTIFY, SOURCES)):
            for _, spec in pods(render(values)).values():
                for c in spec['containers']:
                    program = [BIN / pathlib.Path(c['command'][0]).name] if 'command' in c else [BIN / 'gouji', c['args'][0]]
                    known = subprocess.run([*program, '--help'], capture_output=True, text=True, timeout=30, env=PLAIN, check=True).stdout
                    for flag in (argument for argument in c['args'] if argument.startswith('--')):
                        self.assertRegex(known, rf'(?m)^\s*{flag}\b', c['name'])
                        seen.add(flag)
        self.assertGreater(len(seen), 10)


class KubernetesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manifests = {}  # by their text: most combinations share most of them
        for names, values in every_combination():
            if not ('KEDA' in names and 'Kafka' not in names and values.get('mode') != 'kafka'):
                try:
                    for manifest in render(values):
                        cls.manifests.setdefault(json.dumps(manifest, sort_keys=True), (names, manifest))
                except Refused as refused:
                    # Two ways to say where the portal files are.
                    assert {'sources', 'their sources'} <= set(names) or 'sources.' in str(refused), f'{names}: {refused}'

    def test_the_oldest_and_the_newest_kubernetes_take_every_manifest(self):
        self.assertGreater(len(self.manifests), 100)
        chart = yaml.safe_load((CHART / 'Chart.yaml').read_text(encoding='utf-8'))
        oldest, newest = schemas.versions()[0], schemas.versions()[-1]
        self.assertEqual(chart['kubeVersion'], f'>={oldest}.0-0')
        self.assertIn(f'Kubernetes {oldest} and {newest}', (ROOT / 'docs/operations.md').read_text(encoding='utf-8'))
        for version in (oldest, newest):
            for names, manifest in self.manifests.values():
                self.assertEqual(schemas.mistakes(manifest, version), [], f'{version}, with {names}')

    def test_the_schemas_refuse_what_is_wrong(self):
        manifests = render(merged(KAFKA, NOTIFY))
        for kind, path, value in (('StatefulSet', 'spec.template.spec.containers.0.livenessProbe.httpGet.paht', '/'), ('StatefulSet', 'spec.replicas', '2'),
                                  ('StatefulSet', 'spec.template.spec.terminationGracePeriodSeconds', '30'), ('NetworkPolicy', 'spec.egress.0.port', 53),
                                  ('PodDisruptionBudget', 'spec.maxUnavailabel', 1), ('Service', 'spec.ports', {}), ('Job', 'spec.backoffLimit', '3')):
            broken = copy.deepcopy(next(m for m in manifests if m['kind'] == kind))
            node = broken
            *steps, last = path.split('.')
            for step in steps:
                node = node[int(step) if step.isdigit() else step]
            node[last] = value
            for version in (schemas.versions()[0], schemas.versions()[-1]):
                self.assertNotEqual(schemas.mistakes(broken, version), [], path)
        self.assertNotEqual(schemas.mistakes({'apiVersion': 'policy/v1beta1', 'kind': 'PodDisruptionBudget', 'metadata': {'name': 'x'}}, '1.25'), [])

    @unittest.skipUnless(CHECK_MANIFESTS.exists(), 'check-manifests is missing: tests/deploy/chart/tools.sh')
    def test_the_code_of_kubernetes_and_of_the_operators_takes_every_manifest(self):
        text = '\n---\n'.join(json.dumps(manifest) for _, manifest in self.manifests.values())
        done = subprocess.run([CHECK_MANIFESTS], input=text, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r' [1-9]\d+ pods, 0 problems')

    def test_every_pod_is_restricted(self):
        """What the Pod Security Standard of this name asks, where its code is not at hand."""
        seen = 0
        for names, manifest in self.manifests.values():
            for component, (_, spec) in pods([manifest]).items():
                where = f'{component}, with {names}'
                self.assertTrue(spec['securityContext']['runAsNonRoot'], where)
                self.assertEqual(spec['securityContext']['seccompProfile'], {'type': 'RuntimeDefault'}, where)
                self.assertFalse(spec['automountServiceAccountToken'], where)
                self.assertFalse({'hostNetwork', 'hostPID', 'hostIPC', 'initContainers'} & set(spec), where)
                self.assertLessEqual({kind for v in spec.get('volumes', []) for kind in v} - {'name'}, {'emptyDir', 'configMap', 'secret', 'persistentVolumeClaim'}, where)
                for c in spec['containers']:
                    seen += 1
                    self.assertEqual(c['securityContext'], {'allowPrivilegeEscalation': False, 'readOnlyRootFilesystem': True, 'capabilities': {'drop': ['ALL']}}, where)
                    self.assertIn('memory', c['resources']['limits'], where)
        self.assertGreater(seen, 50)

    def test_names_and_selectors_meet(self):
        for values in (merged(NOTIFY, SOURCES), merged(KAFKA, NOTIFY, SOURCES, KEDA, values_of(serviceMonitor__enabled=True))):
            manifests = render(values)
            labels = {component: metadata['labels'] for component, (metadata, _) in pods(manifests).items()}
            ports = {component: {p['name'] for c in spec['containers'] for p in c.get('ports', [])} for component, (_, spec) in pods(manifests).items()}
            for m in manifests:
                self.assertEqual((m['metadata']['labels']['helm.sh/chart'], m['metadata']['labels']['app.kubernetes.io/name']), (f'gouji-{VERSION}', 'gouji'))
                if m['kind'] == 'StatefulSet':
                    self.assertEqual({'app.kubernetes.io/name': 'gouji', 'app.kubernetes.io/instance': 'g', 'app.kubernetes.io/component': m['metadata']['labels']['app.kubernetes.io/component']},
                                     m['spec']['selector']['matchLabels'])
                    service = find(manifests, 'Service', m['spec']['serviceName'])
                    component = m['metadata']['labels']['app.kubernetes.io/component']
                    self.assertLessEqual(m['spec']['selector']['matchLabels'].items(), labels[component].items())
                    self.assertEqual([c for c in labels if service['spec']['selector'].items() <= labels[c].items()], [component])
                    self.assertIn('app.kubernetes.io/instance', service['spec']['selector'])
                    self.assertEqual({p['targetPort'] for p in service['spec']['ports']}, ports[component])
                    self.assertEqual(service['metadata']['labels']['app.kubernetes.io/component'], component)  # the job's name comes of it
                elif m['kind'] == 'PodDisruptionBudget':
                    self.assertIn('app.kubernetes.io/instance', m['spec']['selector']['matchLabels'])  # else it holds for other releases as well
                    self.assertEqual(len([c for c in labels if m['spec']['selector']['matchLabels'].items() <= labels[c].items()]), 1)
                    self.assertEqual(m['spec']['maxUnavailable'], 1)  # a share, or minAvailable, would hold up a drain where there is one pod
                elif m['kind'] == 'NetworkPolicy':
                    self.assertIn('app.kubernetes.io/instance', m['spec']['podSelector']['matchLabels'])
                elif m['kind'] == 'ServiceMonitor':
                    self.assertIn('app.kubernetes.io/instance', m['spec']['selector']['matchLabels'])
                    scraped = {(s['metadata']['name'], p['name']) for s in manifests if s['kind'] == 'Service' and m['spec']['selector']['matchLabels'].items() <= s['metadata']['labels'].items()
                               for p in s['spec']['ports'] if p['name'] in {e['port'] for e in m['spec']['endpoints']}}
                    self.assertEqual(len(scraped), 4)
            long = render(merged(values, values_of(fullnameOverride='n' * 80)))
            self.assertLessEqual(max(len(m['metadata']['name']) for m in long if m['kind'] in ('StatefulSet', 'Service', 'Job')), 52)


class HelmTest(unittest.TestCase):
    @unittest.skipUnless(helm.PROGRAM and helm.helm_python, 'helm is missing: tests/deploy/chart/tools.sh')
    def test_helm_3_and_helm_4_render_the_same(self):
        named = lambda manifests: sorted(json.dumps(m, sort_keys=True) for m in manifests)
        for names in ((), ('Kafka',), ('sources', 'notify', 'service monitor'), tuple(n for n in SWITCHES if n != 'their sources')):
            values = merged(*(SWITCHES[name] for name in names))
            program = [m for m in yaml.load_all(helm.text_by_program(values), Loader=helm.STRICT) if m]
            self.assertEqual(named(program), named(render(values)), names)
        for values in (values_of(mode='cloud'), values_of(mode='kafka'), values_of(typo=1)):
            with self.assertRaises(Refused):
                helm.text_by_program(values)
        with self.assertRaisesRegex(Refused, 'from Kubernetes 1.28 on'):
            helm.text_by_program(merged(KAFKA, values_of(crawler__shards=2)), '--kube-version', '1.27.0')
        with self.assertRaisesRegex(Refused, 'incompatible with Kubernetes v1.24'):
            helm.text_by_program({}, '--kube-version', '1.24.0')

    @unittest.skipUnless(helm.helm_python, 'helm-python-sdk is missing: deploy/bootstrap.sh --tests')
    def test_the_packaged_chart_is_whole(self):
        """Rules and dashboards are links to their places in the tree; a package must hold what they lead to."""
        values = merged(*(SWITCHES[name] for name in SWITCHES if name != 'their sources'))
        with tempfile.TemporaryDirectory() as folder:
            packed = helm.loaded(CHART).save(folder)
            self.assertEqual(helm.texts_by_library(values, packed), helm.texts_by_library(values))

    @unittest.skipUnless(helm.helm_python, 'helm-python-sdk is missing: deploy/bootstrap.sh --tests')
    def test_it_lints(self):
        for names, values in (((), {}), (('Kafka',), KAFKA), ('all', merged(*(SWITCHES[name] for name in SWITCHES if name != 'their sources')))):
            with helm.quiet():
                report = helm.helm_python.lint(str(CHART), values, strict=True)
            self.assertEqual([m for m in report['messages'] if m['severity'] > 1] + report['errors'], [], names)

    @unittest.skipUnless(helm.helm_python, 'helm-python-sdk is missing: deploy/bootstrap.sh --tests')
    def test_the_notes_name_what_is_there(self):
        for values in ({}, SOURCES, KAFKA, merged(NOTIFY, SOURCES), merged(KAFKA, NOTIFY, SECRET, values_of(kafka__settings={'security.protocol': 'ssl'}))):
            manifests, notes = render(values), helm.notes(values)
            self.assertIn('gouji health --ready', notes)
            self.assertEqual('sources.inline' in notes, values.get('sources') is None)
            self.assertEqual('notify --test' in notes, 'notify' in values)
            sets = {m['metadata']['name']: m for m in manifests if m['kind'] == 'StatefulSet'}
            commands = re.findall(r'exec (\S+)-0 -c (\S+) -- (gouji) (\S+)(.*)', notes)
            self.assertGreaterEqual(len(commands), 2)
            for name, chosen, _, command, rest in commands:
                self.assertIn(chosen, [c['name'] for c in sets[name]['spec']['template']['spec']['containers']])
                known = subprocess.run([BIN / 'gouji', command, '--help'], capture_output=True, text=True, timeout=30, env=PLAIN, check=True).stdout
                for flag in re.findall(r'--[a-z]+', rest):
                    self.assertRegex(known, rf'(?m)^\s*{flag}\b')
            if 'kafka' in values and values['kafka'].get('settings'):
                self.assertIn('--kafka security.protocol=ssl', notes)


class PartsTest(unittest.TestCase):
    def test_local_mode_is_one_pod_and_kafka_mode_one_workload_a_service(self):
        workloads = lambda values: sorted(m['metadata']['name'] for m in render(values) if m['kind'] in ('StatefulSet', 'Deployment', 'Job'))
        self.assertEqual(workloads(NOTIFY), ['g-gouji'])
        self.assertEqual(workloads(merged(KAFKA, NOTIFY)), ['g-gouji-crawler', 'g-gouji-notify', 'g-gouji-parser', 'g-gouji-topics', 'g-gouji-validator'])
        for manifests in (render(NOTIFY), render(merged(KAFKA, NOTIFY))):
            for m in manifests:  # one process holds the local log, the outbox of the crawler, the offsets of notify
                if m['kind'] == 'StatefulSet' and m['metadata']['labels']['app.kubernetes.io/component'] in ('local', 'notify'):
                    self.assertEqual(m['spec']['replicas'], 1)
        self.assertEqual([c['name'] for c in pods(render(NOTIFY))['local'][1]['containers']], ['gouji', 'notify'])

    def test_portal_files_are_named_one_by_one(self):
        """A folder would be one of reports: its portal files would become dead letters."""
        wanted = ['/etc/gouji/portals/a.json', '/etc/gouji/portals/b.json']
        local, kafka = render(SOURCES), render(merged(KAFKA, SOURCES))
        self.assertEqual(container(local, 'local', 'gouji')['args'][1:3], wanted)
        self.assertEqual(settings_file(kafka, 'crawler')['sources'], wanted)
        self.assertEqual(find(kafka, 'ConfigMap', 'g-gouji-sources')['data'], {'a.json': '{"schema": 1}', 'b.json': '{"schema":1}'})
        theirs = values_of(sources__existingConfigMap='theirs', sources__files=['c.json'])
        self.assertEqual(settings_file(render(merged(KAFKA, theirs)), 'crawler')['sources'], ['/etc/gouji/portals/c.json'])
        for component, manifests in (('local', local), ('crawler', kafka)):
            name = 'gouji' if component == 'local' else component
            self.assertEqual(mounts(manifests, component, name)['/etc/gouji/portals'][0]['configMap'], {'name': 'g-gouji-sources'})

    def test_without_portal_files_there_is_a_folder_for_reports(self):
        for component, manifests in (('local', render({})), ('crawler', render(KAFKA))):
            name = 'gouji' if component == 'local' else component
            mount = next(m for m in container(manifests, component, name)['volumeMounts'] if m['mountPath'] == '/var/lib/gouji/in')
            self.assertEqual(mount, {'name': 'data', 'mountPath': '/var/lib/gouji/in', 'subPath': 'in'})
        self.assertEqual(container(render({}), 'local', 'gouji')['args'][1], '/var/lib/gouji/in')
        self.assertEqual(settings_file(render(KAFKA), 'crawler')['sources'], ['/var/lib/gouji/in'])

    def test_each_crawler_knows_its_share(self):
        c = container(render(merged(KAFKA, values_of(crawler__shards=3))), 'crawler')
        self.assertEqual(c['args'][-2:], ['--shard', '$(POD_INDEX)/3'])
        self.assertEqual(c['env'], [{'name': 'POD_INDEX', 'valueFrom': {'fieldRef': {'fieldPath': "metadata.labels['apps.kubernetes.io/pod-index']"}}}])
        self.assertNotIn('--shard', container(render(KAFKA), 'crawler')['args'])

    def test_each_stage_has_an_ordinal_of_its_own_however_it_is_scaled(self):
        for values in (KAFKA, KEDA):
            for component in ('parser', 'validator'):
                c = container(render(values), component)
                self.assertEqual(c['args'][c['args'].index('--ordinal') + 1], '$(POD_NAME)')
                self.assertEqual(c['env'], [{'name': 'POD_NAME', 'valueFrom': {'fieldRef': {'fieldPath': 'metadata.name'}}}])

    def test_keda_scales_the_parser_and_nobody_else_does(self):
        values = merged(KEDA, values_of(kafka__bootstrap='a:1,b:2', keda__triggerAuthentication='auth', keda__triggerMetadata={'sasl': 'scram_sha512'}))
        manifests = render(values)
        scaled = find(manifests, 'ScaledObject', 'g-gouji-parser')['spec']
        target = find(manifests, scaled['scaleTargetRef']['kind'], scaled['scaleTargetRef']['name'])
        self.assertNotIn('replicas', target['spec'])  # else every upgrade would take back what KEDA has set
        self.assertIn('replicas', find(manifests, 'StatefulSet', 'g-gouji-validator')['spec'])
        topics = yaml.safe_load((ROOT / 'deploy/topics.yaml').read_text(encoding='utf-8'))
        [trigger] = scaled['triggers']
        self.assertEqual(trigger['metadata'], {'bootstrapServers': 'a:1,b:2', 'consumerGroup': 'gouji-parser', 'topic': 'gouji.report.raw.v1', 'lagThreshold': '100',
                                               'activationLagThreshold': '12', 'allowIdleConsumers': 'false', 'sasl': 'scram_sha512'})
        self.assertEqual(trigger['authenticationRef'], {'name': 'auth'})
        self.assertIn(trigger['metadata']['topic'], [t['name'] for t in topics['topics']])
        self.assertIn(f'{trigger["metadata"]["topic"]}.dlq.{trigger["metadata"]["consumerGroup"]}', [t['name'] for t in topics['topics']])
        self.assertLessEqual(scaled['maxReplicaCount'], topics['defaults']['partitions'])
        self.assertGreaterEqual(int(trigger['metadata']['activationLagThreshold']), topics['defaults']['partitions'])

    def test_notify_finds_whom_to_tell(self):
        for values, component in ((NOTIFY, 'local'), (merged(KAFKA, NOTIFY), 'notify')):
            manifests = render(values)
            arguments = container(manifests, component, 'notify')['args']
            self.assertEqual(arguments[:5], ['notify', '--data', '/var/lib/gouji', '--targets', '/etc/gouji/notify/targets.json'])
            self.assertEqual(mounts(manifests, component, 'notify')['/etc/gouji/notify'], ({'name': 'notify', 'secret': {'secretName': 'n', 'defaultMode': 0o440}}, False))

    def test_secrets_stay_in_secrets(self):
        source = (ROOT / 'common/eventlog/kafka/kafka_settings.cpp').read_text(encoding='utf-8')
        secrets = re.findall(r'"([^"]+)"', re.search(r'kSecrets = \{(.*?)\}', source, re.S)[1])
        self.assertGreater(len(secrets), 4)
        for name in secrets:
            for path in ('kafka.settings', 'topics.kafka', 'notify.kafka', *(f'{service}.settings.kafka' for service in ('crawler', 'parser', 'validator'))):
                with self.assertRaisesRegex(Refused, re.escape(name), msg=path):
                    render(merged(KAFKA, put(path, {name: 'hunter2'})))
        manifests = render(merged(KAFKA, NOTIFY, SECRET, values_of(kafka__secretSettings={'sasl.password': 'password'})))
        self.assertNotIn('Secret', {m['kind'] for m in manifests})
        for component in ('crawler', 'parser', 'validator'):
            self.assertEqual(settings_file(manifests, component)['kafka'], {'sasl.password.file': '/etc/gouji/kafka/password'})
        for component in ('notify', 'topics'):
            arguments = container(manifests, component)['args']
            self.assertEqual(arguments[arguments.index('--kafka') + 1], 'sasl.password.file=/etc/gouji/kafka/password')
        for component in ('crawler', 'parser', 'validator', 'notify', 'topics'):
            volume, may_write = mounts(manifests, component)['/etc/gouji/kafka']
            self.assertEqual((volume['secret'], may_write), ({'secretName': 'k', 'defaultMode': 0o440}, False))

    def test_each_service_can_have_a_name_of_its_own_on_kafka(self):
        login = lambda name: {'sasl.username': name, 'sasl.password.file': f'/etc/gouji/kafka/{name}'}
        values = merged(KAFKA, NOTIFY, SECRET, values_of(kafka__settings={'security.protocol': 'SASL_SSL', 'sasl.username': 'all'}, kafka__secretSettings={'sasl.password': 'all'},
                                                         topics__kafka=login('operator'), notify__kafka=login('reader'), parser__settings={'kafka': login('parser')}))
        manifests = render(values)
        for component, name in (('topics', 'operator'), ('notify', 'reader')):
            given = container(manifests, component)['args']
            self.assertEqual([word for flag, word in zip(given, given[1:]) if flag == '--kafka'],
                             [f'sasl.password.file=/etc/gouji/kafka/{name}', f'sasl.username={name}', 'security.protocol=SASL_SSL'])
        self.assertEqual(settings_file(manifests, 'parser')['kafka'], {'security.protocol': 'SASL_SSL', **login('parser')})
        self.assertEqual(settings_file(manifests, 'validator')['kafka'], {'security.protocol': 'SASL_SSL', **login('all')})

    def test_scheduling_and_pull_secrets_reach_every_pod(self):
        for base in (NOTIFY, merged(KAFKA, NOTIFY)):
            for component, (metadata, spec) in pods(render(merged(base, SWITCHES['scheduling']))).items():
                self.assertEqual([spec.get(name) for name in ('nodeSelector', 'imagePullSecrets', 'affinity')], [{'a': 'b'}, [{'name': 'p'}], {'nodeAffinity': {}}], component)
                self.assertEqual(spec['tolerations'], [{'key': 'x', 'operator': 'Exists'}])
                for spread in spec.get('topologySpreadConstraints', []):
                    self.assertEqual(spread['labelSelector']['matchLabels']['app.kubernetes.io/component'], component)

    def test_probes_ask_the_port_that_the_program_listens_on(self):
        for values in (NOTIFY, merged(KAFKA, NOTIFY)):
            for component, (_, spec) in pods(render(values)).items():
                if component in ('topics', 'test'):
                    continue
                for c in spec['containers']:
                    [port] = c['ports']
                    listens = c['args'][c['args'].index('--admin') + 1] if '--admin' in c['args'] else settings_file(render(values), component)['admin']
                    self.assertEqual(listens, f'0.0.0.0:{port["containerPort"]}')
                    for probe, path in (('startupProbe', '/healthz'), ('livenessProbe', '/healthz'), ('readinessProbe', '/readyz')):
                        self.assertEqual(c[probe]['httpGet'], {'path': path, 'port': port['name']}, f'{component} {probe}')
                    # A stuck loop is told after a minute (heartbeat); a start reads the whole state.
                    self.assertGreaterEqual(c['livenessProbe']['periodSeconds'] * c['livenessProbe']['failureThreshold'], 60)
                    self.assertGreaterEqual(c['startupProbe']['periodSeconds'] * c['startupProbe']['failureThreshold'], 300)

    def test_a_pod_has_longer_to_stop_than_its_program(self):
        limit = re.search(r'"shutdown_limit".*?"(\d+)s"', (ROOT / 'common/host/stage_service.cpp').read_text(encoding='utf-8'))[1]
        local = re.search(r'kStopLimit\{([\d\']+)\}', (ROOT / 'services/gouji/run.cpp').read_text(encoding='utf-8'))[1].replace("'", '')
        least = json.loads((CHART / 'values.schema.json').read_text(encoding='utf-8'))['properties']['terminationGracePeriodSeconds']['minimum']
        self.assertGreater(least, max(int(limit), int(local) / 1000))
        for component, (_, spec) in pods(render(merged(KAFKA, NOTIFY, values_of(terminationGracePeriodSeconds=45)))).items():
            if component not in ('topics', 'test'):
                self.assertEqual(spec['terminationGracePeriodSeconds'], 45)

    def test_what_must_last_is_on_volumes_that_last(self):
        manifests = render(merged(KAFKA, NOTIFY))
        self.assertIn('claim', mounts(manifests, 'notify')['/var/lib/gouji'][0])  # offsets and outbox
        self.assertEqual(container(manifests, 'notify')['args'][1:3], ['--data', '/var/lib/gouji'])
        self.assertIn('claim', mounts(manifests, 'crawler')['/var/lib/gouji'][0])
        claim = find(manifests, 'PersistentVolumeClaim', 'g-gouji-blobs')
        self.assertEqual((claim['spec']['accessModes'], claim['metadata']['annotations']['helm.sh/resource-policy']), (['ReadWriteMany'], 'keep'))
        for component, may_write in (('crawler', True), ('parser', False)):
            volume, writes = mounts(manifests, component)['/var/lib/gouji/blobs']
            self.assertEqual((volume['persistentVolumeClaim']['claimName'], writes), ('g-gouji-blobs', may_write))
        for name in ('gouji', 'notify'):
            self.assertIn('claim', mounts(render(NOTIFY), 'local', name)['/var/lib/gouji'][0])
        for values in (NOTIFY, merged(KAFKA, NOTIFY)):
            for component, (_, spec) in pods(render(values)).items():
                for c in spec['containers'] if component != 'test' else []:
                    self.assertIn('/tmp', mounts(render(values), component, c['name']), 'the root is read-only')

    def test_what_changes_in_a_mounted_file_rolls_the_pods_that_read_it_and_no_others(self):
        def rolled(base, change):
            before, after = pods(render(base)), pods(render(merged(base, change)))
            return sorted(c for c in before if c not in ('test', 'topics') and before[c] != after[c])

        whole = merged(KAFKA, NOTIFY, SOURCES)
        stages = ['crawler', 'notify', 'parser', 'validator']
        for change, expected in (
                (values_of(kafka__settings={'socket.timeout.ms': 1000}), stages), (values_of(parser__settings={'workers': 3}), ['parser']),
                (values_of(validator__settings={'log_level': 'debug'}), ['validator']), (values_of(crawler__contact='mailto:a@b.cn'), ['crawler']),
                (values_of(sources__inline={'a.json': '{"schema": 2}'}), ['crawler']), (values_of(parser__replicas=4), []), (values_of(validator__replicas=4), []),
                (values_of(topics__replication=1), []), (values_of(prometheusRule__enabled=True), []), (values_of(image__tag='9'), stages)):
            self.assertEqual(rolled(whole, change), expected, change)
        self.assertEqual(rolled(SOURCES, values_of(sources__inline={'a.json': '{"schema": 2}'})), ['local'])
        self.assertEqual(rolled(SOURCES, values_of(local__storage__size='1Gi')), [])

    def test_topics_are_made_before_anything_else_of_the_chart_is_there(self):
        manifests = render(merged(KAFKA, SECRET, SWITCHES['scheduling']))
        job = find(manifests, 'Job', 'g-gouji-topics')
        annotations = job['metadata']['annotations']
        self.assertEqual(annotations['helm.sh/hook'], 'pre-install,pre-upgrade')
        # A job cannot be changed: an upgrade makes it anew. One that fails stays, to be looked at.
        self.assertEqual(annotations['helm.sh/hook-delete-policy'], 'before-hook-creation,hook-succeeded')
        spec = job['spec']['template']['spec']
        self.assertEqual(spec['serviceAccountName'], 'default')
        self.assertEqual([v for v in spec['volumes'] if not {'emptyDir', 'secret'} & set(v)], [])
        self.assertEqual([spec['nodeSelector'], spec['imagePullSecrets']], [{'a': 'b'}, [{'name': 'p'}]])
        self.assertEqual(spec['containers'][0]['args'], ['topics', 'apply', '--log', 'kafka:kafka:9092'])
        self.assertLess(job['spec']['activeDeadlineSeconds'], 301)
        hooks = [m['metadata']['name'] for m in manifests if 'helm.sh/hook' in m['metadata'].get('annotations', {})]
        self.assertEqual(sorted(hooks), ['g-gouji-test', 'g-gouji-topics'])

    def test_local_mode_takes_the_crawlers_settings(self):
        values = values_of(crawler__contact='mailto:a@b.cn', crawler__settings={'host_delay': '2s', 'archive': False, 'allow_net': ['10.0.0.0/8', '192.168.0.0/16']},
                           parser__settings={'programs': {'ocr': 'off'}})
        environment = {e['name']: e['value'] for e in container(render(values), 'local', 'gouji')['env']}
        self.assertEqual(environment, {'GOUJI_CONTACT': 'mailto:a@b.cn', 'GOUJI_HOST_DELAY': '2s', 'GOUJI_ARCHIVE': 'false',
                                       'GOUJI_ALLOW_NET': '10.0.0.0/8,192.168.0.0/16', 'GOUJI_PROGRAMS__OCR': 'off'})

    def test_prometheus_reads_the_rules_of_the_tree(self):
        manifests = render(values_of(prometheusRule__enabled=True, dashboards__enabled=True, serviceMonitor__enabled=True, nameOverride='other'))
        rules = find(manifests, 'PrometheusRule', 'g-other')['spec']
        self.assertEqual(rules, yaml.safe_load((ROOT / 'deploy/prometheus/rules/gouji.yaml').read_text(encoding='utf-8')))
        boards = {path.name: path.read_text(encoding='utf-8') for path in (ROOT / 'deploy/grafana/dashboards').glob('*.json')}
        maps = [m for m in manifests if m['metadata'].get('labels', {}).get('grafana_dashboard') == '1']
        self.assertEqual({name: text for m in maps for name, text in m['data'].items()}, boards)
        # The job that the rules ask for, whatever the release or the chart is called.
        [relabel] = find(manifests, 'ServiceMonitor', 'g-other')['spec']['endpoints'][0]['relabelings']
        self.assertEqual((relabel['targetLabel'], relabel['replacement']), ('job', 'gouji-$1'))
        self.assertTrue(all(re.fullmatch(job, 'gouji-local') for job in re.findall(r'job=~"([^"]+)"', json.dumps(rules).replace('\\"', '"'))))


class NetworkTest(unittest.TestCase):
    INSIDE, PORTAL, METADATA = {'address': '10.1.2.3'}, {'address': '203.0.113.9'}, {'address': '169.254.169.254'}

    def check(self, manifests, direction, component, expected):
        pod = pods(manifests)[component][0]['labels']
        for other, port, protocol, wanted in expected:
            self.assertEqual(network.passes(manifests, direction, pod, other, port, protocol, helm.NAMESPACE), wanted, f'{direction} {component} {other} {port}')

    def test_pods_reach_what_they_need_and_nothing_else(self):
        manifests = render(merged(KAFKA, NOTIFY))
        dns = {'labels': {'k8s-app': 'kube-dns'}, 'namespace': 'kube-system'}
        services = {c: {'labels': pods(manifests)[c][0]['labels']} for c in pods(manifests)}
        for component in ('crawler', 'parser', 'validator', 'notify', 'topics'):
            crawls, tells = component == 'crawler', component == 'notify'
            self.check(manifests, 'Egress', component, [
                (dns, 53, 'UDP', True), (dns, 53, 'TCP', True), (self.INSIDE, 53, 'UDP', False), (self.INSIDE, 9092, 'TCP', True), (self.INSIDE, 80, 'TCP', False),
                (self.PORTAL, 443, 'TCP', crawls or tells), (self.PORTAL, 80, 'TCP', crawls), (self.PORTAL, 22, 'TCP', False), (self.INSIDE, 443, 'TCP', tells),
                (self.METADATA, 80, 'TCP', False), ({'address': '2001:db8::1'}, 443, 'TCP', tells), ({'address': '2400:3200::1'}, 80, 'TCP', crawls),
                ({'address': 'fd00::1'}, 80, 'TCP', False), (services['validator'], 9464, 'TCP', False), (services['parser'], 80, 'TCP', False)])

    def test_only_prometheus_and_the_test_reach_a_pod(self):
        for values in (NOTIFY, merged(KAFKA, NOTIFY)):
            manifests = render(values)
            test = {'labels': pods(manifests)['test'][0]['labels']}
            for component in set(pods(manifests)) - {'test', 'topics'}:
                own = {'labels': pods(manifests)[component][0]['labels']}
                prometheus = {'labels': {'app': 'prometheus'}, 'namespace': 'monitoring'}
                self.check(manifests, 'Ingress', component, [(prometheus, 'admin', 'TCP', True), (prometheus, 8080, 'TCP', False), (test, 'admin', 'TCP', True), (own, 'admin', 'TCP', False),
                                                             ({'labels': {}, 'namespace': 'other'}, 'admin', 'TCP', False), (self.PORTAL, 'admin', 'TCP', False)])
                self.check(manifests, 'Egress', 'test', [(own, 'admin', 'TCP', True), (self.PORTAL, 443, 'TCP', False)])
        self.check(render(NOTIFY), 'Ingress', 'local', [({'labels': {}, 'namespace': 'monitoring'}, 'admin-notify', 'TCP', True)])

    def test_local_mode_reaches_portals_and_no_broker(self):
        self.check(render({}), 'Egress', 'local', [(self.PORTAL, 443, 'TCP', True), (self.INSIDE, 443, 'TCP', False), (self.INSIDE, 9092, 'TCP', False), (self.METADATA, 80, 'TCP', False)])
        self.check(render(NOTIFY), 'Egress', 'local', [(self.INSIDE, 9093, 'TCP', True)])

    def test_brokers_and_receivers_can_be_named(self):
        peers = [{'ipBlock': {'cidr': '10.9.0.0/16'}}]
        manifests = render(merged(KAFKA, NOTIFY, values_of(networkPolicy__kafkaPeers=peers, networkPolicy__notifyPeers=peers)))
        for component in ('parser', 'notify'):
            self.check(manifests, 'Egress', component, [({'address': '10.9.0.1'}, 9092, 'TCP', True), (self.INSIDE, 9092, 'TCP', False), (self.PORTAL, 443, 'TCP', False)])
        open_pods = render(values_of(networkPolicy__enabled=False))
        self.assertNotIn('NetworkPolicy', {m['kind'] for m in open_pods})


if __name__ == '__main__':
    unittest.main(verbosity=2)
