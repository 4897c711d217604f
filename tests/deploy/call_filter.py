#!/usr/bin/env python3
"""The system calls that a systemd unit or a container engine leaves a program, as a filter to run it under.

  call_filter.py UNIT.service > filter.bpf     its SystemCallFilter=, by the groups of this machine's systemd
  call_filter.py PROFILE.json > filter.bpf     an engine's default profile (Debian: golang-github-containers-common), for a
                                               process without capabilities
`bwrap --seccomp 9 9< filter.bpf` and put_up() take it. Rules on arguments are taken as if they held; x86-64 only."""
import ctypes
import json
import pathlib
import platform
import re
import struct
import subprocess
import sys

_NUMBERS = pathlib.Path('/usr/include/x86_64-linux-gnu/asm/unistd_64.h')  # of linux-libc-dev, which the compiler brings
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X86_64, _X32 = 0xC000003E, 0x40000000
EPERM, ENOSYS = 1, 38


def missing():
    """Why no filter can be made here; None where one can."""
    if platform.machine() != 'x86_64':
        return 'the filter is for x86-64'
    return None if _NUMBERS.exists() else f'{_NUMBERS} is missing: apt-get install linux-libc-dev'


def groups():
    """Name -> members, as `systemd-analyze syscall-filter` lists them: calls, and names of further groups."""
    done = subprocess.run(['systemd-analyze', 'syscall-filter'], capture_output=True, text=True, check=True)
    found, name = {}, None
    for line in done.stdout.splitlines():
        if line.startswith('@'):
            name = line.split()[0]
            found[name] = []
        elif name and line.startswith(' ') and not line.strip().startswith('#'):
            found[name].append(line.strip())
    return found


def members(name, of):
    if not name.startswith('@'):
        return {name}
    if name not in of:
        raise KeyError(f'this systemd knows no group {name}')
    return set().union(*(members(part, of) for part in of[name]))


def of_unit(path):
    """The calls that a unit allows: its first list, and less what lists with ~ name."""
    of = groups()
    allowed = members('@default', of)
    for words in re.findall(r'^SystemCallFilter=(.*)$', pathlib.Path(path).read_text(encoding='utf-8'), re.M):
        calls = set().union(*(members(word, of) for word in words.lstrip('~').split()))
        allowed = allowed - calls if words.startswith('~') else allowed | calls
    return allowed


def of_profile(path):
    allowed = set()
    for rule in json.loads(pathlib.Path(path).read_text(encoding='utf-8'))['syscalls']:
        if rule['action'] == 'SCMP_ACT_ALLOW' and not rule.get('includes', {}).get('caps'):
            allowed |= set(rule['names'])
    return allowed


def program(allowed, error):
    """A classic BPF program: the calls that are allowed; every other is answered with `error`."""
    known = {name: int(number) for name, number in re.findall(r'#define __NR_(\w+) (\d+)', _NUMBERS.read_text())}
    code = [(_LOAD, 0, 0, 4), (_IF_EQUAL, 1, 0, _X86_64), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0), (_IF_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    for number in sorted(known[name] for name in allowed if name in known):
        code += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    return b''.join(struct.pack('<HBBI', *each) for each in [*code, (_RETURN, 0, 0, _ERRNO | error)])


def put_up(code):
    """For subprocess's preexec_fn: the program to be started runs under the filter."""
    class Program(ctypes.Structure):
        _fields_ = [('length', ctypes.c_ushort), ('code', ctypes.c_char_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, code))) != 0:
        raise OSError(ctypes.get_errno(), 'the kernel refuses the filter')


if __name__ == '__main__':
    if len(sys.argv) != 2 or missing():
        sys.exit(missing() or __doc__)
    if sys.argv[1].endswith('.json'):
        sys.stdout.buffer.write(program(of_profile(sys.argv[1]), ENOSYS))
    else:
        sys.stdout.buffer.write(program(of_unit(sys.argv[1]), EPERM))
