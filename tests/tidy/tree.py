"""The files that the rules look at, and what a rule says about one."""
import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# Outside the project's own words: documents as they were published, and the licence.
_NOT_OURS = ('tests/samples/', 'tests/tools/node_modules/', 'LICENSE')
_NEVER = {'.git', 'build', '.cache', 'gouji-data', 'node_modules', '__pycache__'}


@dataclass(frozen=True, order=True)
class Finding:
    rule: str
    path: str
    line: int
    message: str

    def __str__(self):
        return f'{self.path}:{self.line}: {self.message} [{self.rule}]'


class Tree:
    """A snapshot of the repository: what git tracks or would track, or all files where git is absent."""

    def __init__(self, root):
        self.root = Path(root)
        self._texts = {}

    @cached_property
    def paths(self):
        listed = self._listed_by_git() or self._walked()
        return sorted(p for p in listed if not p.startswith(_NOT_OURS) and (self.root / p).is_file())

    def _listed_by_git(self):
        if not (self.root / '.git').exists():
            return []
        command = ['git', '-c', 'safe.directory=*', '-C', str(self.root), 'ls-files', '-z',
                   '--cached', '--others', '--exclude-standard']
        try:
            done = subprocess.run(command, capture_output=True, check=False)
        except FileNotFoundError:
            return []
        return [p for p in done.stdout.decode().split('\0') if p]

    def _walked(self):
        found = []
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in _NEVER]
            found += [str((Path(folder) / f).relative_to(self.root)) for f in files]
        return found

    def having(self, *endings):
        return [p for p in self.paths if p.endswith(endings)]

    def code(self, *folders):
        """C++ files below the folders."""
        return [p for p in self.having('.h', '.cpp') if p.startswith(folders)]

    def text(self, path):
        """The file's text; empty for a file that is not UTF-8 text."""
        if path not in self._texts:
            try:
                self._texts[path] = (self.root / path).read_bytes().decode('utf-8')
            except UnicodeDecodeError:
                self._texts[path] = ''
        return self._texts[path]

    def exists(self, path):
        return (self.root / path).exists()
