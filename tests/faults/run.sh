#!/usr/bin/env bash
# Faults on real Kafka: late requests through a proxy, then three brokers in network namespaces.
# Ends with a table of faults, rounds and results; fails when anything was lost, doubled or out of order.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
usage() {
  cat <<'TEXT'
usage: tests/faults/run.sh [--rounds N] [--only KIND,…] [--seed N] [--preset NAME]
  --rounds  of each kind (default 5); late requests: twenty times as many
  --only    late, first-records, stage-killed, stage-zombie, stage-replaced, stage-cut-off, stage-cut-off-impatient,
            broker-killed, broker-frozen, broker-cut-off, rolling-restart, everything, services
  --preset  the build to use (default release)
TEXT
}
rounds=5 only='' preset=release more=()
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift ;;
    --only) only=$2; shift ;;
    --seed) more+=(--seed "$2"); shift ;;
    --preset) preset=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 64 ;;
  esac
  shift
done
cd "$root"
deploy/bootstrap.sh --build --tests
cmake --preset "$preset" -DGOUJI_TESTS=ON --log-level=NOTICE
cmake --build "build/$preset" --target kafka_late_request_test kafka_pass_through programs
cache=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}
status=0
case ,${only:-late}, in *,late,*)
  GOUJI_TEST_ROUNDS=$((20 * rounds)) "build/$preset/tests/kafka_late_request_test" || status=1 ;;
esac
case ,${only:-first-records}, in *,first-records,*)
  "$cache/python/bin/python" tests/faults/first_records.py "$rounds" || status=1 ;;
esac
kinds=$(tr ',' '\n' <<<"$only" | grep -vxE 'late|first-records' | paste -sd, || true)
if [ -z "$only" ] || [ -n "$kinds" ]; then
  GOUJI_BUILD=$root/build/$preset "$cache/python/bin/python" tests/faults/faults.py --rounds "$rounds" \
    ${kinds:+--only "$kinds"} "${more[@]}" || status=1
fi
exit "$status"
