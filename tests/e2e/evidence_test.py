"""A bundle of evidence: it holds as it was written, and every change of it is noticed."""
import json
import pathlib
import shutil
import tempfile
import unittest

from harness import SAMPLES, gouji


class EvidenceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='gouji-e2e-'))
        cls.data = cls.folder / 'data'
        cls.bundle = cls.folder / 'bundle'
        code, _, err = gouji('run', '--once', '--data', cls.data, SAMPLES)
        assert code == 0, err
        anomaly = json.loads(gouji('list', '--data', cls.data, '--format', 'json')[1].splitlines()[0])
        cls.id = anomaly['id']
        code, _, err = gouji('evidence', 'write', cls.id[:8], '--data', cls.data, '--out', cls.bundle)
        assert code == 0, err

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    def verify(self, folder):
        code, out, err = gouji('evidence', 'verify', folder, '--format', 'json')
        checks = [json.loads(line) for line in out.splitlines()]
        return code, [c['file'] for c in checks if c['outcome'] == 'FAILS'], checks, err

    def copy(self):
        copy = self.folder / 'copy'
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.bundle, copy)
        return copy

    def test_a_bundle_holds_without_the_log(self):
        elsewhere = self.copy()
        code, failed, checks, err = self.verify(elsewhere)
        self.assertEqual((code, failed), (0, []), err)
        said = ' '.join(c['message']['en'] for c in checks if c['outcome'] == 'HOLDS')
        for part in ('the same parser reads the same cells', 'the same rules find the same anomaly', 'stand in the bytes where they were read'):
            self.assertIn(part, said)

    def test_every_changed_or_missing_file_is_named(self):
        names = sorted(str(p.relative_to(self.bundle)) for p in self.bundle.rglob('*') if p.is_file())
        self.assertIn('report/raw.pb', names)
        for name in names:
            for change in ('flip', 'remove'):
                with self.subTest(file=name, change=change):
                    path = self.copy() / name
                    if change == 'flip':
                        data = bytearray(path.read_bytes())
                        data[len(data) // 2] ^= 1
                        path.write_bytes(bytes(data))
                    else:
                        path.unlink()
                    code, failed, _, _ = self.verify(path.parents[len(pathlib.Path(name).parts) - 1])
                    self.assertEqual(code, 1)
                    # A digest that was changed in SHA256SUMS is noticed at the file that it is of.
                    if (name, change) != ('SHA256SUMS', 'flip'):
                        self.assertIn(name, failed)

    def test_a_file_that_was_added_is_named(self):
        copy = self.copy()
        (copy / 'more.txt').write_text('x')
        self.assertEqual(self.verify(copy)[:2], (1, ['more.txt']))

    def test_a_figure_that_was_changed_everywhere_is_noticed(self):
        import hashlib
        copy = self.copy()
        body = next((copy / 'report').glob('body.*'))
        body.write_bytes(body.read_bytes().replace(b'41', b'14', 1))
        sums = copy / 'SHA256SUMS'
        lines = [f'{hashlib.sha256((copy / l[66:]).read_bytes()).hexdigest()}  {l[66:]}' for l in sums.read_text().splitlines()]
        sums.write_text('\n'.join(lines) + '\n')
        code, failed, _, _ = self.verify(copy)
        self.assertEqual(code, 1)
        self.assertIn(f'report/{body.name}', failed)

    def test_what_is_no_bundle_and_no_anomaly_is_said(self):
        self.assertEqual(gouji('evidence', 'verify', self.folder)[0], 2)
        self.assertEqual(gouji('evidence', 'verify', self.folder / 'nothing')[0], 2)
        self.assertEqual(gouji('evidence', 'write', 'zzzz', '--data', self.data)[0], 2)
        code, _, err = gouji('evidence', 'write', self.id, '--data', self.data, '--out', self.bundle)
        self.assertEqual(code, 2)
        self.assertIn('--out', err)


if __name__ == '__main__':
    unittest.main()
