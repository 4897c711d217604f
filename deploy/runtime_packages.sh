#!/usr/bin/env bash
# The Debian packages that hold the libraries which programs load, one a line.
#   deploy/runtime_packages.sh PROGRAM…
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 64; }

ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u | while read -r library; do
  # On a merged /usr the package database may know the file under either name.
  real=$(readlink -f "$library")
  for name in "$library" "$real" "${real#/usr}" "/usr$library"; do
    if owner=$(dpkg-query -S "$name" 2>/dev/null); then
      echo "${owner%%:*}"
      break
    fi
  done
done | sort -u
