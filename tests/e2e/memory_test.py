"""The service process itself stays small whatever goes through: workers read the documents, and it holds a
bounded share of them at a time."""
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

from harness import BIN, FORMATS, SAMPLES, SERVICE_ENVIRONMENT

MEBIBYTE = 1024 * 1024
RESIDENT_KIB_MAX = 100 * 1024
BODY_BYTES_MAX = 31 * MEBIBYTE  # a document may have 32 MiB with its attachments
PROSE = '本年度围绕群众关切公开各类政府信息，做好政策解读和申请答复工作。'


def text_of(size):
    report = (SAMPLES / 'linhe_2022.txt').read_text()
    return (report + '\n' + (PROSE * 20 + '\n') * (size // (60 * len(PROSE)) + 1)).encode()[:size].decode(errors='ignore').encode()


def page_of(size):
    report = (FORMATS / 'page.html').read_text()
    row = '<tr><td>' + PROSE + '</td>' + '<td>1</td>' * 7 + '</tr>'
    filling = f'<p>{PROSE}</p>' * 200 + f'<table>{row * 20}</table>'
    return (report + filling * (size // len(filling.encode()) + 1)).encode()[:size]


class MemoryTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-e2e-'))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def test_of_the_service_is_bounded_whatever_documents_go_through(self):
        source = self.folder / 'source'
        shutil.copytree(FORMATS, source)
        for n in range(3):
            (source / f'large{n}.txt').write_bytes(text_of(BODY_BYTES_MAX - n))
            (source / f'large{n}.html').write_bytes(page_of(BODY_BYTES_MAX - n))
        with open(self.folder / 'out', 'wb') as out, open(self.folder / 'err', 'wb') as err:
            run = subprocess.Popen([BIN / 'gouji', 'run', '--once', '--data', self.folder / 'data', source], stdout=out, stderr=err, env=SERVICE_ENVIRONMENT)
            self.addCleanup(run.wait)
            self.addCleanup(run.kill)
            peak, is_plain = self.peak_of(run)
        self.assertIn(run.returncode, (0, 3), (self.folder / 'err').read_text())
        self.assertRegex((self.folder / 'err').read_text(), r'报告 \d+ 份')
        print(f'gouji run: at most {peak // 1024} MB for {len(list(source.iterdir()))} documents')
        if is_plain:  # else a build with sanitizers, which hold memory back
            self.assertLessEqual(peak, RESIDENT_KIB_MAX)

    @staticmethod
    def peak_of(run):
        peak, is_plain = 0, False
        while run.poll() is None:
            try:
                status = pathlib.Path(f'/proc/{run.pid}/status').read_text()
                found = re.search(r'VmHWM:\s+(\d+) kB', status)
                peak = max(peak, int(found.group(1)) if found else 0)
                virtual = re.search(r'VmSize:\s+(\d+) kB', status)
                is_plain = is_plain or bool(virtual and int(virtual.group(1)) < 1 << 30)  # shadow memory takes terabytes of address space
            except FileNotFoundError:
                break
            time.sleep(0.05)
        run.wait()
        return peak, is_plain


if __name__ == '__main__':
    unittest.main()
