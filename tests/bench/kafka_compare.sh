#!/usr/bin/env bash
# A pass-through stage against a bare loop of librdkafka and against Kafka Streams (exactly_once_v2, warm),
# on one broker in one run: tests/bench/kafka_compare.sh [RECORDS]   (600000 of 1 KB unless told)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
records=${1:-600000}
cd "$root"
deploy/bootstrap.sh --build --tests
cmake --preset release -DGOUJI_TESTS=ON --log-level=NOTICE
cmake --build build/release --target kafka_stage_bench
tools=$(tests/support/kafka/kafka.py fetch --tools)
work=$(mktemp -d)
trap 'tests/support/kafka/kafka.py stop --remove "$work/kafka"; rm -rf "$work"' EXIT
GOUJI_TEST_BOOTSTRAP=$(tests/support/kafka/kafka.py start "$work/kafka")
export GOUJI_TEST_BOOTSTRAP GOUJI_BENCH_RECORDS=$records
echo "load before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores, $records records of 1 KB"
build/release/bench/kafka_stage_bench --benchmark_report_aggregates_only | tee "$work/stage"
input=$(sed -n 's/^input //p' "$work/stage")
mkdir "$work/classes"
javac -d "$work/classes" -cp "$tools/*" tests/bench/streams/StreamsPassThrough.java
java -Xmx1g -Djava.io.tmpdir="$work" -cp "$work/classes:$tools/*" StreamsPassThrough "$GOUJI_TEST_BOOTSTRAP" "$input" "$records" 3 |
  tee "$work/streams"
echo "load after: $(cut -d' ' -f1-3 /proc/loadavg)"
python3 - "$work" "$records" <<'PY'
import re, sys
work, records = sys.argv[1], int(sys.argv[2])
stage = open(f'{work}/stage').read()
rate = {name: records / (float(re.search(rf'^{name}/\S*median\s+([\d.]+) ms', stage, re.M)[1]) / 1000) for name in ('bare_loop', 'stage_runner')}
streams = float(re.search(r'median (\d+)', open(f'{work}/streams').read())[1])
print(f"medians: bare loop {rate['bare_loop']:,.0f}/s · stage {rate['stage_runner']:,.0f}/s · Kafka Streams {streams:,.0f}/s")
print(f"stage = {rate['stage_runner'] / rate['bare_loop']:.0%} of the bare loop (goal 70 %), {rate['stage_runner'] / streams:.2f} × Kafka Streams (goal 1.8)")
PY
