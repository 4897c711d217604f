#!/usr/bin/env bash
# The Debian packages that hold the libraries which programs load, one a line.
#   deploy/runtime_packages.sh PROGRAM…
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 64; }

ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u | while read -r library; do
  # On a merged /usr the package database may know the file under either name.
  real=$(readlink -f "$library")
  printf '%s\n' "$library" "$real" "${real#/usr}" "/usr$library"
done | sort -u | { xargs dpkg-query -S 2>/dev/null || true; } | sed -n 's/^\([a-z0-9][a-z0-9.+-]*\):.*/\1/p' | sort -u | grep .
