#!/usr/bin/env python3
"""docs/asyncapi.yaml against the schema of AsyncAPI 3, deploy/topics.yaml and proto/gouji/v1."""
import copy
import importlib
import json
import os
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = pathlib.Path(os.environ.get('GOUJI_CACHE') or pathlib.Path(os.environ.get('XDG_CACHE_HOME') or
                                                                   pathlib.Path.home() / '.cache') / 'gouji')
SCHEMA = CACHE / 'node/node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json'
# State of the services, for nobody else.
PRIVATE = {'gouji.parser.location.v1', 'gouji.validator.ledger.v1'}
UNITS = {'d': 86_400_000, 'h': 3_600_000, 'm': 60_000, 's': 1000}


def load(name):
    return yaml.safe_load((ROOT / name).read_text(encoding='utf-8'))


class AsyncApiTest(unittest.TestCase):
    def setUp(self):
        self.document = load('docs/asyncapi.yaml')
        self.channels = {channel['address']: channel for channel in self.document['channels'].values()}

    def mistakes(self, document):
        schema = json.loads(SCHEMA.read_text(encoding='utf-8'))
        return [error.message[:200] for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(document)]

    def test_it_is_what_its_own_schema_says(self):
        self.assertEqual(self.mistakes(self.document), [])
        broken = copy.deepcopy(self.document)
        del broken['info']
        self.assertNotEqual(self.mistakes(broken), [], 'the schema finds nothing')

    def test_topics_are_those_that_are_made(self):
        topics = load('deploy/topics.yaml')
        wanted = {topic['name']: {**topics['defaults'], **topic} for topic in topics['topics'] if topic['name'] not in PRIVATE}
        self.assertEqual(set(self.channels), set(wanted))
        for name, topic in wanted.items():
            kafka = self.channels[name]['bindings']['kafka']
            self.assertEqual((kafka['partitions'], kafka['replicas']), (topic['partitions'], topic['replication']), name)
            config = kafka['topicConfiguration']
            self.assertEqual(config['cleanup.policy'], [topic['cleanup']], name)
            self.assertEqual(config['max.message.bytes'], topic['message_bytes'], name)
            if topic['cleanup'] == 'delete':
                retention = topic['retention']
                self.assertEqual(config['retention.ms'], -1 if retention == 'forever' else int(retention[:-1]) * UNITS[retention[-1]], name)
            else:
                self.assertEqual(config['delete.retention.ms'], int(topic['tombstones'][:-1]) * UNITS[topic['tombstones'][-1]], name)

    def test_messages_and_their_types_are_those_of_the_contracts(self):
        named = set()
        for name, message in self.document['components']['messages'].items():
            file = ROOT / 'docs' / message['payload']['schema']['$ref']
            self.assertRegex(file.read_text(encoding='utf-8'), rf'(?m)^message {name} {{', name)
            named.update(message['x-ce-types'])
        code = (ROOT / 'common/events/envelope.h').read_text(encoding='utf-8')
        plain = set(re.findall(r'Type = "(gouji\.[a-z.]+\.v1)"', code))
        self.assertLessEqual(plain, named)
        self.assertLessEqual({f'gouji.anomaly.{t}.v1' for t in ('opened', 'changed', 'resolved', 'retracted')}, named)

    def test_references_lead_somewhere(self):
        for path in re.findall(r"'#/([^']+)'", (ROOT / 'docs/asyncapi.yaml').read_text(encoding='utf-8')):
            node = self.document
            for step in path.split('/'):
                self.assertIn(step, node, path)
                node = node[step]


if __name__ == '__main__':
    try:
        yaml, jsonschema = importlib.import_module('yaml'), importlib.import_module('jsonschema')
    except ImportError:
        python = CACHE / 'python/bin/python'
        if not python.exists() or os.environ.get('GOUJI_AGAIN'):
            print('asyncapi_test.py: PyYAML and jsonschema are missing: run deploy/bootstrap.sh --tests', file=sys.stderr)
            sys.exit(1 if os.environ.get('CI') == 'true' else 77)
        os.execve(python, [str(python), *sys.argv], {**os.environ, 'GOUJI_AGAIN': '1'})
    unittest.main(verbosity=2)
