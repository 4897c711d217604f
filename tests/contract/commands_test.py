"""Every command of ours that the documents show can be typed: its name, its action, its options and the words that an
option takes are those of `--help`. In docs/runbook `g` stands for `gouji` (its README)."""
import functools
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get('GOUJI_BIN', ROOT / 'build/release/bin'))
PAGES = [*sorted(ROOT.glob('README*.md')), *sorted((ROOT / 'docs').rglob('*.md')), *sorted((ROOT / 'deploy').rglob('*.md')), ROOT / 'deploy/prometheus/rules/gouji.yaml']
PROGRAM = r'(?:g|gouji|gouji-crawler|gouji-parser|gouji-validator)'
# Where a command begins: at the start, behind an operator of the shell, or behind a program that starts another.
COMMAND = re.compile(rf'(?:^|[|;&(] *|\$ |sudo |-- |exec gouji )({PROGRAM}) +([^;&<>`)]*)')


@functools.cache
def help_of(program, *command):
    done = subprocess.run([BIN / program, *command, '--help'], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, f'{program} {command}: {done.stderr}'
    return done.stdout


def code_of(path):
    """(line number, text) of what a page shows as code: lines of blocks, and `spans`, which may go over lines."""
    text = path.read_text(encoding='utf-8')
    if path.suffix == '.yaml':
        for found in re.finditer(r'gouji [a-z]+(?: [a-z]+)?(?: --[a-z-]+ [\w={}$. ]+)*', text):
            yield text.count('\n', 0, found.start()) + 1, re.sub(r'\{\{.*?\}\}', 'X', found.group())
        return
    for block in re.finditer(r'^ *```(?:sh|console|bash)?\n(.*?)^ *```', text, re.M | re.S):
        line = text.count('\n', 0, block.start(1)) + 1
        for number, command in enumerate(block.group(1).replace('\\\n', '  ').split('\n')):
            yield line + number, command.split(' # ')[0].strip()
    text = re.sub(r'^ *```.*?^ *```', lambda block: re.sub('[^\n]', '', block.group()), text, flags=re.M | re.S)
    for span in re.finditer(r'`([^`]+)`', text):
        yield text.count('\n', 0, span.start()) + 1, ' '.join(span.group(1).split())


def commands():
    """(where, program, words)"""
    for path in PAGES:
        for line, code in code_of(path):
            if '"$@"' in code:  # a function that hands its arguments on
                continue
            # Grammar: [optional], a|b, FILE…
            code = code.replace('\\|', '|')
            grammar = re.sub(r'(?<=[\w…-])\|(?=[\w-])', '/OR/', code).replace('[', ' ').replace(']', ' ')
            for program, rest in COMMAND.findall(grammar):
                words = re.split(r' \| ', re.sub(r'"[^"]*"|\'[^\']*\'', 'TEXT', rest))[0].split(' # ')[0].split()
                words = [word.rstrip('…,。；') for word in words]
                # `g` says which log.
                yield f'{path.relative_to(ROOT)}:{line}: {code}', *(('gouji', [*words, '--log', '--data']) if program == 'g' else (program, words))


def mistakes_of(program, words):
    """What of it `--help` does not know."""
    command = ()
    if program == 'gouji' and words and re.fullmatch(r'[a-z]+', words[0]):
        if not re.search(rf'^  {words[0]}  ', help_of('gouji'), re.M):
            yield f'no command {words[0]}'
            return
        command, words = (words[0],), words[1:]
    text = help_of(program, *command)
    actions = re.search(r'ACTION TEXT:\{([^}]*)\}', text)
    if actions and words and re.fullmatch(r'[a-z]+(/OR/[a-z]+)*', words[0]):
        for action in set(words[0].split('/OR/')) - set(actions.group(1).split(',')):
            yield f'no action {action}'
    for i, word in enumerate(words):
        option = word.split('=')[0]
        if not word.startswith('--') or len(word) == 2:
            continue
        known = re.search(rf'(?:^|[ ,]){option}(?: \w+(?::\{{([^}}]*)\}})?)?', text, re.M)
        if not known or not re.search(rf'(?:^|[ ,]){option}(?![\w-])', text, re.M):
            yield f'no option {option}'
        elif known.group(1) and i + 1 < len(words):
            for value in words[i + 1].split('/OR/'):
                if re.fullmatch(r'[a-z]+', value) and value not in known.group(1).split(','):
                    yield f'{option} takes no {value}'


class CommandsTest(unittest.TestCase):
    def test_every_command_of_the_documents_can_be_typed(self):
        found = list(commands())
        self.assertGreater(len(found), 150)
        self.assertGreater(len([where for where, _, _ in found if where.startswith('docs/runbook')]), 40)
        self.assertEqual([f'{where}: {mistake}' for where, program, words in found for mistake in mistakes_of(program, words)], [])

    def test_mistakes_are_found(self):
        for words, mistake in ((['lst'], 'no command lst'), (['dlq', 'replays'], 'no action replays'), (['list', '--rules', 'X'], 'no option --rules'),
                               (['list', '--form', 'json'], 'no option --form'), (['status', '--format', 'xml'], '--format takes no xml')):
            self.assertEqual(list(mistakes_of('gouji', words)), [mistake])


if __name__ == '__main__':
    unittest.main()
