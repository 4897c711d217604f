#!/usr/bin/env python3
"""Runs a command in the root of an image as an engine would with `--read-only --cap-drop ALL --user 65532:65532`, no
environment but PATH, process 1, behind an engine's default filter of system calls where Debian's is installed.

  in_image.py ROOT [--bind FROM TO]… [--ro-bind FROM TO]… -- COMMAND…"""
import json
import os
import pathlib
import signal
import subprocess
import sys

import call_filter

USER = 65532
PROFILE = pathlib.Path('/usr/share/containers/seccomp.json')  # of golang-github-containers-common, which buildah brings


def arguments(root, mounts, command, descriptors=()):
    """`mounts`: (option of bwrap, from, to)."""
    for _, _, place in mounts:  # an engine makes the places of mounts
        (pathlib.Path(root) / place.lstrip('/')).mkdir(parents=True, exist_ok=True)
    flat = [str(word) for mount in mounts for word in mount]
    return ['bwrap', '--ro-bind', str(root), '/', '--proc', '/proc', '--dev', '/dev', '--perms', '1777', '--tmpfs', '/tmp', *flat, '--chdir', '/var/lib/gouji',
            '--unshare-all', '--share-net', '--as-pid-1', '--cap-drop', 'ALL', '--die-with-parent', '--clearenv', '--setenv', 'PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
            *descriptors, *map(str, command)]


def filter_descriptor():
    """Of a pipe that holds the engine's filter; None where there is none."""
    if not PROFILE.exists() or call_filter.missing():
        return None
    reading, writing = os.pipe()
    os.write(writing, call_filter.program(call_filter.of_profile(PROFILE), call_filter.ENOSYS))
    os.close(writing)
    return reading


class Container:
    """One command in an image; its output is that of subprocess.Popen."""

    def __init__(self, root, mounts, command, **options):
        told, tells = os.pipe()
        filtered = filter_descriptor()
        descriptors = ['--info-fd', str(tells), *(['--seccomp', str(filtered)] if filtered is not None else [])]
        kept = [tells] if filtered is None else [tells, filtered]
        self.process = subprocess.Popen(arguments(root, mounts, command, descriptors), pass_fds=kept, user=USER, group=USER, extra_groups=[],
                                        **options)
        for descriptor in kept:
            os.close(descriptor)
        with os.fdopen(told) as info:
            said = info.read()
        self.first = json.loads(said)['child-pid'] if said else None  # process 1 in there

    def end(self):
        """As an engine stops it: SIGTERM to process 1. The exit code."""
        if self.first and self.process.poll() is None:
            os.kill(self.first, signal.SIGTERM)
        return self.process.wait(timeout=30)


def main(words):
    if len(words) < 3 or '--' not in words:
        sys.exit(__doc__)
    root, *options = words[:words.index('--')]
    mounts = [options[i:i + 3] for i in range(0, len(options), 3)]
    return Container(root, mounts, words[words.index('--') + 1:]).process.wait()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
