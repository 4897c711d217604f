"""Prometheus and Alertmanager with the files of deploy/, told where the services of a test listen."""
import os
import re

from harness import CACHE, ROOT

PROMETHEUS = ROOT / 'deploy/prometheus/prometheus.yml'
ALERTMANAGER = ROOT / 'deploy/alertmanager/alertmanager.yml'
RULES = ROOT / 'deploy/prometheus/rules/gouji.yaml'
PORTS = {'gouji': 9464, 'crawler': 9465, 'parser': 9466, 'validator': 9467, 'notify': 9468}  # as the files have them


def prometheus_yml(ports, alertmanager):
    """`ports`: service -> ports. On Kafka the lines for it stand in the place of the one for `gouji run`."""
    text = PROMETHEUS.read_text(encoding='utf-8').replace('127.0.0.1:9093', f'127.0.0.1:{alertmanager}')
    text = re.sub(r'^( *)# (- \{targets)', r'\1\2', text, flags=re.M)
    for service, port in PORTS.items():
        line, = re.findall(rf'^.*"127\.0\.0\.1:{port}".*\n', text, re.M)
        targets = ', '.join(f'"127.0.0.1:{each}"' for each in ports.get(service, ()))
        text = text.replace(line, line.replace(f'"127.0.0.1:{port}"', targets) if targets else '')
    return text


def alertmanager_yml(url):
    """Every receiver is a webhook below `url`, under its name."""
    text = ALERTMANAGER.read_text(encoding='utf-8')
    return re.sub(r'^( *)- name: (\w+)$', rf'\1- name: \2\n\1  webhook_configs: [{{url: "{url}/\2", send_resolved: true}}]', text, flags=re.M)


def alertmanager_command(config, storage, port):
    """Debian's Alertmanager looks for its templates in /usr/share. Where it was unpacked and not installed, it is shown
    the unpacked folder there, and nobody else is."""
    command = ['prometheus-alertmanager', f'--config.file={config}', f'--storage.path={storage}', f'--web.listen-address=127.0.0.1:{port}',
               '--cluster.listen-address=']
    unpacked = CACHE / 'prometheus/usr/share'
    if os.path.exists('/usr/share/prometheus/alertmanager/default.tmpl') or not unpacked.exists():
        return command
    return ['unshare', '--map-root-user', '--mount', 'sh', '-c', 'mount --bind "$0" /usr/share && exec "$@"', unpacked, *command]
