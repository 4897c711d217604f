"""A rule that never fires is worth nothing: each one gets a clean tree with one violation planted."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import cpp_text
import symbols
from tidy import check_tree

_HEADER = '#pragma once\n'

# A tree without findings.
_CLEAN = {
    'README.md': 'Run `tests/run.sh`, then build/release/bin/gouji-parser. See [more](docs/more.md).\n',
    'docs/more.md': 'More.\n',
    'tests/run.sh': '#!/bin/sh\n',
    'common/core/README.md': 'What for.\n',
    'common/core/CMakeLists.txt': 'gouji_library(core SOURCES a.cpp HEADERS a.h clock.h)\n',
    'common/core/a.h': _HEADER,
    'common/core/clock.h': _HEADER,
    'common/core/a.cpp': '#include "common/core/a.h"\n// float, std::random_device: only words\nint a() { return 1; }\nnamespace gouji {\nstruct Twice {\n};\n}\n',
    'common/report/README.md': 'What for.\n',
    'common/report/CMakeLists.txt': 'gouji_library(report HEADERS cell.h)\n',
    'common/report/cell.h': _HEADER + '#include "common/core/a.h"\nstruct Cell { long value; double confidence; };\n',
    'common/events/README.md': 'What for.\n',
    'common/events/CMakeLists.txt': 'gouji_library(events HEADERS codec.h)\n',
    'common/events/codec.h': _HEADER + '#include "common/report/cell.h"\n',
    'common/eventlog/README.md': 'What for.\n',
    'common/eventlog/CMakeLists.txt': 'gouji_library(eventlog SOURCES kafka/log.cpp)\n',
    'common/eventlog/kafka/log.cpp': '#include <librdkafka/rdkafka.h>\n#include "common/core/a.h"\n',
    'services/parser/README.md': 'What for.\n',
    'services/parser/CMakeLists.txt':
        'add_service(parser CORE core/read.h core/read.cpp SHELL parse_stage.cpp settings.cpp io/worker.cpp worker_main.cpp MAIN main.cpp)\n',
    'services/parser/core/read.h': _HEADER + '#include "common/report/cell.h"\n',
    'services/parser/core/read.cpp': '#include "services/parser/core/read.h"\n',
    'services/parser/parse_stage.cpp': '#include "services/parser/core/read.h"\n#include "common/eventlog/kafka/log.cpp"\n',
    'services/parser/settings.cpp': '#include <CLI/CLI.hpp>\n',
    'services/parser/io/worker.cpp': '#include "common/events/codec.h"\n',
    'services/parser/worker_main.cpp': '#include "gouji/worker/v1/worker.pb.h"\n',
    'services/parser/main.cpp': '#include "services/parser/core/read.h"\n',
    'services/gouji/README.md': 'What for.\n',
    'services/gouji/CMakeLists.txt': 'gouji_program(gouji SOURCES run.cpp)\n',
    'services/gouji/run.cpp': '#include "services/parser/core/read.h"\n',
}

_BODY = '  step();\n'

# (rule that must fire, file to change, what to append, or None to remove the file)
_PLANTED = [
    ('arrows', 'common/core/a.h', '#include "common/report/cell.h"\n'),
    ('arrows', 'common/eventlog/kafka/log.cpp', '#include "common/report/cell.h"\n'),
    ('arrows', 'services/parser/core/read.h', '#include "services/parser/parse_stage.cpp"\n'),
    ('arrows', 'services/parser/core/read.h', '#include "common/eventlog/kafka/log.cpp"\n'),
    ('arrows', 'services/parser/main.cpp', '#include "services/gouji/run.cpp"\n'),
    ('arrows', 'services/gouji/run.cpp', '#include "services/parser/main.cpp"\n'),
    ('arrows', 'services/gouji/run.cpp', '#include "tests/support/x.h"\n'),
    ('arrows', 'common/core/a.h', '#include "../core/clock.h"\n'),
    ('arrows', 'common/core/a.h', '#include "clock.h"\n'),
    ('arrows', 'services/parser/io/poppler.cpp', '#include "common/events/codec.h"\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include <librdkafka/rdkafka.h>\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include <prometheus/counter.h>\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include <spdlog/spdlog.h>\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include <curl/curl.h>\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include <sqlite3.h>\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include "gouji/v1/anomaly.pb.h"\n'),
    ('owners', 'services/parser/parse_stage.cpp', '#include "gouji/worker/v1/worker.pb.h"\n'),
    ('cli11', 'services/parser/main.cpp', '#include <CLI/CLI.hpp>\n'),
    ('cli11', 'services/parser/core/read.h', '#include <CLI/CLI.hpp>\n'),
    ('cli11', 'common/core/a.cpp', '#include <CLI/CLI.hpp>\n'),
    ('purity', 'services/parser/core/read.cpp', '#include <thread>\n'),
    ('purity', 'services/parser/core/read.cpp', '#include <sys/socket.h>\n'),
    ('purity', 'common/core/a.cpp', 'auto t = std::chrono::steady_clock::now();\n'),
    ('file-size', 'common/core/a.cpp', '\n' * 600),
    ('function-size', 'common/core/a.cpp', 'int long_one() {\n' + _BODY * 60 + '}\n'),
    ('function-size', 'common/core/a.h', 'class A {\n public:\n  A(int b) : b_{b} {\n' + _BODY * 60 + '  }\n};\n'),
    ('exact-numbers', 'common/report/cell.h', 'double amount();\n'),
    ('exact-numbers', 'services/parser/core/read.cpp', 'auto x = std::stod(text);\n'),
    ('one-definition', 'services/parser/core/read.cpp', 'namespace gouji {\nstruct Twice {\n};\n}\n'),
    ('words', 'docs/more.md', 'TO' 'DO: more\n'),
    ('words', 'common/core/a.cpp', '// a stu' 'b\n'),
    ('words', 'docs/more.md', 'see /wo' 'rk/x/y\n'),
    ('headers', 'common/core/clock.h', ''),
    ('listed', 'common/core/CMakeLists.txt', ''),
    ('listed', 'common/core/forgotten.cpp', 'int b();\n'),
    ('listed', 'tests/unit/forgotten_test.cpp', 'int b();\n'),
    ('listed', 'proto/gouji/v1/forgotten.proto', 'message A {}\n'),
    ('readmes', 'common/core/README.md', None),
    ('readmes', 'common/core/README.md', 'line\n' * 15),
    ('commands', 'README.md', None),
    ('commands', 'README.md', 'Run deploy/missing.sh.\n'),
    ('commands', 'README.md', 'Run build/release/bin/gouji-nothing.\n'),
    ('commands', 'README.md', 'See [this](docs/missing.md).\n'),
]

_LOOKS_LIKE_CODE = r'''
const char* text = R"x({ not a body " )x";
char brace = '{';
int million = 1'000'000;
template <class T>
Result<T> first(const T& a) noexcept {
  auto inner = [](int b) { return b; };
  return inner({1, 2});
}
Thing::Thing(int a) : a_{a}, b_(1) {
  start();
}
const Row kRows[] = {
    {1, "}"},
};
struct Other : Base {
  bool operator==(const Other&) const = default;
  int second() const { return 2; }
};
'''


def run():
    failures = _check_planted() + _check_functions() + _check_symbols()
    for failure in failures:
        print(failure)
    print(f'{len(_PLANTED)} violations planted, {len(failures)} failures')
    return 1 if failures else 0


def _write(root, files):
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding='utf-8')
    os.chmod(root / 'tests/run.sh', 0o755)


def _check_planted():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder), _CLEAN)
        failures += [f'the clean tree: {f}' for f in check_tree(folder)]
    for rule, path, addition in _PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            _write(root, _CLEAN)
            _plant(root / path, addition)
            found = check_tree(folder)
            if not any(f.rule == rule for f in found):
                failures.append(f'not found: {rule} in {path}: {(addition or "removed")[:60]!r}')
    return failures


def _plant(path, addition):
    """Appends the text; an empty one empties the file, None removes it."""
    if addition is None:
        path.unlink()
    elif addition == '':
        path.write_text('', encoding='utf-8')
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open('a', encoding='utf-8') as file:
            file.write(addition)


def _check_functions():
    found = [(f.name, f.lines) for f in cpp_text.functions(_LOOKS_LIKE_CODE)]
    wanted = [('first', 5), ('Thing::Thing', 3), ('second', 1)]
    return [] if found == wanted else [f'functions: found {found}, wanted {wanted}']


def _check_symbols():
    failures = [f'symbol not refused: {s}' for s in (
        'clock_gettime', 'pthread_create', '__open_2', 'fopen64', '__read_chk', 'socket', 'rd_kafka_new',
        'curl_easy_init', 'sqlite3_open_v2', '_ZNSt6chrono3_V212steady_clock3nowEv', '_ZNSt10filesystem6statusERKNS_7__cxx114pathE')
        if not symbols.is_forbidden(s)]
    failures += [f'symbol refused: {s}' for s in ('memcpy', 'malloc', '__fprintf_chk', '_ZSt9terminatev', 'abort')
                 if symbols.is_forbidden(s)]
    return failures + _check_archive()


def _check_archive():
    compiler = shutil.which('c++') or shutil.which('g++')
    if not compiler:
        return ['no C++ compiler to plant a symbol with']
    with tempfile.TemporaryDirectory() as folder:
        source, archive = Path(folder) / 'a.cpp', Path(folder) / 'liba.a'
        source.write_text('#include <ctime>\nlong now() { return std::time(nullptr); }\n', encoding='utf-8')
        subprocess.run([compiler, '-c', str(source), '-o', f'{folder}/a.o'], check=True)
        subprocess.run(['ar', 'rc', str(archive), f'{folder}/a.o'], check=True)
        return [] if symbols.check_archive(archive) else ['a planted clock was not found in an archive']
