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
exec "$root/build/release/bin/gouji" run --once "$@"
