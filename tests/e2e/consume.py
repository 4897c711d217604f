#!/usr/bin/env python3
"""Reads a topic of Gouji from Kafka to its end as a subscriber would, and prints one JSON object a record.

  consume.py --bootstrap HOST:PORT --topic gouji.anomaly.v1 [--unique] [--proto FOLDER]

Only committed records are read. Each record is checked: the CloudEvents headers (binary mode), the
content type, that ce_type names a message of proto/gouji/v1 and that the value decodes as one. --unique
also wants every ce_id once. Shares no code with the programs: the classes come from protoc.

Exit codes: 0 all records are right, 1 some are not (named on standard error), 64 wrong usage, 69 Kafka
cannot be reached or the topic is not there, 77 a tool is missing (1 where CI=true)."""
import argparse
import base64
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_SECONDS = 60
_TRANSITIONS = 'opened|changed|resolved|retracted'
_MESSAGES = {
    r'gouji\.report\.raw\.v1': ('raw_report', 'RawReport'),
    r'gouji\.report\.raw\.withdrawn\.v1': ('raw_report', 'RawWithdrawn'),
    r'gouji\.report\.parsed\.v1': ('report_parsed', 'ReportParsed'),
    r'gouji\.report\.withdrawn\.v1': ('report_parsed', 'ReportWithdrawn'),
    r'gouji\.report\.verdict\.v1': ('report_verdict', 'ReportVerdict'),
    rf'gouji\.anomaly\.({_TRANSITIONS})\.v1': ('anomaly', 'Anomaly'),
    r'gouji\.waiver\.v1': ('anomaly', 'Waiver'),
    r'gouji\.source\.health\.v1': ('source_health', 'SourceHealth'),
}
_TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')


def use_the_tests_packages():
    """Starts again with the Python that deploy/bootstrap.sh has given the packages to."""
    try:
        importlib.import_module('confluent_kafka')
        importlib.import_module('google.protobuf')
        return
    except ImportError:
        pass
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    python = Path(os.environ.get('GOUJI_CACHE') or Path(base) / 'gouji') / 'python' / 'bin' / 'python'
    if python.exists() and not os.environ.get('GOUJI_CONSUME_AGAIN'):
        os.execve(python, [str(python), *sys.argv], {**os.environ, 'GOUJI_CONSUME_AGAIN': '1'})
    missing('confluent-kafka and protobuf for Python')


def missing(what):
    print(f'consume.py: {what} is missing: run deploy/bootstrap.sh --tests', file=sys.stderr)
    sys.exit(1 if os.environ.get('CI') == 'true' else 77)


def generate(folder, proto):
    """The classes of every message, from the contracts."""
    if not shutil.which('protoc'):
        missing('protoc')
    sources = sorted(str(p.relative_to(proto)) for p in (proto / 'gouji' / 'v1').glob('*.proto'))
    subprocess.run(['protoc', f'--proto_path={proto}', f'--python_out={folder}', *sources], check=True)
    # Regular packages: a file gouji.py anywhere on the path would hide a folder without them.
    for package in ('gouji', 'gouji/v1'):
        (Path(folder) / package / '__init__.py').touch()
    sys.path.insert(0, folder)


def message_of(ce_type):
    for pattern, (module, name) in _MESSAGES.items():
        if re.fullmatch(pattern, ce_type):
            return getattr(importlib.import_module(f'gouji.v1.{module}_pb2'), name)
    return None


def headers_of(record):
    return {name: None if value is None else value.decode('utf-8') for name, value in record.headers() or []}


def problems_of(headers, value):
    """What is wrong with the envelope; empty when it is right."""
    found = []
    if headers.get('ce_specversion') != '1.0':
        found.append(f"ce_specversion is {headers.get('ce_specversion')!r}")
    try:
        uuid.UUID(headers.get('ce_id') or '')
    except ValueError:
        found.append(f"ce_id {headers.get('ce_id')!r} is no UUID")
    if not (headers.get('ce_source') or '').startswith('/'):
        found.append(f"ce_source is {headers.get('ce_source')!r}")
    if not _TIME.match(headers.get('ce_time') or ''):
        found.append(f"ce_time is {headers.get('ce_time')!r}")
    if message_of(headers.get('ce_type') or '') is None:
        found.append(f"ce_type {headers.get('ce_type')!r} is not known")
    if value is not None and headers.get('content-type') != 'application/protobuf':
        found.append(f"content-type is {headers.get('content-type')!r}")
    return found


def decode(headers, value):
    """(the event as plain data, problems). A null value is a tombstone."""
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError
    message = message_of(headers.get('ce_type') or '')
    if value is None or message is None:
        return None, []
    try:
        return json_format.MessageToDict(message.FromString(value), preserving_proto_field_name=True), []
    except DecodeError as problem:
        return None, [f'the value does not decode: {problem}']


def describe(record):
    """(what is printed of the record, problems)."""
    headers = headers_of(record)
    value = record.value()
    event, undecodable = decode(headers, value)
    key = record.key()
    try:
        key = None if key is None else key.decode('utf-8')
    except UnicodeDecodeError:
        key = 'base64:' + base64.b64encode(key).decode()
    shown = {'topic': record.topic(), 'partition': record.partition(), 'offset': record.offset(), 'key': key,
             'timestamp': record.timestamp()[1], 'headers': headers, 'tombstone': value is None, 'event': event}
    return shown, problems_of(headers, value) + undecodable


def records(bootstrap, topic):
    """Every committed record of the topic that is there now."""
    from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
    consumer = Consumer({'bootstrap.servers': bootstrap, 'group.id': 'gouji.consume', 'enable.auto.commit': False,
                         'isolation.level': 'read_committed', 'auto.offset.reset': 'earliest',
                         'enable.partition.eof': True, 'log_level': 0})
    try:
        found = consumer.list_topics(topic, timeout=10).topics[topic]
        if found.error:
            raise KafkaException(found.error)
        open_partitions = set(found.partitions)
        consumer.assign([TopicPartition(topic, p, 0) for p in open_partitions])
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while open_partitions:
            record = consumer.poll(1.0)
            if record is None:
                if time.monotonic() > deadline:
                    raise TimeoutError(f'partitions {sorted(open_partitions)} of {topic} have not ended within '
                                       f'{_PATIENCE_SECONDS} s')
            elif record.error() is None:
                deadline = time.monotonic() + _PATIENCE_SECONDS
                yield record
            elif record.error().code() == KafkaError._PARTITION_EOF:
                open_partitions.discard(record.partition())
            elif not record.error().retriable() and record.error().fatal():
                raise KafkaException(record.error())
    finally:
        consumer.close()


def consume(arguments):
    """The number of records that break a promise."""
    wrong, seen = 0, set()
    for record in records(arguments.bootstrap, arguments.topic):
        shown, problems = describe(record)
        identity = (shown['headers'].get('ce_source'), shown['headers'].get('ce_id'))
        if arguments.unique and identity in seen:
            problems.append(f'ce_id {identity[1]} comes twice')
        seen.add(identity)
        print(json.dumps(shown, ensure_ascii=False))
        for problem in problems:
            print(f"{shown['topic']} [{shown['partition']}] offset {shown['offset']}: {problem}", file=sys.stderr)
        wrong += bool(problems)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bootstrap', required=True, metavar='HOST:PORT')
    parser.add_argument('--topic', required=True)
    parser.add_argument('--unique', action='store_true', help='every ce_id once')
    parser.add_argument('--proto', type=Path, default=_ROOT / 'proto', metavar='FOLDER')
    try:
        arguments = parser.parse_args()
    except SystemExit as end:
        return 64 if end.code else 0
    use_the_tests_packages()
    from confluent_kafka import KafkaException
    with tempfile.TemporaryDirectory(prefix='gouji-consume-') as folder:
        generate(folder, arguments.proto)
        try:
            return 1 if consume(arguments) else 0
        except (KafkaException, TimeoutError) as problem:
            print(f'consume.py: Kafka at {arguments.bootstrap}: {problem}', file=sys.stderr)
            return 69


if __name__ == '__main__':
    sys.exit(main())
