"""The values with which the chart is tried, and how its manifests are looked at."""
import itertools

import yaml
from helm import CHART, merged, values_of

VERSION = yaml.safe_load((CHART / 'Chart.yaml').read_text(encoding='utf-8'))['version']
DEFAULTS = yaml.safe_load((CHART / 'values.yaml').read_text(encoding='utf-8'))

KAFKA = values_of(mode='kafka', kafka__bootstrap='kafka:9092')
SECRET = values_of(kafka__existingSecret='k')
NOTIFY = values_of(notify__enabled=True, notify__existingSecret='n')
KEDA = merged(KAFKA, values_of(keda__enabled=True))
SOURCES = values_of(sources__inline={'b.json': {'schema': 1}, 'a.json': '{"schema": 1}'})
# Each is off and on in the tests below.
SWITCHES = {
    'Kafka': KAFKA, 'notify': NOTIFY, 'KEDA': KEDA, 'sources': SOURCES, 'Kafka secret': SECRET, 'shards': values_of(crawler__shards=3),
    'their sources': values_of(sources__inline={}, sources__existingConfigMap='theirs', sources__files=['c.json']),
    'no disruption budget': values_of(podDisruptionBudget__enabled=False), 'no network policy': values_of(networkPolicy__enabled=False),
    'service monitor': values_of(serviceMonitor__enabled=True), 'rules': values_of(prometheusRule__enabled=True), 'dashboards': values_of(dashboards__enabled=True),
    'their account': values_of(serviceAccount__create=False, serviceAccount__name='theirs'), 'no topics': values_of(topics__apply=False),
    'their blobs': values_of(blobs__existingClaim='theirs'), 'digest': values_of(image__digest='sha256:' + 'a' * 64),
    'scheduling': values_of(nodeSelector={'a': 'b'}, tolerations=[{'key': 'x', 'operator': 'Exists'}], affinity={'nodeAffinity': {}},
                            imagePullSecrets=[{'name': 'p'}], podAnnotations={'a': 'b'}),
}


def every_combination():
    """Names and values: no switch, each alone, every two of them, and all that go together; in both modes."""
    chosen = [c for size in (0, 1, 2) for c in itertools.combinations(SWITCHES, size)]
    chosen += [tuple(n for n in SWITCHES if n != without) for without in ('sources', 'their sources')]
    for names, base in itertools.product(chosen, ({}, KAFKA)):
        yield names, merged(base, *(SWITCHES[name] for name in names))


def find(manifests, kind, name):
    found = [m for m in manifests if (m['kind'], m['metadata']['name']) == (kind, name)]
    assert len(found) == 1, f'{kind} {name}: {[(m["kind"], m["metadata"]["name"]) for m in manifests]}'
    return found[0]


def pods(manifests):
    """{component: (metadata, spec)} of everything that makes a pod."""
    templates = [m if m['kind'] == 'Pod' else m['spec']['template'] for m in manifests if m['kind'] in ('StatefulSet', 'Deployment', 'Job', 'Pod')]
    return {t['metadata']['labels']['app.kubernetes.io/component']: (t['metadata'], t['spec']) for t in templates}


def container(manifests, component, name=None):
    return next(c for c in pods(manifests)[component][1]['containers'] if c['name'] == (name or component))


def settings_file(manifests, component):
    return yaml.safe_load(find(manifests, 'ConfigMap', 'g-gouji-settings')['data'][f'{component}.yaml'])


def mounts(manifests, component, name=None):
    """{path: (volume, may write)} of a container."""
    spec = pods(manifests)[component][1]
    volumes = {v['name']: v for v in spec.get('volumes', [])}
    claims = {m['metadata']['labels']['app.kubernetes.io/component']: m for m in manifests if m['kind'] == 'StatefulSet'}
    for claim in claims.get(component, {}).get('spec', {}).get('volumeClaimTemplates', []):
        volumes[claim['metadata']['name']] = {'claim': claim}
    return {m['mountPath']: (volumes[m['name']], not m.get('readOnly', False)) for m in container(manifests, component, name)['volumeMounts']}


def leaves(tree, path=()):
    """The paths of all values: of what holds no names of its own, and of resources as a whole."""
    for name, value in tree.items():
        if isinstance(value, dict) and value and name != 'resources':
            yield from leaves(value, (*path, name))
        else:
            yield '.'.join((*path, name))


def put(path, value):
    return values_of(**{path.replace('.', '__'): value})


RESOURCES = {'limits': {'memory': '7Gi'}}
# For every value of values.yaml: what it is changed to, and where that matters besides the defaults.
CHANGES = {
    'mode': ('kafka', KAFKA), 'image.repository': ('r', {}), 'image.tag': ('9', {}), 'image.digest': ('sha256:' + '1' * 64, {}), 'image.pullPolicy': ('Always', {}),
    'imagePullSecrets': ([{'name': 'p'}], {}), 'nameOverride': ('other', {}), 'fullnameOverride': ('other', {}),
    'kafka.bootstrap': ('other:1', KAFKA), 'kafka.settings': ({'security.protocol': 'SSL'}, KAFKA), 'kafka.existingSecret': ('k', KAFKA),
    'kafka.secretSettings': ({'sasl.password': 'password'}, merged(KAFKA, SECRET)), 'topics.apply': (False, KAFKA), 'topics.replication': (1, KAFKA), 'topics.kafka': ({'sasl.username': 'x'}, KAFKA),
    'sources.inline': ({'x.json': 'y'}, {}), 'sources.existingConfigMap': ('theirs', values_of(sources__files=['a.json'])),
    'sources.files': (['other.json'], values_of(sources__existingConfigMap='theirs')),
    'local.resources': (RESOURCES, {}), 'local.storage.size': ('1Gi', {}), 'local.storage.className': ('fast', {}),
    'crawler.shards': (2, KAFKA), 'crawler.contact': ('mailto:a@b.cn', {}), 'crawler.settings': ({'host_delay': '2s'}, {}), 'crawler.resources': (RESOURCES, KAFKA),
    'crawler.storage.size': ('1Gi', KAFKA), 'crawler.storage.className': ('fast', KAFKA), 'blobs.existingClaim': ('theirs', KAFKA), 'blobs.size': ('1Gi', KAFKA),
    'blobs.className': ('fast', KAFKA), 'parser.replicas': (3, KAFKA), 'parser.settings': ({'workers': 4}, KAFKA), 'parser.resources': (RESOURCES, KAFKA),
    'validator.replicas': (3, KAFKA), 'validator.settings': ({'log_level': 'debug'}, KAFKA), 'validator.resources': (RESOURCES, KAFKA),
    'notify.enabled': (True, NOTIFY), 'notify.existingSecret': ('other', NOTIFY), 'notify.resources': (RESOURCES, NOTIFY), 'notify.kafka': ({'sasl.username': 'x'}, merged(KAFKA, NOTIFY)),
    'notify.storage.size': ('2Gi', merged(KAFKA, NOTIFY)), 'notify.storage.className': ('fast', merged(KAFKA, NOTIFY)),
    'podDisruptionBudget.enabled': (False, KAFKA), 'networkPolicy.enabled': (False, {}), 'networkPolicy.monitoringNamespace': ('other', {}),
    'networkPolicy.kafkaPorts': ([1], KAFKA), 'networkPolicy.kafkaPeers': ([{'ipBlock': {'cidr': '10.0.0.0/8'}}], KAFKA), 'networkPolicy.notifyPorts': ([1], NOTIFY),
    'networkPolicy.notifyPeers': ([{'ipBlock': {'cidr': '10.0.0.0/8'}}], NOTIFY),
    'serviceMonitor.enabled': (True, {}), 'serviceMonitor.interval': ('1m', values_of(serviceMonitor__enabled=True)),
    'serviceMonitor.labels': ({'a': 'b'}, values_of(serviceMonitor__enabled=True)), 'prometheusRule.enabled': (True, {}),
    'prometheusRule.labels': ({'a': 'b'}, values_of(prometheusRule__enabled=True)), 'dashboards.enabled': (True, {}),
    'keda.enabled': (True, KAFKA), 'keda.minReplicas': (2, KEDA), 'keda.maxReplicas': (3, KEDA), 'keda.lagThreshold': (7, KEDA), 'keda.activationLag': (7, KEDA),
    'keda.triggerAuthentication': ('theirs', KEDA), 'keda.triggerMetadata': ({'tls': 'enable'}, KEDA),
    'serviceAccount.create': (False, {}), 'serviceAccount.name': ('other', {}), 'serviceAccount.annotations': ({'a': 'b'}, {}), 'podAnnotations': ({'a': 'b'}, {}),
    'nodeSelector': ({'a': 'b'}, {}), 'tolerations': ([{'key': 'x'}], {}), 'affinity': ({'nodeAffinity': {}}, {}), 'terminationGracePeriodSeconds': (60, {}),
}
