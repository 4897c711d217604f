"""What the chart renders, by the code of Helm: the library of requirements.txt (Helm 4), and helm itself (Helm 3) where
tools.sh has built it."""
import contextlib
import functools
import json
import os
import pathlib
import shutil
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
CHART = ROOT / 'helm/gouji'
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or pathlib.Path.home() / '.cache') / 'gouji')
PROGRAM = shutil.which('helm', path=f'{CACHE}/chart:{os.environ["PATH"]}')
RELEASE, NAMESPACE = 'g', 'watch'

try:
    import helm_python
except ImportError:
    helm_python = None


class Refused(Exception):
    """Helm takes these values not; says why."""


def values_of(**dotted):
    """values_of(mode='kafka', kafka__bootstrap='k:9092') is {'mode': 'kafka', 'kafka': {'bootstrap': 'k:9092'}}."""
    tree = {}
    for name, value in dotted.items():
        *path, last = name.split('__')
        node = tree
        for step in path:
            node = node.setdefault(step, {})
        node[last] = value
    return tree


def merged(*trees):
    result = {}
    for tree in trees:
        for name, value in tree.items():
            known = result.get(name)
            result[name] = merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return result


@contextlib.contextmanager
def quiet():
    """The library says on standard error what nobody needs to know."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@functools.cache
def loaded(chart):
    return helm_python.Chart.load(str(chart))


def texts_by_library(values, chart=CHART):
    """{template: text}"""
    try:
        with quiet():
            return loaded(chart).render(values, name=RELEASE, namespace=NAMESPACE)
    except helm_python.HelmError as error:
        raise Refused(str(error)) from None


def text_by_program(values, *flags, chart=CHART):
    done = subprocess.run([PROGRAM, 'template', RELEASE, chart, '--namespace', NAMESPACE, '--values', '-', *flags], input=json.dumps(values),
                          capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout


def render(values):
    """Every manifest, as Kubernetes will read it."""
    if helm_python:
        texts = [text for name, text in sorted(texts_by_library(values).items()) if not name.endswith('NOTES.txt')]
    else:
        texts = [text_by_program(values)]
    return [manifest for text in texts for manifest in yaml.load_all(text, Loader=STRICT) if manifest]


def notes(values):
    return texts_by_library(values)['gouji/templates/NOTES.txt']


class STRICT(yaml.CSafeLoader if hasattr(yaml, 'CSafeLoader') else yaml.SafeLoader):
    """Refuses a key that is there twice, as the API server does."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key) for key, _ in node.value]
        if len(names) != len(set(map(str, names))):
            raise yaml.constructor.ConstructorError(None, None, f'a key is there twice: {names}', node.start_mark)
        return super().construct_mapping(node, deep)
