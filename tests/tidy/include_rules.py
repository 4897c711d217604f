"""Who may include whom: the arrows of docs/architecture.md, and the owners of third-party headers."""
import re

from cpp_text import blank_literals, includes
from tree import Finding

# A folder of common/ may include itself and these.
_COMMON_ARROWS = {
    'core': (),
    'text': ('core',),
    'report': ('core', 'text'),
    'markup': ('core', 'text', 'report'),
    'events': ('core', 'report'),
    'eventlog': ('core',),
    'telemetry': ('core',),
    'runtime': ('core',),
    'host': ('core', 'eventlog', 'runtime', 'telemetry'),
}
_CORE_MAY = ('common/core/', 'common/text/', 'common/markup/', 'common/report/')
_SHELL_MAY = _CORE_MAY + ('common/eventlog/', 'common/telemetry/', 'common/runtime/', 'common/host/')
_GENERATED = ('gouji/', 'embedded/')

# header pattern -> folders whose code may include it; tests may include what they test.
_OWNERS = [
    (r'(librdkafka/)?rdkafka(_mock)?\.h$', ('common/eventlog/kafka/',)),
    (r'prometheus/', ('common/telemetry/',)),
    (r'spdlog/', ('common/telemetry/',)),
    (r'curl/', ('services/crawler/io/', 'services/gouji/io/')),
    (r'sqlite3\.h$', ('common/eventlog/local/', 'services/crawler/io/', 'services/gouji/io/')),
    (r'(tesseract|leptonica)/', ('services/parser/ocr/',)),
    (r'gouji/v1/\w+\.pb\.h$', ('common/events/',)),
]
_WORKER_PROTOCOL = re.compile(r'(gouji/worker/v1/\w+\.pb\.h$|google/protobuf/)')
_WORKER_FILE = re.compile(r'services/\w+/(\w+/)*\w*worker\w*\.(h|cpp)$|common/events/')

# Pure folders have no clock, thread, file or socket; what they need comes in as a value.
_PURE = re.compile(r'(common/(core|text|markup|report|events)|services/\w+/core)/')
_IMPURE_HEADER = re.compile(
    r'(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token'
    r'|fstream|filesystem|iostream|ctime|time\.h|unistd\.h|fcntl\.h|poll\.h|pthread\.h|netdb\.h|signal\.h|csignal'
    r'|(sys|netinet|arpa|linux)/.*)$')
_IMPURE_CALL = re.compile(r'\b(\w+_clock::now|std::random_device|getenv|std::time)\b')


def check_arrows(tree):
    for path in tree.code('common/', 'services/', 'proto/'):
        for line, name, quoted in includes(tree.text(path)):
            if quoted and not name.startswith(_GENERATED):
                problem = _arrow_problem(tree, path, name)
                if problem:
                    yield Finding('arrows', path, line, problem)


def _arrow_problem(tree, path, name):
    if name.startswith('tests/'):
        return f'{name}: nothing outside tests/ includes tests/'
    if not tree.exists(name):
        return f'{name}: no such file; includes are written from the root of the repository'
    if name.endswith('/main.cpp'):
        return f'{name}: nobody includes a main.cpp'
    allowed = _allowed(path)
    if not name.startswith(allowed):
        return f'{name}: this folder may include only {" ".join(allowed)}'
    return None


def _allowed(path):
    """The folders that the file may include."""
    parts = path.split('/')
    if parts[0] == 'common' and len(parts) > 2:
        arrows = _COMMON_ARROWS.get(parts[1], ())
        return tuple(f'common/{folder}/' for folder in (parts[1], *arrows))
    if parts[0] != 'services' or len(parts) < 3:
        return ()
    service = f'services/{parts[1]}/'
    if parts[1] == 'gouji':
        return ('services/', 'common/')
    if parts[2] == 'core':
        return (service + 'core/', *_CORE_MAY)
    if parts[2] == 'io' and not _WORKER_FILE.match(path):
        return (service, *_SHELL_MAY)
    return (service, *_SHELL_MAY, 'common/events/')


def check_owners(tree):
    for path in tree.code('common/', 'services/'):
        for line, name, _ in includes(tree.text(path)):
            for pattern, folders in _OWNERS:
                if re.match(pattern, name) and not path.startswith(folders):
                    yield Finding('owners', path, line, f'{name}: only {" ".join(folders)} may include it')
            if _WORKER_PROTOCOL.match(name) and not _WORKER_FILE.match(path):
                yield Finding('owners', path, line, f'{name}: only the files of the worker may include it')


def check_command_line_parser(tree):
    """CLI11 takes six seconds to compile: one .cpp in common/runtime, one per program, no header."""
    seen = {}
    for path in tree.code('common/', 'services/'):
        for line, name, _ in includes(tree.text(path)):
            if not name.startswith('CLI/'):
                continue
            folder = '/'.join(path.split('/')[:2])
            if not path.endswith('.cpp') or (path.startswith('common/') and folder != 'common/runtime'):
                yield Finding('cli11', path, line, f'{name}: only in a .cpp of common/runtime or of a program')
            elif seen.setdefault(folder, path) != path:
                yield Finding('cli11', path, line, f'{name}: {seen[folder]} includes it already')


def check_purity(tree):
    for path in tree.code('common/', 'services/'):
        if not _PURE.match(path):
            continue
        text = tree.text(path)
        for line, name, quoted in includes(text):
            if not quoted and _IMPURE_HEADER.match(name):
                yield Finding('purity', path, line, f'<{name}> has no place in a pure folder')
        for number, code in enumerate(blank_literals(text).split('\n'), 1):
            call = _IMPURE_CALL.search(code)
            if call:
                yield Finding('purity', path, number, f'{call.group(1)} has no place in a pure folder')


RULES = (check_arrows, check_owners, check_command_line_parser, check_purity)
