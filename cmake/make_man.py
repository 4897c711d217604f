#!/usr/bin/env python3
"""Manual pages from what the programs say themselves.

  make_man.py PROGRAM SECTION   writes a page for man(7) to standard output: --help, and of a command with
                                subcommands the help of each."""
import pathlib
import re
import subprocess
import sys


def said(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        sys.exit(f'make_man.py: {" ".join(map(str, command))}: {done.stderr}')
    return done.stdout


def roff(text):
    lines = []
    for line in text.replace('\\', '\\e').replace('-', '\\-').splitlines():
        lines.append('\\&' + line if line[:1] in ('.', "'") else line)
    return '\n'.join(lines)


def subcommands(help_text):
    """Names under the heading of subcommands, as CLI11 prints them."""
    block = re.split(r'\n(?:SUBCOMMANDS|Subcommands|命令 / commands):\n', help_text)
    return re.findall(r'^ {2}([a-z]+)(?= )', block[1], re.M) if len(block) > 1 else []


def page(program, section):
    name = pathlib.Path(program).name
    whole = said(program, '--help')
    version = said(program, '--version').split()[-1]
    first = next(line for line in whole.splitlines() if line.strip())
    yield f'.TH {name.upper()} {section} "" "gouji {version}" "Gouji"'
    yield f'.SH NAME\n{name} \\- {roff(first)}'
    yield f'.SH SYNOPSIS\n.nf\n{roff(whole)}\n.fi'
    for command in subcommands(whole):
        yield f'.SH {name.upper()} {command.upper()}\n.nf\n{roff(said(program, command, "--help"))}\n.fi'
    yield '.SH SEE ALSO\ngouji(1), gouji\\-crawler(8), gouji\\-parser(8), gouji\\-validator(8)'


if len(sys.argv) != 3:
    sys.exit(__doc__)
print('\n'.join(page(sys.argv[1], sys.argv[2])))
