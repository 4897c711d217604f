"""What each service costs when nothing comes: CPU and resident memory of every role, on both logs.

  tests/bench/idle.py [SECONDS]     (30) needs build/release; on an idle machine"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests/e2e')]
from harness import BIN, SERVICE_ENVIRONMENT, folder_of_reports, gouji  # noqa: E402

KAFKA = ROOT / 'tests/support/kafka/kafka.py'
TICKS = os.sysconf('SC_CLK_TCK')


def tree(pid):
    """The process and what it started (the parser's workers)."""
    yield pid
    for line in pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split():
        yield from tree(int(line))


def cost(pid):
    """(CPU seconds so far, resident bytes; of these the process alone)."""
    cpu, memory = 0, []
    for each in tree(pid):
        fields = pathlib.Path(f'/proc/{each}/stat').read_text().rpartition(')')[2].split()
        cpu += (int(fields[11]) + int(fields[12])) / TICKS
        memory.append(int(fields[21]) * os.sysconf('SC_PAGE_SIZE'))
    return cpu, sum(memory), memory[0]


def measure(title, processes, seconds):
    time.sleep(10)  # all reports are through
    before = {name: cost(p.pid)[0] for name, p in processes.items()}
    time.sleep(seconds)
    for name, process in processes.items():
        cpu, memory, alone = cost(process.pid)
        print(f'| {title} | {name} | {100 * (cpu - before[name]) / seconds:.2f} % | {alone / 1e6:.0f} MB | {memory / 1e6:.0f} MB |', flush=True)


def start(*command):
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=SERVICE_ENVIRONMENT)


def main(seconds=30):
    folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-idle-'))
    folder_of_reports(folder / 'in', 100)
    (folder / 'targets.json').write_text('{"schema": 1, "webhooks": [{"name": "w", "url": "http://127.0.0.1:9/"}]}')
    print('| log | service | CPU | resident | with its workers |\n|---|---|---|---|---|')
    running = {}
    try:
        notify = [BIN / 'gouji', 'notify', '--data', folder / 'local', '--targets', folder / 'targets.json']
        running = {'gouji run': start(BIN / 'gouji', 'run', '--data', folder / 'local', folder / 'in')}
        while not (folder / 'local/log.db').exists():
            time.sleep(0.1)
        time.sleep(2)
        running['gouji notify'] = start(*notify)
        measure('local', running, seconds)
        for process in running.values():
            process.kill()
        if subprocess.run([sys.executable, KAFKA, 'start', folder / 'broker'], capture_output=True).returncode != 0:
            return
        log = 'kafka:' + (folder / 'broker/bootstrap').read_text().strip()
        gouji('topics', 'apply', '--log', log, '--replication', '1')
        running = {'gouji-crawler': start(BIN / 'gouji-crawler', '--log', log, '--admin', '127.0.0.1:0', '--sources', folder / 'in', '--data', folder / 'kafka'),
                   'gouji-parser': start(BIN / 'gouji-parser', '--log', log, '--admin', '127.0.0.1:0', '--blobs', folder / 'kafka/blobs'),
                   'gouji-validator': start(BIN / 'gouji-validator', '--log', log, '--admin', '127.0.0.1:0'),
                   'gouji notify': start(BIN / 'gouji', 'notify', '--data', folder / 'kafka', '--log', log, '--targets', folder / 'targets.json')}
        measure('Kafka', running, seconds)
    finally:
        for process in running.values():
            process.kill()
        subprocess.run([sys.executable, KAFKA, 'stop', folder / 'broker'], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


main(*map(int, sys.argv[1:]))
