#!/usr/bin/env bash
# Builds the image by deploy/Dockerfile and tries it, on a machine without a container engine: the base image is made
# from Debian's packages, buildah runs the Dockerfile in a chroot, bubblewrap runs the result as an engine would
# (user 65532, read-only root, no capabilities). What is built is what is committed.
#   deploy/image_without_engine.sh [--folder DIR] build    base image, image, SBOM       (30 min of CPU the first time)
#   deploy/image_without_engine.sh [--folder DIR] try      every role of chart and compose file in what was built, and its SBOM
#   deploy/image_without_engine.sh [--folder DIR] run …    the command in the image, on this terminal
#   deploy/image_without_engine.sh [--folder DIR] deb      the Debian package of that release, from the image's build stage
# Needs root and: apt-get install --no-install-recommends buildah mmdebstrap bubblewrap
# DIR (default: /var/tmp/gouji-image) keeps everything: remove it when done.
set -euo pipefail

folder=/var/tmp/gouji-image
[ "${1-}" != --folder ] || { folder=$2; shift 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
suite=$(sed -n 's/^FROM debian:\([a-z]*\)-slim.*/\1/p' "$root/deploy/Dockerfile" | tail -1)
version=$(cat "$root/VERSION")
readonly folder root suite version

usage() { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 64; }
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
  build_stage -t "gouji:$version"
  sbom
}

# The format of Docker: the one of OCI has no HEALTHCHECK. What was compiled once is kept outside of the layers.
build_stage() {
  local home=~root
  buildah_here bud --signature-policy "$folder/policy.json" --pull-never --network host --format docker --layers \
    --volume "$folder/ccache:$home/.cache/ccache" --build-arg "VERSION=$version" "$@" -f "$folder/source/deploy/Dockerfile" "$folder/source"
}

# The image's root, mounted; the same container each time.
mounted() {
  local image
  buildah_here inspect --type container gouji-try >/dev/null 2>&1 && buildah_here rm gouji-try >/dev/null
  buildah_here from --signature-policy "$folder/policy.json" --pull-never --name gouji-try "gouji:$version" >/dev/null
  image=$(buildah_here mount gouji-try)
  chmod 711 "$folder/store" "$folder/store/overlay" "${image%/*}" 2>/dev/null || true  # for the user of the image
  echo "$image"
}

sbom() {
  local image
  image=$(mounted)
  python3 "$root/deploy/sbom.py" --image "$image" > "$folder/gouji-$version.spdx.json"
  printf 'image: %s, %s packages, %s MB\n' "$folder/gouji-$version.spdx.json" "$(wc -l < "$image/usr/share/gouji/packages.tsv")" \
    "$(du -smx "$image" | cut -f1)"
}

# What the build stage compiled, packed for the release that it is.
deb() {
  local image
  [ -d "$folder/source" ] || fail "build first"
  build_stage --target build -t "gouji-build:$version"
  buildah_here inspect --type container gouji-deb >/dev/null 2>&1 && buildah_here rm gouji-deb >/dev/null
  buildah_here from --signature-policy "$folder/policy.json" --pull-never --name gouji-deb "gouji-build:$version" >/dev/null
  buildah_here run gouji-deb -- sh -c 'cd build/release && rm -f ./*.deb && cpack -G DEB'
  image=$(buildah_here mount gouji-deb)
  cp -v "$image"/src/build/release/gouji_*.deb "$folder/"
}

# What an operator would look at first, in every role: tests/deploy/image_test.py.
try() {
  local image
  image=$(mounted)
  buildah_here inspect --type image "gouji:$version" > "$folder/image.json"
  GOUJI_IMAGE=$image GOUJI_IMAGE_DESCRIPTION=$folder/image.json python3 "$root/tests/deploy/image_test.py" "$@"
}

trap 'buildah_here umount --all >/dev/null 2>&1 || true' EXIT
case ${1-} in
  build) build ;;
  sbom) sbom ;;
  deb) deb ;;
  try) shift; try "$@" ;;
  run) shift; python3 "$root/tests/deploy/in_image.py" "$(mounted)" --bind "${GOUJI_DATA:-$PWD}" /var/lib/gouji -- "$@" ;;
  *) usage ;;
esac
