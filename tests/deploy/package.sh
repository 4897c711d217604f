#!/usr/bin/env bash
# Installs the Debian package in a bare Debian and tries what it brings: programs, manual pages, shell completion, units, a
# report; then takes it away again.
#   sudo tests/deploy/package.sh PACKAGE.deb [SUITE [BARE_ROOT]]     SUITE: bookworm, trixie (default: this machine's);
#                                                                    BARE_ROOT is copied, without it debootstrap makes one
# shellcheck disable=SC2016  # what `inside` is given expands in the bare root
set -euo pipefail
package=$(realpath "$1") samples=$(cd "$(dirname "${BASH_SOURCE[0]}")/../samples" && pwd)
# shellcheck source=/dev/null
own=$(. /etc/os-release && echo "$VERSION_CODENAME")
suite=${2:-$own}
work=$(mktemp -d) root=$work/root
trap 'umount "$root/proc" "$root/dev" 2>/dev/null; rm -rf --one-file-system "$work"' EXIT
if [ $# -gt 2 ]; then
  cp -a "$3" "$root"
else
  debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" > "$work/debootstrap.log"
fi
# The machine's own way to the package archive, and what a minimal image leaves out: documentation.
cp -a /etc/apt/apt.conf.d "$root/etc/apt/"
if [ -e /etc/apt/sources.list.d/debian.sources ]; then
  sed "s/\b$own\b/$suite/g" /etc/apt/sources.list.d/debian.sources > "$root/etc/apt/sources.list.d/debian.sources"
  rm -f "$root/etc/apt/sources.list"
fi
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp -a /usr/local/share/ca-certificates "$root/usr/local/share/"
rm -f "$root"/etc/dpkg/dpkg.cfg.d/*docker*
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive bash -c "$1"; }
step() {
  printf '%s: ' "$1"
  inside "$2" > "$work/out" 2>&1 || { echo failed; tail -n 20 "$work/out"; exit 1; }
  echo ok
}

cp "$package" "$root/gouji.deb"
cp -a "$samples" "$root/samples"
inside 'update-ca-certificates' > /dev/null 2>&1 || true
step 'apt-get update' 'apt-get -q update'
step 'what the checks need' 'apt-get -qy install --no-install-recommends man-db bash-completion systemd'
step 'dpkg -i names what is missing, apt-get -f brings it' 'dpkg -i /gouji.deb || apt-get -qyf install --no-install-recommends'
step 'programs say their version' 'for p in gouji gouji-crawler gouji-parser gouji-validator; do $p --version | grep -E "^$p [0-9]" || exit 1; done'
step 'manual pages' 'for p in gouji gouji-crawler gouji-parser gouji-validator; do
  MANWIDTH=100 man --warnings $p 2> /tmp/warnings | grep -q SYNOPSIS && [ ! -s /tmp/warnings ] || { cat /tmp/warnings; exit 1; }; done'
step 'completion' 'f=/usr/share/bash-completion/completions/gouji; bash -n $f && . /usr/share/bash-completion/bash_completion && . $f && complete -p gouji'
step 'units' 'systemd-analyze verify /usr/lib/systemd/system/gouji*.service > /tmp/verify 2>&1 && ! grep -i "unknown" /tmp/verify'
step 'a report with a wrong figure' 'gouji check /samples/digit_error_2022.txt | grep 填报; [ ${PIPESTATUS[0]} = 1 ]'
step 'a local log' 'cd /tmp && gouji run --once /samples && gouji list | grep 临河'
step 'purged' 'dpkg -P gouji && ! command -v gouji && [ -z "$(find / -xdev -path /proc -prune -o -name "*gouji*" -not -path "/tmp/*" -not -path /gouji.deb -print | grep -v /var/cache/)" ]'
