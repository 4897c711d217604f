#!/usr/bin/env bash
# Builds the image by deploy/Dockerfile and tries it, on a machine without a container engine: the base image is made
# from Debian's packages, buildah runs the Dockerfile in a chroot, bubblewrap runs the result as an engine would
# (user 65532, read-only root, no capabilities). What is built is what is committed.
#   deploy/image_without_engine.sh [--folder DIR] build    base image, image, SBOM       (30 min of CPU the first time)
#   deploy/image_without_engine.sh [--folder DIR] try      /readyz, a report, HEALTHCHECK, SIGTERM in what was built
#   deploy/image_without_engine.sh [--folder DIR] run …    the command in the image, on this terminal
# Needs root and: apt-get install --no-install-recommends buildah mmdebstrap bubblewrap
# DIR (default: /var/tmp/gouji-image) keeps everything: remove it when done.
set -euo pipefail

folder=/var/tmp/gouji-image
[ "${1-}" != --folder ] || { folder=$2; shift 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=$(sed -n 's/^FROM debian:\([a-z]*\)-slim.*/\1/p' "$root/deploy/Dockerfile" | tail -1)
version=$(cat "$root/VERSION")
readonly folder root suite version

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 64; }
fail() { printf 'image: %s\n' "$*" >&2; exit 1; }

for program in buildah mmdebstrap bwrap; do
  command -v $program >/dev/null || fail "$program is missing: apt-get install --no-install-recommends buildah mmdebstrap bubblewrap"
done
mkdir -p "$folder"
# Without control groups and namespaces of its own, a build step is a chroot.
export BUILDAH_ISOLATION=chroot
buildah_here() { buildah --root "$folder/store" --runroot "$folder/run" --storage-driver "${STORAGE_DRIVER:-overlay}" "$@"; }

make_base() {
  [ -s "$folder/base/base.tar" ] || {
    mkdir -p "$folder/base"
    # As the "slim" images of Docker's library: no documentation but licences.
    mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
      --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' "$suite" "$folder/base/part.tar" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
    mv "$folder/base/part.tar" "$folder/base/base.tar"
  }
  printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' > "$folder/policy.json"
  printf 'FROM scratch\nADD base.tar /\n' > "$folder/base/Dockerfile"
  buildah_here inspect --type image "docker.io/library/debian:$suite-slim" >/dev/null 2>&1 ||
    buildah_here bud --signature-policy "$folder/policy.json" -t "docker.io/library/debian:$suite-slim" "$folder/base"
}

build() {
  make_base
  rm -rf "$folder/source"
  mkdir -p "$folder/source" "$folder/ccache"
  git -C "$root" archive HEAD | tar -x -C "$folder/source"
  # The format of Docker: the one of OCI has no HEALTHCHECK. What was compiled once is kept outside of the layers.
  buildah_here bud --signature-policy "$folder/policy.json" --pull-never --network host --format docker --layers \
    --volume "$folder/ccache:/root/.cache/ccache" \
    --build-arg "VERSION=$version" -t "gouji:$version" -f "$folder/source/deploy/Dockerfile" "$folder/source"
  sbom
}

# The image's root, mounted; the same container each time.
mounted() {
  local image
  buildah_here inspect --type container gouji-try >/dev/null 2>&1 && buildah_here rm gouji-try >/dev/null
  buildah_here from --signature-policy "$folder/policy.json" --pull-never --name gouji-try "gouji:$version" >/dev/null
  image=$(buildah_here mount gouji-try)
  mkdir -p "$image/in"  # an engine makes the places of mounts
  echo "$image"
}

sbom() {
  local image
  image=$(mounted)
  python3 "$root/deploy/sbom.py" --image "$image" > "$folder/gouji-$version.spdx.json"
  printf 'image: %s, %s packages, %s MB\n' "$folder/gouji-$version.spdx.json" "$(wc -l < "$image/usr/share/gouji/packages.tsv")" \
    "$(du -smx "$image" | cut -f1)"
}

# in_image IMAGE [BWRAP OPTION…] -- COMMAND…: as an engine with `--read-only --cap-drop ALL --user 65532` would.
in_image() {
  local image=$1 options=()
  shift
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  bwrap --ro-bind "$image" / --proc /proc --dev /dev --tmpfs /tmp "${options[@]}" --chdir /var/lib/gouji --unshare-all --share-net --as-pid-1 \
    --uid 65532 --gid 65532 --cap-drop ALL --die-with-parent --clearenv --setenv PATH /usr/bin:/bin "$@"
}

# What an operator would look at first: one message a line, exit 1 at the first that is not so.
try() {
  local image data incoming admin status=0
  image=$(mounted)
  data=$(mktemp -d "$folder/data.XXXXXX") incoming=$(mktemp -d "$folder/in.XXXXXX")
  admin=127.0.0.1:${GOUJI_TRY_PORT:-19464}
  chmod 755 "$incoming"
  install -m 644 "$root"/tests/samples/*.html "$incoming/"
  in_image "$image" --bind "$data" /var/lib/gouji --ro-bind "$incoming" /in -- \
    /usr/bin/gouji run /in --data /var/lib/gouji --admin "$admin" 2> "$folder/try.log" &
  local service=$!
  try_running "$image" "$admin" "$data" || status=1
  pkill -TERM -P "$(pgrep -P "$service" -x bwrap || echo "$service")" -x gouji || { kill "$service"; status=1; }
  wait "$service" || { echo "not in order: SIGTERM ended it with $?"; status=1; }
  if [ $status -eq 0 ]; then echo "ok: SIGTERM ends it with 0"; else tail -5 "$folder/try.log" >&2; fi
  rm -rf "$data" "$incoming"
  return $status
}

eventually() { local deadline=$((SECONDS + 60)); until "$@"; do [ $SECONDS -lt $deadline ] || return 1; sleep 0.5; done; }
has_reports() {
  in_image "$1" --bind "$2" /var/lib/gouji -- /usr/bin/gouji status --data /var/lib/gouji --format json | grep -qE '"reports": *[1-9]'
}
wanted() { if eval "$2"; then echo "ok: $1"; else echo "not in order: $1"; return 1; fi; }

try_running() {
  local image=$1 admin=$2 data=$3
  wanted "/readyz answers" "eventually curl -sf http://$admin/readyz >/dev/null" &&
  wanted "the HEALTHCHECK passes" "in_image $image -- \$(healthcheck) $admin >/dev/null" &&
  wanted "the HEALTHCHECK fails where nothing answers" "! in_image $image -- \$(healthcheck) 127.0.0.1:1 >/dev/null 2>&1" &&
  wanted "reports are read and judged" "eventually has_reports $image $data" &&
  wanted "it runs as 65532" "in_image $image -- /usr/bin/id -u | grep -qx 65532" &&
  wanted "the root is read-only" "! in_image $image -- /usr/bin/touch /usr/x 2>/dev/null" &&
  wanted "PDF pages can be drawn" "in_image $image -- /usr/bin/pdftoppm -v 2>/dev/null" &&
  wanted "the SBOM names librdkafka" "grep -q '\"librdkafka' $folder/gouji-$version.spdx.json"
}

# The command of the image's HEALTHCHECK without its last word, the address.
healthcheck() {
  buildah_here inspect --type image --format '{{range .Docker.Config.Healthcheck.Test}}{{.}} {{end}}' "gouji:$version" |
    sed -E 's/^CMD //; s/ [^ ]+ *$//'
}

case ${1-} in
  build) build ;;
  sbom) sbom ;;
  try) try ;;
  run) shift; in_image "$(mounted)" --bind "${GOUJI_DATA:-$PWD}" /var/lib/gouji -- "$@" ;;
  *) usage ;;
esac
