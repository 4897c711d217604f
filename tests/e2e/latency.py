"""How long it takes from the fetch of a wrong report to the notification at a webhook: prints p50, p99 and the worst.

  tests/e2e/latency.py [COUNT [PER_SECOND]]     default 200 reports, 10 a second; needs build/release"""
import datetime
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from harness import BIN, SAMPLES, chinese, one_wrong_figure
from receiver import Receiver

COUNT, RATE = (int(a) for a in (sys.argv[1:] + ['200', '10'][len(sys.argv) - 1:]))


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-latency-'))
    receiver, arrivals = Receiver(), []
    receiver.answer = lambda number: arrivals.append(time.time()) or 200
    source = folder / 'in'
    source.mkdir()
    targets = folder / 'targets.json'
    targets.write_text('{"schema": 1, "webhooks": [{"name": "w", "url": "%s", "filter": {"years": "all"}}]}' % receiver.url)
    processes = [subprocess.Popen([BIN / 'gouji', 'run', '--data', folder / 'data', source], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)]
    try:
        while not (folder / 'data/log.db').exists():
            time.sleep(0.05)
        time.sleep(2)
        processes.append(subprocess.Popen([BIN / 'gouji', 'notify', '--data', folder / 'data', '--targets', targets], stderr=subprocess.DEVNULL))
        time.sleep(2)
        text = (SAMPLES / 'linhe_2022.txt').read_text(encoding='utf-8')
        organ = text.splitlines()[0].split('2022')[0]
        for i in range(COUNT):
            part = folder / 'part'
            part.write_text(one_wrong_figure(text.replace(organ, f'{chinese(i)}县人民政府')), encoding='utf-8')
            part.rename(source / f'{i:05}.txt')
            time.sleep(1 / RATE)
        end = time.time() + 60
        while len(receiver.taken()) < COUNT and time.time() < end:
            time.sleep(0.1)
        fetched = [datetime.datetime.fromisoformat(m['source']['fetched_at'].replace('Z', '+00:00')).timestamp() for m in receiver.messages()]
        waits = sorted(a - f for a, f in zip(arrivals, fetched))
        at = lambda share: waits[min(len(waits) - 1, int(len(waits) * share))]
        print(f'{len(waits)} of {COUNT} notified; p50 {at(0.5):.3f} s, p99 {at(0.99):.3f} s, worst {waits[-1]:.3f} s')
    finally:
        for process in processes:
            process.kill()
        receiver.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
