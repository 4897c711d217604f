#!/usr/bin/env bash
# Brings a machine to where Gouji builds: Debian packages, librdkafka, and what the tests ask for.
# Every step looks first and does only what is missing, so a second run takes about a second.
# It installs programs and libraries; it starts no service and changes no setting of the system.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/bootstrap.sh [--build] [--tests] [--fuzz]
  --build  compiler, CMake and the libraries that the programs need (the default)
  --tests  also GoogleTest, Java and Maven (a Kafka broker), Python, buf, shellcheck, Prometheus, Alertmanager, Docker Compose
  --fuzz   also Clang with libFuzzer (preset fuzz)

GOUJI_CACHE=DIR          where librdkafka and the Python packages of the tests are kept
                         (default: $XDG_CACHE_HOME/gouji or ~/.cache/gouji)
GOUJI_PACKAGES=present   the system packages are there already: do not look for them
TEXT
}

# librdkafka before 2.8 loses or doubles records in transactions under some broker failures.
readonly RDKAFKA_MIN=2.8.0
# Raised when it is built another way: the old build stays where it is and is not used any more.
readonly RDKAFKA_BUILD=2
# The Debian suite whose librdkafka is built, and whose Compose is unpacked, where the system's own are older.
readonly NEWER_SUITE=trixie

readonly BUILD_PACKAGES=(
  ca-certificates ccache cmake dpkg-dev file g++ git make mold ninja-build pkg-config protobuf-compiler python3
  libbrotli-dev libcli11-dev libcurl4-openssl-dev libdeflate-dev libexpected-dev libfmt-dev
  libprotobuf-dev libqpdf-dev libre2-dev libsimdjson-dev libspdlog-dev libsqlite3-dev libssl-dev
  libyaml-cpp-dev libzstd-dev
  prometheus-cpp-dev zlib1g-dev
)
readonly TEST_PACKAGES=(
  iproute2 libbenchmark-dev libgmock-dev libgtest-dev libleptonica-dev libtesseract-dev maven poppler-data
  poppler-utils python3-venv shellcheck tesseract-ocr-chi-sim tesseract-ocr-eng
)
readonly FUZZ_PACKAGES=(clang)

say() { printf 'bootstrap: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

want_tests=no want_fuzz=no
for argument in "$@"; do
  case $argument in
    --build) ;;
    --tests) want_tests=yes ;;
    --fuzz) want_fuzz=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; say "unknown option $argument"; exit 64 ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}
readonly root cache

# --- Debian packages ---------------------------------------------------------------------------

debian_release() {  # "12", "13", or nothing where this is another system
  local ID='' VERSION_ID=''
  [ -r /etc/os-release ] || return 0
  # shellcheck source=/dev/null
  . /etc/os-release
  case $ID:$VERSION_ID in debian:12 | debian:13) echo "$VERSION_ID" ;; esac
}

wanted_packages() {  # $1 = Debian release
  printf '%s\n' "${BUILD_PACKAGES[@]}"
  [ "$1" = 12 ] || echo librdkafka-dev
  if [ $want_tests = yes ]; then
    printf '%s\n' "${TEST_PACKAGES[@]}"
    # Node.js from elsewhere brings its own npm, and Debian's would displace it.
    command -v npm >/dev/null || echo npm
    if [ "$1" = 12 ]; then echo openjdk-17-jre-headless; else echo openjdk-21-jre-headless; fi
  fi
  if [ $want_fuzz = yes ]; then
    printf '%s\n' "${FUZZ_PACKAGES[@]}"
    if [ "$1" = 12 ]; then echo libclang-rt-14-dev; else echo libclang-rt-19-dev; fi
  fi
}

missing_packages() {  # $1 = Debian release
  local wanted installed
  wanted=$(wanted_packages "$1" | sort -u)
  # shellcheck disable=SC2086  # package names hold no spaces
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null |
    awk '$1 == "ii" {print $2}' | sort -u) || true
  comm -23 <(echo "$wanted") <(echo "$installed")
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {  # names
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "these packages are missing, and this is neither root nor is sudo here: $*"
  fi
  say "installing $# packages: $*"
  local log apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Acquire::Retries=3)
  log=$(mktemp)
  if ! { as_root "${apt[@]}" update && as_root "${apt[@]}" install --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "apt-get failed: see the lines above (all of them are in $log)"
  fi
  rm -f "$log"
}

ensure_packages() {
  [ "${GOUJI_PACKAGES:-}" != present ] || return 0
  local release missing
  release=$(debian_release)
  if [ -z "$release" ]; then
    say "this is neither Debian 12 nor 13. Install what these packages hold (names of Debian 13):"
    wanted_packages 13 | sort -u | tr '\n' ' ' | fold -s -w 96 >&2
    echo >&2
    fail "then run the same command again with GOUJI_PACKAGES=present"
  fi
  missing=$(missing_packages "$release")
  # shellcheck disable=SC2086  # package names hold no spaces
  [ -z "$missing" ] || install_packages $missing
}

# --- librdkafka --------------------------------------------------------------------------------

rdkafka_is_there() {
  [ -e "$cache/librdkafka-$RDKAFKA_MIN-$RDKAFKA_BUILD/complete" ] ||
    pkg-config --atleast-version="$RDKAFKA_MIN" rdkafka 2>/dev/null
}

debian_mirror() {  # the mirror that this machine installs from
  local uri
  # shellcheck disable=SC2016  # these are apt's names, not variables of the shell
  uri=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 2>/dev/null |
    awk -F'|' '$1 == "Debian" && $2 == "Debian" {print $3; exit}') || true
  echo "${uri:-http://deb.debian.org/debian/}"
}

# apt for NEWER_SUITE alone, whatever this system is, checked against Debian's keys: a configuration and folders of its
# own, so the system's package lists stay as they are.
apt_of_suite() {  # $1 = folder, $2 = deb or deb-src, then arguments of apt-get that end in names of packages
  local folder=$1 kind=$2
  shift 2
  mkdir -p "$folder"/{lists/partial,archives/partial,sources.list.d}
  cat >"$folder/apt.conf" <<TEXT
Dir::State::Lists "$folder/lists";
Dir::Cache "$folder";
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "$folder/sources.list.d";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Acquire::Languages "none";
APT::Sandbox::User "";
TEXT
  echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $NEWER_SUITE main" \
    >"$folder/sources.list"
  (
    cd "$folder"
    export APT_CONFIG=$folder/apt.conf
    apt-get -qq -o Acquire::Retries=3 update
    apt-get -qq -o Acquire::Retries=3 "$@"
  ) >"$folder/apt.log" 2>&1 || {
    cat "$folder/apt.log" >&2
    fail "apt-get could not fetch from $NEWER_SUITE: $*"
  }
}

build_rdkafka() {
  local target=$cache/librdkafka-$RDKAFKA_MIN-$RDKAFKA_BUILD work
  mkdir -p "$cache"
  exec 9>"$cache/librdkafka.lock"
  flock 9
  if [ -e "$target/complete" ]; then exec 9>&-; return; fi
  command -v apt-get >/dev/null || fail "librdkafka $RDKAFKA_MIN or newer is missing: install it with its pkg-config file"
  say "building librdkafka $RDKAFKA_MIN from Debian's source package, once (about a minute)"
  work=$(mktemp -d "$cache/librdkafka.XXXXXX")
  # shellcheck disable=SC2064  # the folder's name is fixed now
  trap "rm -rf '$work'" EXIT
  apt_of_suite "$work" deb-src source --download-only "librdkafka/$NEWER_SUITE"
  mkdir "$work/source"
  tar -xf "$work"/librdkafka_*.orig.tar.* -C "$work/source" --strip-components=1
  rm -rf "$target"
  {
    cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
      -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O2 -g1 -fPIE -fstack-protector-strong -ffile-prefix-map=$work/=librdkafka/" \
      -DCMAKE_INSTALL_PREFIX="$target" -DCMAKE_INSTALL_LIBDIR=lib \
      -DRDKAFKA_BUILD_STATIC=ON -DRDKAFKA_BUILD_EXAMPLES=OFF -DRDKAFKA_BUILD_TESTS=OFF \
      -DWITH_SSL=ON -DWITH_ZSTD=ON -DWITH_ZLIB=ON -DWITH_CURL=OFF \
      -DWITH_SASL=OFF -DWITH_SASL_SCRAM=ON \
      -DENABLE_LZ4_EXT=OFF &&
      cmake --build "$work/build" && cmake --install "$work/build"
  } >"$work/build.log" 2>&1 || { tail -n 40 "$work/build.log" >&2; fail "librdkafka did not build"; }
  touch "$target/complete"
  rm -rf "$work"
  trap - EXIT
  exec 9>&-
}

# --- Prometheus and Alertmanager ----------------------------------------------------------------

# Unpacked, not installed: as packages they would start as services of this machine.
ensure_prometheus() {
  local folder=$cache/prometheus packages=(prometheus prometheus-alertmanager)
  [ ! -e "$folder/complete" ] || return 0
  [ "$(debian_release)" != 13 ] || packages+=(promtool)
  [ -n "$(debian_release)" ] || { say "prometheus and prometheus-alertmanager are for the alerting tests: install them by hand"; return; }
  say "unpacking Prometheus and Alertmanager into $folder"
  rm -rf "$folder"
  mkdir -p "$folder/packages"
  (cd "$folder/packages" && apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User= download "${packages[@]}") ||
    fail "apt-get could not download ${packages[*]}"
  local package
  for package in "$folder"/packages/*.deb; do dpkg-deb -x "$package" "$folder"; done
  rm -r "$folder/packages"
  touch "$folder/complete"
}

# --- Docker Compose ------------------------------------------------------------------------------

# Only to check compose files: it needs no engine for that. Debian 12 has the older one that reads other files.
ensure_compose() {
  local folder=$cache/compose
  [ ! -e "$folder/complete" ] && [ -n "$(debian_release)" ] || return 0
  say "unpacking Docker Compose into $folder"
  rm -rf "$folder"
  apt_of_suite "$folder/apt" deb download docker-compose
  dpkg-deb -x "$folder"/apt/docker-compose_*.deb "$folder"
  rm -r "$folder/apt"
  touch "$folder/complete"
}

# --- what the tests take from the registries of Python and Node.js -----------------------------

ensure_python_packages() {
  local list=$root/tests/tools/requirements.txt venv stamp
  [ -e "$list" ] || return 0
  venv=$cache/python
  stamp=$(cat "$list" <(python3 --version) | sha256sum | cut -c1-16)
  [ -e "$venv/complete-$stamp" ] && return
  say "installing the Python packages of the tests into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --only-binary=:all: -r "$list" ||
    fail "pip could not install what $list names"
  touch "$venv/complete-$stamp"
}

ensure_node_packages() {
  local list=$root/tests/tools/package.json folder=$cache/node stamp
  [ -e "$list" ] || return 0
  stamp=$(sha256sum <"$list" | cut -c1-16)
  [ -e "$folder/complete-$stamp" ] && return
  say "installing the Node.js packages of the tests into $folder"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$list" "$folder/"
  (cd "$folder" && npm install --silent --no-fund --no-audit --no-package-lock --ignore-scripts) ||
    fail "npm could not install what $list names"
  touch "$folder/complete-$stamp"
}

ensure_packages
rdkafka_is_there || build_rdkafka
if [ $want_tests = yes ]; then
  ensure_python_packages
  ensure_node_packages
  ensure_prometheus
  ensure_compose
fi
say "ready"
