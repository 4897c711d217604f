"""Rules about sizes, words, numbers, and what belongs to a folder."""
import ast
import os
import re

from cpp_text import blank_literals, functions
from tree import Finding

_FILE_LINES_MAX = 600
_FUNCTION_LINES_MAX = 60
_README_LINES_MAX = 15

# Places on a page are no amounts.
_GEOMETRY_FOLDERS = ('services/parser/core/layout/', 'services/parser/core/pdf/', 'services/parser/core/ocr/',
                     'services/parser/core/office/ofd')
_EXACT_FOLDERS = ('common/report/', 'services/validator/core/', 'services/parser/core/', 'proto/')
_FLOAT = re.compile(r'\b(float|double|stod|stof|strtod|atof)\b')
# A confidence is neither a count nor money.
_NOT_AN_AMOUNT = re.compile(r'confidence', re.IGNORECASE)

# Spelled in two halves, so that this file does not contain what it forbids.
_BANNED = re.compile(r'\b(TO' r'DO|FIX' r'ME|XX' r'X|[Ss]tu' r'b(s|bed)?|[Pp]lace' r'holders?)\b')
_MACHINE_PATH = re.compile(r'(?<![\w./$}-])/(wo' r'rk|ro' r'ot|ho' r'me/\w+)/')

_COMMAND = re.compile(r'(?<![\w/.-])((?:deploy|tests|\.ci)/[\w./-]*?(?:\.sh|\.py|/run))(?![\w/-])')
_PROGRAM = re.compile(r'build/release/bin/([\w-]+)')
_LINK = re.compile(r'\]\((?!https?:|#|mailto:)([^)#\s]+)')


def check_file_size(tree):
    for path in tree.having('.h', '.cpp', '.py', '.sh', '.cmake', '.proto', '.js'):
        lines = tree.text(path).count('\n')
        if lines > _FILE_LINES_MAX:
            yield Finding('file-size', path, lines, f'{lines} lines, at most {_FILE_LINES_MAX}')


def check_function_size(tree):
    for path in tree.code('common/', 'services/', 'tests/'):
        for function in functions(tree.text(path)):
            if function.lines > _FUNCTION_LINES_MAX:
                yield _too_long(path, function.line, function.name, function.lines)
    for path in tree.having('.py'):
        for node in ast.walk(ast.parse(tree.text(path))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = node.end_lineno - node.lineno + 1
                if lines > _FUNCTION_LINES_MAX:
                    yield _too_long(path, node.lineno, node.name, lines)


def _too_long(path, line, name, lines):
    return Finding('function-size', path, line, f'{name} has {lines} lines, at most {_FUNCTION_LINES_MAX}')


def check_exact_numbers(tree):
    """Counts are int64 and money is int64 分: no floating point where they are handled."""
    for path in tree.having('.h', '.cpp', '.proto'):
        if not path.startswith(_EXACT_FOLDERS) or path.startswith(_GEOMETRY_FOLDERS):
            continue
        for number, code in enumerate(blank_literals(tree.text(path)).split('\n'), 1):
            word = _FLOAT.search(code)
            if word and not _NOT_AN_AMOUNT.search(code):
                yield Finding('exact-numbers', path, number, f'{word.group(1)}: counts and money are integers')


_UNNAMED = re.compile(r'^namespace \{.*?^\}  // namespace$', re.DOTALL | re.MULTILINE)
_NAMESPACE = re.compile(r'^namespace ([\w:]+) \{', re.MULTILINE)
_TYPE = re.compile(r'^(?:struct|class|enum class|enum) (\w+)(?: final)?(?: :[^;{]*)? \{', re.MULTILINE)


def check_one_definition(tree):
    """Two types of one name in one namespace: the linker takes either for both, and nobody is told."""
    seen = {}
    for path in tree.having('.h', '.cpp'):
        if not path.startswith(('common/', 'services/')):
            continue
        code = _UNNAMED.sub('', tree.text(path))
        namespace = _NAMESPACE.search(code)
        for match in _TYPE.finditer(code):
            name = (namespace.group(1) if namespace else '', match.group(1))
            if name in seen and seen[name] != path:
                yield Finding('one-definition', path, 1, f'{"::".join(name)} is also defined in {seen[name]}')
            seen.setdefault(name, path)


def check_words(tree):
    for path in tree.paths:
        for number, line in enumerate(tree.text(path).split('\n'), 1):
            for pattern in (_BANNED, _MACHINE_PATH):
                word = pattern.search(line)
                if word:
                    yield Finding('words', path, number, f'"{word.group(0)}" does not belong here')


def check_headers(tree):
    for path in tree.having('.h'):
        if '#pragma once' not in tree.text(path):
            yield Finding('headers', path, 1, 'a header begins with #pragma once')


def check_listed(tree):
    """Sources are listed by hand: one that is forgotten is never compiled, a test never run."""
    for path in tree.having('.cpp', '.proto'):
        if not _is_listed(tree, path):
            yield Finding('listed', path, 1, 'no CMakeLists.txt of its folder or one above lists this file')


def _is_listed(tree, path):
    parts = path.split('/')
    for depth in range(len(parts) - 1, 0, -1):
        makefile = '/'.join(parts[:depth]) + '/CMakeLists.txt'
        name = '/'.join(parts[depth:])
        listed = rf'((?<![\w./-])|\}}/){re.escape(name)}(?![\w.-])'
        if tree.exists(makefile) and re.search(listed, tree.text(makefile)):
            return True
    return any(f'/{path}"' in tree.text(p) for p in tree.having('.cmake'))


def check_readmes(tree):
    """Each folder of common/ and each service says what it is for."""
    folders = {'/'.join(p.split('/')[:2]) for p in tree.code('common/', 'services/')}
    for folder in sorted(folders):
        readme = folder + '/README.md'
        lines = tree.text(readme).count('\n') if tree.exists(readme) else 0
        if lines == 0:
            yield Finding('readmes', readme, 1, 'missing: purpose, events in and out, where to start')
        elif lines > _README_LINES_MAX:
            yield Finding('readmes', readme, lines, f'{lines} lines, at most {_README_LINES_MAX}')


def check_commands(tree):
    """What the README tells people to run is there and can be run; what it links to exists."""
    if not tree.exists('README.md'):
        yield Finding('commands', 'README.md', 1, 'missing')
        return
    for number, line in enumerate(tree.text('README.md').split('\n'), 1):
        for command in _COMMAND.findall(line):
            if not os.access(tree.root / command, os.X_OK):
                yield Finding('commands', 'README.md', number, f'{command} is not there or not executable')
        for program in _PROGRAM.findall(line):
            if program not in _programs(tree):
                yield Finding('commands', 'README.md', number, f'no program {program} is built')
        for link in _LINK.findall(line):
            if not tree.exists(link):
                yield Finding('commands', 'README.md', number, f'the link {link} leads nowhere')


def _programs(tree):
    named = set()
    for path in tree.having('CMakeLists.txt'):
        named |= set(re.findall(r'gouji_program\(([\w-]+)', tree.text(path)))
        named |= {'gouji-' + s for s in re.findall(r'add_service\((\w+)', tree.text(path))}
    return named


RULES = (check_file_size, check_function_size, check_exact_numbers, check_one_definition, check_words, check_headers,
         check_listed, check_readmes, check_commands)
