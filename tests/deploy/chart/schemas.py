"""Manifests against the schemas of one version of Kubernetes, unknown members refused; the schemas are those of
kubernetes-validate, kept here so that thousands of manifests take seconds."""
import functools
import json
import pathlib

import jsonschema
import kubernetes_validate
import referencing

FOLDER = pathlib.Path(kubernetes_validate.__file__).parent / 'kubernetes-json-schema'
# Not of Kubernetes: the program beside this file judges them, by the Go types of who defines them.
OTHERS = {'ServiceMonitor', 'PrometheusRule', 'ScaledObject'}


def versions():
    """['1.25', …], oldest first."""
    found = {path.name[1:].split('.0-')[0] for path in FOLDER.iterdir() if path.name.endswith('-local-strict')}
    return sorted(found, key=lambda version: [int(part) for part in version.split('.')])


@functools.cache
def definitions(version):
    text = (FOLDER / f'v{version}.0-local-strict/_definitions.json').read_text(encoding='utf-8')
    return referencing.Registry().with_resource('_definitions.json', referencing.Resource.from_contents(
        json.loads(text), default_specification=referencing.jsonschema.DRAFT202012))


@functools.cache
def validator(version, api_version, kind):
    group, _, name = api_version.rpartition('/')
    path = FOLDER / f'v{version}.0-local-strict' / f'{kind.lower()}-{group.split(".")[0] + "-" if group else ""}{name}.json'
    if not path.exists():
        return None
    return jsonschema.Draft202012Validator(json.loads(path.read_text(encoding='utf-8')), registry=definitions(version))


def mistakes(manifest, version):
    """What Kubernetes of this version would not take in it."""
    if manifest['kind'] in OTHERS:
        return []
    judge = validator(version, manifest['apiVersion'], manifest['kind'])
    if judge is None:
        return [f'{manifest["kind"]} of {manifest["apiVersion"]} is not known']
    return [f'{manifest["kind"]} {manifest["metadata"]["name"]}: {"/".join(map(str, e.absolute_path))}: {e.message[:200]}'
            for e in judge.iter_errors(manifest)]
