#!/usr/bin/env bash
# Installs what the machine lacks, builds everything and runs the tests. Ends with one line
# `N passed, N failed, N skipped`, and fails when a test failed or when none ran.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--label LABEL]… [--filter REGEX] [--asan | --tsan] [--long]
  --label   unit, contract, integration, e2e, fuzz or tidy (default: all)
  --filter  only tests whose name matches
  --asan    address and undefined-behaviour sanitizers; labels unit and fuzz unless told otherwise
  --tsan    thread sanitizer; label unit unless told otherwise
  --long    random and crash tests go on for longer (GOUJI_TEST_LONG=1)
TEXT
}

wrong_usage() { usage >&2; echo "run.sh: $1" >&2; exit 64; }

finish() {  # passed failed skipped
  echo "$1 passed, $2 failed, $3 skipped"
  [ "$2" -eq 0 ] && [ "$1" -gt 0 ]
  exit
}

step() {  # what, command…: a step that fails counts as one failure
  local what=$1
  shift
  echo "run.sh: $what"
  "$@" || { echo "run.sh: $what: failed"; finish 0 1 0; }
}

preset=release labels='' filter='' standard_labels=''
while [ $# -gt 0 ]; do
  case $1 in
    --label)
      [[ ${2:-} =~ ^(unit|contract|integration|e2e|fuzz|tidy)$ ]] || wrong_usage "no label '${2:-}'"
      labels=${labels:+$labels|}$2
      shift ;;
    --filter)
      [ -n "${2:-}" ] || wrong_usage "--filter needs a regular expression"
      filter=$2
      shift ;;
    --asan) preset=asan standard_labels='unit|fuzz' ;;
    --tsan) preset=tsan standard_labels=unit ;;
    --long) export GOUJI_TEST_LONG=1 ;;
    -h | --help) usage; exit 0 ;;
    *) wrong_usage "unknown option $1" ;;
  esac
  shift
done
labels=${labels:-$standard_labels}

cd "$root" || exit 1
step "installing what is missing" deploy/bootstrap.sh --build --tests
step "configuring build/$preset" cmake --preset "$preset" -DGOUJI_TESTS=ON --log-level=NOTICE
step "building" cmake --build "build/$preset" --parallel "$(nproc)"

report=$root/build/$preset/tests.xml
rm -f "$report"
ctest --test-dir "build/$preset" --parallel "$(nproc)" --output-on-failure --no-tests=error \
  ${labels:+-L "^($labels)\$"} ${filter:+-R "$filter"} --output-junit "$report"
status=$?

count() { sed -n "s/.*<testcase .*status=\"$1\".*/x/p" "$report" 2>/dev/null | wc -l; }
passed=$(count run) failed=$(count fail) skipped=$(( $(count notrun) + $(count disabled) ))
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
finish "$passed" "$failed" "$skipped"
