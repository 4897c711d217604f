"""What one cause sets off is told once: the shipped routes and inhibitions, by the real Alertmanager."""
import json
import shutil
import unittest
import urllib.request

from monitoring import alertmanager_command, alertmanager_yml
from notify_test import Ground, eventually, free_port

PARSER = {'job': 'gouji', 'instance': 'a:9466', 'service': 'parser'}
VALIDATOR = {'job': 'gouji', 'instance': 'b:9467', 'service': 'validator'}
NOTIFY = {'job': 'gouji-notify', 'instance': 'c:9468', 'service': 'notify'}
STALLED = {'alertname': 'StageStalled', 'stage': 'parser', 'severity': 'page', **PARSER}
NOT_COMMITTING = {'alertname': 'StageNotCommitting', 'stage': 'parser', 'topic': 'gouji.report.raw.v1', 'severity': 'page', 'job': 'gouji', 'instance': 'a:9466'}
LAG = {'alertname': 'LagGrowing', 'topic': 'gouji.report.raw.v1', 'severity': 'ticket'}
LATE = {'alertname': 'LatencyHigh', 'stage': 'parser', 'severity': 'ticket'}
ABORTING = {'alertname': 'TransactionsAborting', 'stage': 'parser', 'severity': 'ticket'}


def down(service):
    return {'alertname': 'ServiceDown', 'severity': 'page', **service}


def restarting(service):
    return {'alertname': 'ServiceRestarting', 'severity': 'ticket', **service}


def of_portals(name, severity='ticket'):
    return {'alertname': name, 'severity': severity}


# What fires, and of it what is told.
CASES = [
    ([down(PARSER), restarting(PARSER), LAG, LATE], [down(PARSER)]),
    ([down(PARSER), restarting(VALIDATOR), {**STALLED, **VALIDATOR, 'stage': 'validator'}], [down(PARSER), restarting(VALIDATOR), {**STALLED, **VALIDATOR, 'stage': 'validator'}]),
    ([down(NOTIFY), LAG], [down(NOTIFY), LAG]),
    ([STALLED, NOT_COMMITTING, LAG, LATE, ABORTING], [STALLED]),
    ([NOT_COMMITTING, {**ABORTING, 'stage': 'validator'}], [NOT_COMMITTING, {**ABORTING, 'stage': 'validator'}]),
    ([LAG, LATE], [LAG]),
    ([LATE, ABORTING], [LATE, ABORTING]),
    ([of_portals('PortalsNotRead'), of_portals('PortalsDegraded'), of_portals('CrawlerBehind'), of_portals('ReportsOverdue', 'info')], [of_portals('PortalsNotRead')]),
    ([of_portals('PortalsDegraded'), of_portals('PortalDrift')], [of_portals('PortalsDegraded'), of_portals('PortalDrift')]),
    ([down(PARSER), {'alertname': 'ReportAnomaly', 'severity': 'error', 'organ': 'x', 'year': '2025'}], [down(PARSER), {'alertname': 'ReportAnomaly', 'severity': 'error', 'organ': 'x', 'year': '2025'}]),
]


@unittest.skipUnless(shutil.which('prometheus-alertmanager'), 'deploy/bootstrap.sh --tests unpacks prometheus-alertmanager')
class InhibitionTest(Ground):
    def ask(self, body=None):
        request = urllib.request.Request(f'{self.url}/api/v2/alerts', data=body and json.dumps(body).encode(), headers={'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b'null')

    def told(self):
        """What is not inhibited; nothing as long as an alert has not been judged."""
        alerts = self.ask()
        if any(alert['status']['state'] == 'unprocessed' for alert in alerts):
            return None
        return sorted(json.dumps(alert['labels'], sort_keys=True) for alert in alerts if not alert['status']['inhibitedBy'])

    def test_the_alert_nearest_to_the_cause_is_told(self):
        for fires, wanted in CASES:
            port = free_port()
            self.url = f'http://127.0.0.1:{port}'
            config = self.folder / 'alertmanager.yml'
            config.write_text(alertmanager_yml(self.receiver.url), encoding='utf-8')
            process = self.start(*alertmanager_command(config, self.folder / f'am-{port}', port))
            self.assertTrue(eventually(lambda: self.answers(self.url + '/-/ready')))
            self.ask([{'labels': labels} for labels in fires])
            self.assertTrue(eventually(lambda: len(self.ask()) == len(fires)))
            wanted = sorted(json.dumps(labels, sort_keys=True) for labels in wanted)
            eventually(lambda: self.told() == wanted, limit=15)
            self.assertEqual(self.told(), wanted)
            process.kill()


if __name__ == '__main__':
    unittest.main(verbosity=2)
