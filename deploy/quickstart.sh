#!/usr/bin/env bash
# Installs what the machine lacks, builds the programs, and reads reports over the local log.
#   deploy/quickstart.sh [SOURCE…]     SOURCE: file, folder, URL or portal file (default: the samples)
# What follows is handed to `gouji run --once`; relative names are relative to the caller's folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

case ${1:-} in
  -h | --help) sed -n '2,4s/^# //p' "$0"; exit 0 ;;
esac

"$root/deploy/bootstrap.sh" --build
(
  cd "$root"
  if [ ! -e build/release/build.ninja ]; then
    cmake --preset release -DGOUJI_TESTS=OFF --log-level=NOTICE >&2
  fi
  echo "quickstart: building (the first time takes some minutes)" >&2
  cmake --build --preset programs --parallel "$(nproc)" >&2
)
[ $# -gt 0 ] || set -- "$root/tests/samples"
status=0
"$root/build/release/bin/gouji" run --once "$@" || status=$?

data=gouji-data before=
for word in "$@"; do
  if [ "$before" = --data ]; then data=$word; fi
  case $word in --data=*) data=${word#*=} ;; esac
  before=$word
done
if [ -e "$data/log.db" ]; then
  cat >&2 <<TEXT

quickstart: 下一步 / next:
  PATH="$root/build/release/bin:\$PATH"
  gouji list --data "$data"
  $root/README.zh.md / $root/README.md
TEXT
fi
exit "$status"
