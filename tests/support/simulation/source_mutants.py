#!/usr/bin/env python3
"""Changes one line of the stage runner at a time, and asks the simulation whether it notices.

usage: source_mutants.py [BUILD_FOLDER]      (build/release; simulation_test must be built there)

Each line below must be found within 20 000 seeds; exit code 1 names those that are not. The simulation's
own planted mistakes (mutants.h) are found in every test run; these are lines of the product itself."""
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
TRANSACTION, RUNNER, WORK = 'stage_transaction.cpp', 'stage_runner.cpp', 'stage_work.cpp'
MUTANTS = [
    ('no new producer after a commit in doubt', TRANSACTION,
     'return !in_doubt || reopen_producer("a request of the last commit may have been sent twice");', 'return true;'),
    ('no new producer after an abort in doubt', TRANSACTION,
     'if (in_doubt && !reopen_producer("a request of the last abort may have been sent twice")) return;', ''),
    ('staged state kept on abort', TRANSACTION, 'for (auto& [partition, state] : states_) state.discard_staged();', ''),
    ('staged state never applied', TRANSACTION, 'state.apply_staged();', 'state.discard_staged();'),
    ('state of a failed record kept', TRANSACTION, '  state.roll_back_to_mark();\n  switch', '  switch'),
    ('state not written', TRANSACTION, 'if (!append_state(clock_.unix_millis())) return false;', ''),
    ('no offsets in the changelog', TRANSACTION,
     'if (!append(next_offset_note({*state_topic_, at.partition}, at.topic, offset, now))) return false;',
     'static_cast<void>(at), static_cast<void>(offset);'),
    ('refused offsets ignored', TRANSACTION, 'if (sent != Outcome::kOk) return settle_outcome(sent, "sending offsets"), false;', ''),
    ('unknown taken for committed', TRANSACTION,
     'if (transaction_.was_commit_called() && moved == telling) return after_commit();',
     'if (transaction_.was_commit_called()) return after_commit();'),
    ('no way back after an abort', TRANSACTION, '  go_back(first);\n}', '}'),
    ('what was polled and not taken is forgotten', TRANSACTION,
     'for (const StoredRecord& stored : pending_.all()) positions.try_emplace(stored.at, stored.offset);', ''),
    ('what stands behind a waiting record overtakes it', TRANSACTION,
     'pending_.drop_if([&](const StoredRecord& behind) { return behind.at == stored.at; });', ''),
    ('a refused record is never given up', TRANSACTION, 'if (aborts_.is_condemned(stored)) {', 'if (false) {'),
    ('the breaker does not count', TRANSACTION,
     'if (breaker_) breaker_->add(clock_.monotonic(), transaction_.records(), transaction_.poison());', ''),
    ('state kept when its partition goes', RUNNER, 'if (states_.erase(at.partition) > 0) stage_.state_dropped(at.partition);', ''),
    ('a failed seek passed over', RUNNER, 'GOUJI_TRY(stage_log_.seek(to));', 'static_cast<void>(stage_log_.seek(to));'),
    ('offsets of the changelog not used', RUNNER, 'if (note == noted.end() || known.contains(at)) continue;', 'continue;'),
    ('work on the state lost with its transaction', WORK, '  work_taken_.push_back(item);\n', ''),
    ('the same offset again', 'open_transaction.cpp', 'next_[stored.at] = stored.offset + 1;', 'next_[stored.at] = stored.offset;'),
    ('one offset too far', 'open_transaction.cpp', 'next_[stored.at] = stored.offset + 1;', 'next_[stored.at] = stored.offset + 2;'),
    ('changelog end asked committed', 'changelog.cpp', 'log.end_offset(changelog, Isolation::kUncommitted)',
     'log.end_offset(changelog, Isolation::kCommitted)'),
    ('first of a key wins', 'changelog.cpp', 'restored.state.restore(std::string(key), std::move(stored.record.value));',
     'if (restored.state.get(key) == nullptr) restored.state.restore(std::string(key), std::move(stored.record.value));'),
]


def commands(build):
    """How to compile a source of the runner, and how to link the test."""
    compiled = {pathlib.Path(entry['file']).name: entry['command'] for entry in json.loads((build / 'compile_commands.json').read_text())
                if entry['file'].startswith(str(ROOT / 'common/eventlog/'))}
    lines = subprocess.run(['ninja', '-C', build, '-t', 'commands', 'simulation_test'], capture_output=True, text=True, check=True)
    return compiled, next(line for line in reversed(lines.stdout.splitlines()) if '-o tests/simulation_test' in line)


def build_mutant(build, folder, compiled, link, mutant):
    name, file, old, new = mutant
    text = (ROOT / 'common/eventlog' / file).read_text(encoding='utf-8')
    if text.count(old) != 1:
        sys.exit(f'{file} has it {text.count(old)} times: {old}')
    source, objects, program = folder / file, folder / (file + '.o'), folder / 'mutant'
    source.write_text(text.replace(old, new), encoding='utf-8')
    command = shlex.split(compiled[file])
    command[command.index('-o') + 1] = str(objects)
    command[command.index('-c') + 1] = str(source)
    subprocess.run([*command, '-w'], cwd=build, check=True)
    # Its object stands before the libraries, which then have nothing to add.
    subprocess.run(link.replace('-o tests/simulation_test', f'{objects} -o {program}', 1), cwd=build, shell=True, check=True)
    return program


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / 'build/release').resolve()
    compiled, link = commands(build)
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for mutant in MUTANTS:
            program = build_mutant(build, pathlib.Path(folder), compiled, link, mutant)
            done = subprocess.run([program, '--gtest_filter=Simulation.LosesDoubles*'], capture_output=True, text=True,
                                  env={**os.environ, 'GOUJI_SIMULATION_SEEDS': '20000'})
            found = [line for line in done.stdout.splitlines() if line.startswith('seed ')]
            how = found[0] if found else f'ended with {done.returncode}' if done.returncode else 'NOT FOUND'
            print(f'{mutant[0]}: {how}', flush=True)
            if how == 'NOT FOUND':
                missed.append(mutant[0])
    print(f'{len(MUTANTS) - len(missed)} of {len(MUTANTS)} found')
    return 1 if missed else 0


if __name__ == '__main__':
    sys.exit(main())
