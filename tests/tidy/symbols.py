"""Proof on the compiled archives that a pure library has no clock, thread, file or socket in it."""
import re
import subprocess

# Names as `nm` prints them, after the decoration of _FORTIFY_SOURCE and of large files is gone.
_PLAIN = re.compile(
    r'^(clock_gettime|gettimeofday|time|localtime(_r)?|gmtime(_r)?|nanosleep|clock_nanosleep|usleep|sleep'
    r'|pthread_\w+|thrd_\w+|sem_\w+'
    r'|open|openat|creat|fopen|freopen|fdopen|opendir|readdir|read|write|pread|pwrite|stat|fstat|lstat|unlink|rename|mkdir'
    r'|socket|connect|bind|listen|accept|accept4|send|sendto|sendmsg|recv|recvfrom|recvmsg|poll|select|epoll_\w+|getaddrinfo'
    r'|fork|vfork|exec\w+|posix_spawn\w*|popen|system|getenv|getrandom|random|rand'
    r'|rd_kafka_\w+|curl_\w+|sqlite3_\w+)$')
_MANGLED = re.compile(
    r'^_ZNK?St(6chrono3_V212\w+_clock3nowEv|6thread\w*|18condition_variable\w*|13basic_filebuf\w*'
    r'|14basic_(i|o)fstream\w*|13basic_fstream\w*|10filesystem\w*|13random_device\w*)')


def undefined_symbols(archive):
    """(object file, symbol) of everything that the archive takes from elsewhere."""
    done = subprocess.run(['nm', '--undefined-only', '--format=posix', str(archive)],
                          capture_output=True, text=True, check=True)
    member = ''
    for line in done.stdout.splitlines():
        if line.endswith(':'):
            member = line.rstrip(':')
        elif line:
            yield member, line.split()[0]


def is_forbidden(symbol):
    name = symbol.split('@')[0]
    if name.startswith('__') and name.endswith('_chk'):
        name = name[2:-4]
    name = re.sub(r'^__(open|read|write)_2$', r'\1', name)
    name = re.sub(r'64(_time64)?$', '', name) if name.startswith(('open', 'fopen', 'stat', 'lstat', 'fstat', 'creat')) else name
    return bool(_PLAIN.match(name) or _MANGLED.match(name))


def check_archive(archive):
    """One message for each forbidden symbol."""
    if not archive.is_file():
        return [f'{archive}: not built yet']
    return [f'{archive.name}: {member} takes {symbol}: a pure library has no clock, thread, file or socket'
            for member, symbol in undefined_symbols(archive) if is_forbidden(symbol)]
