#!/usr/bin/env python3
"""What programs are made of: an SPDX 2.3 document in JSON, from the Debian packages that hold their libraries.

  sbom.py PROGRAM… > gouji.spdx.json       every package whose library a program loads or whose headers are compiled in
  sbom.py --image ROOT > gouji.spdx.json   every package of an image of deploy/Dockerfile, whose root is mounted there
  sbom.py --check PROGRAM…                 prints package, version and licences; exit 1 where a licence is not on the list
  sbom.py --check --image ROOT             the same of an image
  sbom.py --libraries PROGRAM… > FILE      those packages as a table, which the image carries

Run it where the programs were built, or over the image."""
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Licences under which a library may be part of what is distributed. GPL with the linking exceptions of GCC's run-time
# library and LGPL libraries, which are loaded as they are, among them.
ALLOWED = re.compile(r'(?i)^(apache|mit|expat|x11|bsd|isc|zlib|libpng|boost|bsl|public-domain|unicode|openssl|curl|artistic|sqlite|mpl|lgpl|'
                     r'gpl-2\+-or-|gpl-3\+? ?-?with|ijg|freetype|ftl|bzip2|blessing|cc0|psf|hpnd|ibm|rsa|permissive|custom|other|all-permissive|fsf)')
# Whole packages whose copyright file also names what the library itself is not under (build scripts, tests, tools).
KNOWN = {'libc6': 'LGPL-2.1-or-later', 'libgcc-s1': 'GPL-3.0-or-later WITH GCC-exception-3.1', 'libstdc++6': 'GPL-3.0-or-later WITH GCC-exception-3.1', 'zlib1g': 'Zlib',
         'libzstd1': 'BSD-3-Clause', 'libgnutls30': 'LGPL-2.1-or-later', 'libgnutls30t64': 'LGPL-2.1-or-later', 'libsqlite3-0': 'blessing', 'liblzma5': '0BSD',
         'libjpeg62-turbo': 'IJG', 'libgmp10': 'LGPL-3.0-or-later', 'libunistring2': 'LGPL-3.0-or-later', 'libunistring5': 'LGPL-3.0-or-later',
         'libidn2-0': 'LGPL-3.0-or-later', 'libnettle8': 'LGPL-3.0-or-later', 'libnettle8t64': 'LGPL-3.0-or-later', 'libhogweed6': 'LGPL-3.0-or-later',
         'libhogweed6t64': 'LGPL-3.0-or-later', 'libp11-kit0': 'BSD-3-Clause', 'libgssapi-krb5-2': 'MIT', 'libkrb5-3': 'MIT', 'libk5crypto3': 'MIT',
         'libkrb5support0': 'MIT', 'libkeyutils1': 'LGPL-2.1-or-later', 'libcom-err2': 'MIT', 'libsasl2-2': 'BSD-4-Clause-UC', 'libldap-2.5-0': 'OLDAP-2.8',
         'libldap2': 'OLDAP-2.8', 'librtmp1': 'LGPL-2.1-or-later', 'libpsl5': 'MIT', 'libpsl5t64': 'MIT', 'libssh2-1': 'BSD-3-Clause', 'libssh2-1t64': 'BSD-3-Clause',
         'libnghttp2-14': 'MIT', 'libnghttp3-9': 'MIT', 'libngtcp2-16': 'MIT', 'libngtcp2-crypto-gnutls8': 'MIT', 'libtasn1-6': 'LGPL-2.1-or-later', 'libffi8': 'MIT', 'libssl3': 'Apache-2.0',
         'libssl3t64': 'Apache-2.0', 'libcurl4': 'curl', 'libcurl4t64': 'curl', 'libbrotli1': 'MIT', 'libprotobuf32': 'BSD-3-Clause', 'libprotobuf32t64': 'BSD-3-Clause',
         'libqpdf29': 'Apache-2.0', 'libqpdf29t64': 'Apache-2.0', 'libqpdf30': 'Apache-2.0', 'libspdlog1.10': 'MIT', 'libspdlog1.15': 'MIT', 'libfmt9': 'MIT', 'libfmt10': 'MIT',
         'libsimdjson14': 'Apache-2.0', 'libsimdjson25': 'Apache-2.0', 'libyaml-cpp0.7': 'MIT', 'libyaml-cpp0.8': 'MIT', 'libdeflate0': 'MIT', 'librdkafka1': 'BSD-2-Clause', 'librdkafka': 'BSD-2-Clause', 'libcli11-dev': 'BSD-3-Clause', 'libxxhash0': 'BSD-2-Clause', 'libexpected-dev': 'CC0-1.0',
         'libprometheus-cpp-core1.0': 'MIT', 'libprometheus-cpp-core1.3': 'MIT', 'libre2-9': 'BSD-3-Clause', 'libre2-11': 'BSD-3-Clause',
         # What gouji-ocr loads with tesseract and leptonica. libjbig0 (of libtiff) is GPL-2+ and is meant to be told.
         'libacl1': 'LGPL-2.1-or-later', 'libarchive13': 'BSD-2-Clause', 'libarchive13t64': 'BSD-2-Clause', 'libbz2-1.0': 'bzip2-1.0.6',
         'libgomp1': 'GPL-3.0-or-later WITH GCC-exception-3.1', 'libicu72': 'Unicode-3.0', 'libicu76': 'Unicode-3.0', 'liblept5': 'BSD-2-Clause', 'libleptonica6': 'BSD-2-Clause',
         'liblz4-1': 'BSD-2-Clause', 'libopenjp2-7': 'BSD-2-Clause', 'libpng16-16': 'libpng-2.0', 'libpng16-16t64': 'libpng-2.0', 'libtiff6': 'HPND',
         'libwebp7': 'BSD-3-Clause', 'libwebpmux3': 'BSD-3-Clause', 'libsharpyuv0': 'BSD-3-Clause'}


# Libraries that are headers alone: parts of the programs that no loader shows (decisions/licences.md).
HEADERS = ('libcli11-dev', 'libexpected-dev')
TABLE, ALL = 'usr/share/gouji/libraries.tsv', 'usr/share/gouji/packages.tsv'  # in an image


def libraries(programs):
    """(name, version, architecture) of what programs load, or were compiled with."""
    done = subprocess.run([ROOT / 'deploy/runtime_packages.sh', *programs], capture_output=True, text=True, check=True)
    for name in (*done.stdout.split(), *HEADERS):
        version, arch = subprocess.run(['dpkg-query', '-W', '-f', '${Version} ${Architecture}\n', name], capture_output=True, text=True,
                                       check=True).stdout.split()[:2]
        yield name, version, arch
    # librdkafka is a part of the programs on Debian 12: deploy/bootstrap.sh says which version.
    if any(b'librdkafka/source/src/rdkafka' in pathlib.Path(program).read_bytes() for program in programs):
        yield 'librdkafka', re.search(r'RDKAFKA_MIN=(\S+)', (ROOT / 'deploy/bootstrap.sh').read_text(encoding='utf-8')).group(1), 'static'


def table(path):
    return [tuple(line.split('\t')) for line in path.read_text(encoding='utf-8').splitlines()]


def licences(name, root=pathlib.Path('/')):
    if name in KNOWN:
        return [KNOWN[name]]
    path = root / 'usr/share/doc' / name / 'copyright'
    text = path.read_text(encoding='utf-8', errors='replace') if path.is_file() else ''
    found = sorted({line.strip() for line in re.findall(r'^License:[ \t]*(\S[^\n]*)$', text, re.M)})
    return found or ['NOASSERTION']


def spdx_id(name):
    return 'SPDXRef-' + re.sub('[^A-Za-z0-9.-]', lambda odd: f'-{ord(odd[0]):x}-', name)


def file_of(path):
    content = pathlib.Path(path).read_bytes()
    return {'SPDXID': spdx_id(f'File-{pathlib.Path(path).name}'), 'fileName': './usr/bin/' + pathlib.Path(path).name, 'fileTypes': ['BINARY'],
            'licenseConcluded': 'Apache-2.0', 'copyrightText': 'NOASSERTION',
            'checksums': [{'algorithm': name, 'checksumValue': hashlib.new(name, content).hexdigest()} for name in ('SHA1', 'SHA256')]}


def package_of(name, version, arch, root):
    where = [] if arch == 'static' else [{'referenceCategory': 'PACKAGE-MANAGER', 'referenceType': 'purl',
                                          'referenceLocator': f'pkg:deb/debian/{urllib.parse.quote(name)}@{urllib.parse.quote(version)}?arch={arch}'}]
    return {'SPDXID': spdx_id(name), 'name': name, 'versionInfo': version, 'downloadLocation': 'NOASSERTION', 'filesAnalyzed': False,
            'licenseConcluded': KNOWN.get(name, 'NOASSERTION'), 'licenseDeclared': KNOWN.get(name, 'NOASSERTION'), 'copyrightText': 'NOASSERTION',
            'comment': ', '.join(licences(name, root)), 'externalRefs': where}


def document(programs, own, others, root):
    """`own` are the libraries of the programs, `others` what else an image holds."""
    version = (ROOT / 'VERSION').read_text().strip()
    files = [file_of(program) for program in programs]
    sha1 = sorted(each['checksums'][0]['checksumValue'] for each in files)
    gouji = {'SPDXID': 'SPDXRef-gouji', 'name': 'gouji', 'versionInfo': version, 'downloadLocation': 'NOASSERTION', 'licenseConcluded': 'Apache-2.0',
             'licenseDeclared': 'Apache-2.0', 'copyrightText': 'NOASSERTION', 'filesAnalyzed': True, 'licenseInfoFromFiles': ['NOASSERTION'],
             'packageVerificationCode': {'packageVerificationCodeValue': hashlib.sha1(''.join(sha1).encode()).hexdigest()}}
    relations = [('SPDXRef-DOCUMENT', 'DESCRIBES', 'SPDXRef-gouji')]
    relations += [('SPDXRef-gouji', 'CONTAINS', each['SPDXID']) for each in files]
    relations += [('SPDXRef-gouji', 'DEPENDS_ON', spdx_id(name)) for name, _, _ in own]
    relations += [('SPDXRef-DOCUMENT', 'DESCRIBES', spdx_id(name)) for name, _, _ in others]
    return {'spdxVersion': 'SPDX-2.3', 'dataLicense': 'CC0-1.0', 'SPDXID': 'SPDXRef-DOCUMENT', 'name': f'gouji-{version}',
            'documentNamespace': f'https://spdx.org/spdxdocs/gouji-{version}-' + hashlib.sha256(json.dumps([sha1, own, others]).encode()).hexdigest()[:16],
            'creationInfo': {'created': '1970-01-01T00:00:00Z', 'creators': ['Tool: gouji-sbom']},
            'packages': [gouji, *(package_of(*each, root) for each in [*own, *others])], 'files': files,
            'relationships': [{'spdxElementId': one, 'relationshipType': what, 'relatedSpdxElement': other} for one, what, other in relations]}


def check(own, root):
    bad = 0
    for name, version, _ in own:
        named = licences(name, root)
        is_good = name in KNOWN or all(ALLOWED.match(each) for each in named)
        bad += not is_good
        print(f'{"ok " if is_good else "???"} {name} {version}: {", ".join(named)}')
    return 1 if bad else 0


def main(arguments):
    wanted = arguments.pop(0) if arguments[:1] in (['--check'], ['--libraries']) else ''
    root, others = pathlib.Path('/'), []
    if arguments[:1] == ['--image'] and len(arguments) == 2 and wanted != '--libraries':
        root = pathlib.Path(arguments[1])
        arguments = sorted(str(path) for path in (root / 'usr/bin').glob('gouji*'))
        own = table(root / TABLE)
        others = [each for each in table(root / ALL) if each[0] not in {name for name, _, _ in own}]
    elif arguments and not arguments[0].startswith('-'):
        own = list(libraries(arguments))
    else:
        sys.exit(__doc__)
    if wanted == '--check':
        return check(own, root)
    if wanted == '--libraries':
        print(*('\t'.join(each) for each in own), sep='\n')
    else:
        print(json.dumps(document(arguments, own, others, root), indent=1, ensure_ascii=False))
    return 0


sys.exit(main(sys.argv[1:]))
