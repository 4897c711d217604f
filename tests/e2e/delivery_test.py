"""Receivers that are slow, hostile, picky or gone, disks that are full, processes that die anywhere: what must be told
is told, under one id and with the same bytes, and one receiver's trouble is nobody else's."""
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import time
import unittest

import receiver as hostile
from harness import ANOMALY, BIN, RANDOM, SEED, folder_of_reports, header, tail
from notify_test import Ground, eventually
from receiver import Receiver

IS_ROOT = os.geteuid() == 0 and shutil.which('unshare')


class Delivery(Ground):
    def another(self, **options):
        receiver = Receiver(**options)
        self.addCleanup(receiver.close)
        return receiver

    def anomalies(self, count):
        """A log with that many anomalies, each of an organ of its own; the ids of their events."""
        folder_of_reports(self.source, count, wrong_every=1)
        self.run_once()
        events = {header(r, 'ce_id') for r in tail(f'local:{self.data}/log.db', ANOMALY)}
        self.assertEqual(len(events), count)
        return events

    def notifying(self, *targets, before=()):
        self.targets(*targets)
        return self.start(*before, BIN / 'gouji', 'notify', '--data', self.data, '--targets', self.folder / 'targets.json', '--from', 'start')

    def ids(self, receiver=None):
        return {headers['webhook-id'] for _, headers, _ in (receiver or self.receiver).taken()}

    def logged(self, name):
        """How often something stands in what the programs wrote."""
        return sum(path.read_text(encoding='utf-8').count(name) for path in self.folder.glob('*.log'))


class HostileReceiverTest(Delivery):
    def test_who_answers_slowly_holds_back_nobody_else_and_no_stop(self):
        slow = self.another()
        slow.behave = hostile.drips_its_headers
        events = self.anomalies(5)
        notify = self.notifying({'name': 'slow', 'url': slow.url, 'filter': {'years': 'all'}}, self.webhook())
        self.assertTrue(eventually(lambda: self.ids() == events))
        self.assertTrue(eventually(slow.requests))
        self.assertEqual(slow.taken(), [])
        notify.send_signal(signal.SIGTERM)
        self.assertEqual(notify.wait(10), 0)

    def test_an_answer_that_never_ends_was_an_answer(self):
        self.receiver.behave = hostile.never_ends
        self.anomalies(3)
        self.notify('--targets', self.targets(self.webhook()), '--once', '--from', 'start')
        self.assertEqual(len(self.receiver.requests()), 3)

    def test_a_redirect_is_not_followed(self):
        inner = self.another()
        self.receiver.behave = hostile.redirects_to(inner.url + '/metadata')
        self.anomalies(1)
        self.notifying(self.webhook())
        self.assertTrue(eventually(lambda: len(self.receiver.requests()) >= 2))
        self.assertEqual(inner.requests(), [])

    def test_a_request_that_was_taken_and_not_answered_comes_again_with_the_same_bytes(self):
        self.receiver.behave = hostile.dies_before_it_answers
        events = self.anomalies(1)
        self.notifying(self.webhook())
        self.assertTrue(eventually(lambda: len(self.receiver.requests()) >= 2))
        self.receiver.behave = None
        self.assertTrue(eventually(lambda: self.ids() == events))
        self.assertEqual(len({body for _, _, body in self.receiver.requests()}), 1)

    def test_who_asks_for_years_of_patience_gets_an_hour_at_most_and_none_after_a_restart(self):
        self.receiver.answer = lambda number: 429
        self.receiver.headers = {'Retry-After': '999999999'}
        events = self.anomalies(2)
        notify = self.notifying(self.webhook())
        self.assertTrue(eventually(lambda: self.logged('HTTP 429')))
        self.assertEqual(len(self.receiver.requests()), 1, 'nor is the next one sent')
        notify.send_signal(signal.SIGTERM)
        self.assertEqual(notify.wait(10), 0)
        self.receiver.answer = lambda number: 200
        self.notify('--targets', self.folder / 'targets.json', '--once')
        self.assertEqual(self.ids(), events)

    def test_senseless_patience_is_none(self):
        values = ['-5', 'tomorrow', 'Sun, 06 Nov 1994 08:49:37 GMT', '9' * 40]

        def refuse(handler, body):
            self.receiver.headers = {'Retry-After': values[0]}
            handler.reply(503, body)
            self.receiver.behave = None

        events = self.anomalies(1)
        for value in values[:3]:
            with self.subTest(value):
                values[0] = value
                self.receiver.behave = refuse
                self.receiver.posts.clear()
                for path in self.data.glob('notify.db*'):
                    path.unlink()
                self.notifying(self.webhook())
                self.assertTrue(eventually(lambda: self.ids() == events))
                self.stop_all()

    def test_a_receiver_that_is_gone_is_the_receivers_trouble(self):
        self.receiver.answer = lambda number: 410
        events = self.anomalies(3)
        self.notifying(self.webhook())
        self.assertTrue(eventually(lambda: len(self.receiver.requests()) >= 2))
        self.receiver.answer = lambda number: 200
        self.assertTrue(eventually(lambda: self.ids() == events))

    def test_what_a_receiver_chokes_on_holds_back_none_of_the_others(self):
        for status in (500, 400):
            with self.subTest(status):
                receiver = self.another()
                events = self.anomalies(40) if status == 500 else events
                poison = set(RANDOM.sample(sorted(events), 5))
                receiver.behave = lambda handler, body: handler.reply(status if json.loads(body)['id'] in poison else 200, body)
                self.notifying(self.webhook(name=f'hook-{status}', url=receiver.url))
                self.assertTrue(eventually(lambda: self.ids(receiver) == events - poison), f'GOUJI_TEST_SEED={SEED}')
                self.stop_all()
                (self.data / 'notify.db').unlink()  # the next one hears of all, too

    def test_one_alert_that_an_alertmanager_refuses_holds_back_none_of_the_others(self):
        self.anomalies(130)
        alerts = {r['value']['id'] for r in tail(f'local:{self.data}/log.db', ANOMALY)}
        poison = RANDOM.choice(sorted(alerts))
        taken = set()

        def alertmanager(handler, body):
            batch = {alert['labels']['anomaly_id'] for alert in json.loads(body)}
            if poison not in batch:
                taken.update(batch)
            handler.reply(400 if poison in batch else 200, body)

        self.receiver.behave = alertmanager
        self.targets(alertmanagers=[{'name': 'am', 'url': self.receiver.url, 'filter': {'years': 'all'}}])
        self.start(BIN / 'gouji', 'notify', '--data', self.data, '--targets', self.folder / 'targets.json')
        self.assertTrue(eventually(lambda: taken == alerts - {poison}), f'GOUJI_TEST_SEED={SEED}')

    @unittest.skipUnless(IS_ROOT and shutil.which('openssl'), 'needs root, unshare and openssl')
    def test_a_certificate_must_be_trusted_and_name_the_receiver(self):
        self.anomalies(1)
        authority = self.certificate('authority', '/CN=test authority')
        receivers = {}
        for name, alternative in (('right', 'IP:127.0.0.1'), ('wrong', 'DNS:example.org')):
            files = self.certificate(name, f'/CN={name}', alternative, authority)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(files[1], files[0])
            receivers[name] = self.another(tls=context)
        alone = self.certificate('alone', '/CN=alone', 'IP:127.0.0.1')
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(alone[1], alone[0])
        receivers['alone'] = self.another(tls=context)
        trust = f'mount --bind {authority[1]} /etc/ssl/certs/ca-certificates.crt && exec "$@"'
        self.notifying(*(self.webhook(name=name, url=receiver.url) for name, receiver in receivers.items()),
                       before=('unshare', '-m', 'sh', '-c', trust, 'sh'))
        self.assertTrue(eventually(lambda: receivers['right'].taken() and self.logged('"target":"wrong"') and self.logged('"target":"alone"')))
        self.assertEqual(receivers['wrong'].requests() + receivers['alone'].requests(), [])

    def certificate(self, name, subject, alternative=None, authority=None):
        key, path = self.folder / f'{name}.key', self.folder / f'{name}.pem'
        more = ['-addext', f'subjectAltName={alternative}'] if alternative else []
        more += ['-CA', authority[1], '-CAkey', authority[0]] if authority else []
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', subject,
                        '-keyout', key, '-out', path, *more], check=True, capture_output=True)
        return key, path


class GroupChatTest(Delivery):
    def test_hundreds_at_once_are_told_together_and_never_faster_than_the_robot_allows(self):
        events = self.anomalies(300)
        refused = []

        def robot(handler, body):
            now = time.monotonic()
            recent = [at for at, _, _ in self.receiver.requests() if at > now - 60]
            refused.extend([len(recent)] if len(recent) > 20 else [])
            self.receiver.body = b'{"errcode":130101}' if len(recent) > 20 else b'{"errcode":0}'
            handler.reply(200, body)

        self.receiver.behave = robot
        self.notifying(self.webhook(shape='dingtalk'))
        organs = lambda: re.findall(r'[一-龥]+县人民政府', ''.join(m['markdown']['text'] for m in self.receiver.messages()))
        self.assertTrue(eventually(lambda: len(set(organs())) == len(events)))
        self.assertEqual(len(organs()), len(events), 'told twice')
        self.assertEqual(refused, [])
        self.assertLess(max(len(body) for _, _, body in self.receiver.requests()), 20_000)

    def test_one_that_a_robot_refuses_is_left_out_and_the_others_are_told(self):
        events = self.anomalies(12)
        names = sorted(p.read_text(encoding='utf-8').split('2022')[0] for p in self.source.glob('*.txt'))
        picked = RANDOM.choice(names)

        def robot(handler, body):
            is_bad = picked in body.decode()
            self.receiver.body = b'{"errcode":430102,"errmsg":"unfit"}' if is_bad else b'{"errcode":0}'
            handler.reply(200, body)

        self.receiver.behave = robot
        self.notifying(self.webhook(shape='dingtalk'))
        told = lambda: {name for name in names for _, path, body in self.receiver.requests() if name in body.decode() and picked not in body.decode()}
        self.assertTrue(eventually(lambda: len(told()) == len(events) - 1), f'GOUJI_TEST_SEED={SEED}')


class BrokenMachineTest(Delivery):
    @unittest.skipUnless(IS_ROOT, 'mounts a small disk')
    def test_what_was_sent_while_the_disk_is_full_is_not_sent_again_and_again(self):
        events = self.anomalies(2)
        small = self.folder / 'small'
        small.mkdir()
        first = []

        def fill(handler, body):
            if not first:
                first.append(body)
                with open(f'/proc/{notify.pid}/root{small}/fill', 'wb', buffering=0) as file:
                    try:
                        while True:
                            file.write(bytes(65536))
                    except OSError:
                        pass
            handler.reply(200, body)

        self.receiver.behave = fill
        self.targets(self.webhook())
        notify = self.start('unshare', '-m', 'sh', '-c', f'mount -t tmpfs -o size=1m tmpfs {small} && exec "$@"', 'sh', BIN / 'gouji', 'notify', '--data', small,
                            '--log', f'local:{self.data}/log.db', '--targets', self.folder / 'targets.json', '--from', 'start')
        self.assertTrue(eventually(lambda: self.logged('free space on its disk') >= 3))
        self.assertEqual(len(self.receiver.requests()), 1)
        os.unlink(f'/proc/{notify.pid}/root{small}/fill')
        self.assertTrue(eventually(lambda: self.ids() == events))
        self.assertEqual(len(self.receiver.requests()), 2)

    @unittest.skipUnless(shutil.which('strace'), 'apt-get install strace')
    def test_killed_at_any_system_call_nothing_is_lost_or_told_under_another_id(self):
        events = self.anomalies(6)
        targets = self.targets(self.webhook())
        command = [BIN / 'gouji', 'notify', '--data', self.data, '--targets', targets, '--once', '--from', 'start']
        for call in ('pwrite64', 'fdatasync', 'ftruncate', 'sendto', 'recvfrom', 'openat', 'futex', 'connect', 'unlink'):
            for number in sorted(RANDOM.sample(range(1, 40), 4 if os.environ.get('GOUJI_TEST_LONG') else 2)):
                with self.subTest(call=call, number=number, seed=SEED):
                    self.receiver.posts.clear()
                    for path in self.data.glob('notify.db*'):
                        path.unlink()
                    trace = self.start('strace', '-f', '-qq', '-e', f'trace={call}', '-e', f'inject={call}:signal=KILL:when={number}', '-o', '/dev/null', *command)
                    trace.wait(60)
                    self.notify('--targets', targets, '--once', '--from', 'start')
                    self.assertEqual(self.ids(), events)
                    bodies = {}
                    for _, headers, body in self.receiver.taken():
                        self.assertEqual(bodies.setdefault(headers['webhook-id'], body), body)


if __name__ == '__main__':
    print(f'GOUJI_TEST_SEED={SEED}')
    unittest.main(verbosity=2)
