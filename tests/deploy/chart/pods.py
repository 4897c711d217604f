"""Pods of a rendered chart as processes of this machine: their commands, settings, volumes and ports as the manifests have
them, with the paths of the pod led to folders, laid out as a kubelet does it."""
import os
import pathlib
import re
import socket
import subprocess

PLAIN = {name: value for name, value in os.environ.items() if not name.startswith('GOUJI_')}


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Cluster:
    def __init__(self, folder, programs, manifests, secrets):
        self.folder, self.programs, self.manifests, self.secrets = folder, programs, manifests, secrets
        self.processes, self.commands, self.ports = {}, {}, {}

    def workload(self, component):
        return next(m for m in self.manifests if m['kind'] in ('StatefulSet', 'Job') and m['metadata']['labels']['app.kubernetes.io/component'] == component)

    def volume(self, pod, volume):
        """The folder of a volume."""
        name = volume['name']
        folder = self.folder / 'shared' / volume['persistentVolumeClaim']['claimName'] if 'persistentVolumeClaim' in volume else self.folder / pod / 'volumes' / name
        folder.mkdir(parents=True, exist_ok=True)
        files = {}
        if 'configMap' in volume:
            files = next(m['data'] for m in self.manifests if m['kind'] == 'ConfigMap' and m['metadata']['name'] == volume['configMap']['name'])
        elif 'secret' in volume:
            files = self.secrets[volume['secret']['secretName']]
        if files and not (folder / '..data').exists():
            (folder / '..2026_01_01').mkdir()
            (folder / '..data').symlink_to('..2026_01_01')
            for file in files:
                (folder / file).symlink_to(f'..data/{file}')
        for file, text in files.items():
            (folder / '..data' / file).write_text(text, encoding='utf-8')
        return folder

    def here(self, pod, text):
        """What a text of the pod means on this machine."""
        text = re.sub(r'0\.0\.0\.0:(\d+)', lambda found: f'127.0.0.1:{self.port(pod, int(found[1]))}', text)
        return re.sub(r'(/var/lib/gouji|/etc/gouji|/tmp)\b', lambda found: f'{self.folder}/{pod}/root{found[1]}', text)

    def port(self, pod, number):
        return self.ports.setdefault((pod, number), free_port())

    def mount(self, pod, workload, container):
        root = self.folder / pod / 'root'
        claims = [{'name': c['metadata']['name']} for c in workload['spec'].get('volumeClaimTemplates', [])]
        volumes = {v['name']: v for v in claims + workload['spec']['template']['spec'].get('volumes', [])}
        # A mount below another one comes behind it.
        for mount in sorted(container['volumeMounts'], key=lambda m: m['mountPath']):
            source = self.volume(pod, volumes[mount['name']])
            if 'subPath' in mount:
                source = source / mount['subPath']
                if 'configMap' in volumes[mount['name']]:
                    plain = self.folder / pod / mount['subPath']
                    plain.write_text(self.here(pod, source.read_text(encoding='utf-8')), encoding='utf-8')
                    source = plain
                else:
                    source.mkdir(exist_ok=True)
            place = root / mount['mountPath'][1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists() and not place.is_symlink():
                place.symlink_to(source)

    def start(self, component, index=0):
        """Every container of one pod."""
        workload = self.workload(component)
        pod = f'{workload["metadata"]["name"]}-{index}'
        for container in workload['spec']['template']['spec']['containers']:
            self.mount(pod, workload, container)
            fields = {'metadata.name': pod, "metadata.labels['apps.kubernetes.io/pod-index']": str(index)}
            environment = {e['name']: e['value'] if 'value' in e else fields[e['valueFrom']['fieldRef']['fieldPath']] for e in container.get('env', [])}
            arguments = [re.sub(r'\$\((\w+)\)', lambda found: environment[found[1]], argument) for argument in container['args']]
            program = pathlib.Path(container.get('command', ['/usr/bin/gouji'])[0]).name
            command = [self.programs / program, *(self.here(pod, argument) for argument in arguments)]
            self.commands[pod, container['name']] = command, {**PLAIN, **environment}
            self.run(pod, container['name'])
        return pod

    def run(self, pod, container):
        command, environment = self.commands[pod, container]
        with open(self.folder / pod / f'{container}.log', 'a', encoding='utf-8') as log:
            self.processes[pod, container] = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def restart_ended(self):
        """As a kubelet does, but sooner."""
        for (pod, container), process in list(self.processes.items()):
            if process.poll() is not None:
                self.run(pod, container)

    def probes(self, component, pod, kind):
        """Where a probe asks, of every container."""
        for container in self.workload(component)['spec']['template']['spec']['containers']:
            probe = container[kind]['httpGet']
            number = next(p['containerPort'] for p in container['ports'] if p['name'] == probe['port'])
            yield f'http://127.0.0.1:{self.port(pod, number)}{probe["path"]}'

    def logs(self):
        return ''.join(f'--- {p.relative_to(self.folder)}\n{p.read_text(errors="replace")[-1500:]}' for p in sorted(self.folder.glob('*/*.log')))

    def kill(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
