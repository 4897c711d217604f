#!/usr/bin/env bash
# The programs against a real broker with TLS, SASL/SCRAM, mTLS and access rights.
#   tests/security/run.sh [--preset NAME] [TEST…]      TEST: SecurityTest.test_… (default: all)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
preset=release
if [ "${1:-}" = --preset ]; then preset=$2; shift 2; fi
cd "$root"
deploy/bootstrap.sh --build --tests
cmake --preset "$preset" -DGOUJI_TESTS=ON --log-level=NOTICE
cmake --build "build/$preset" --target programs
tests/support/kafka/kafka.py fetch --tools >/dev/null
cache=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}
GOUJI_BIN=$root/build/$preset/bin exec "$cache/python/bin/python" tests/security/security_test.py "$@"
