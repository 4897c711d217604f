#!/usr/bin/env bash
# Builds the consumers of docs/consumers and runs them on a real broker.
#   tests/consumers/run.sh [--preset NAME] [python,java,go,node]
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
preset=release
if [ "${1:-}" = --preset ]; then preset=$2; shift 2; fi
names=${1:-python,java,go,node}
cd "$root"
for tool in protoc java javac go node npm; do
  case $tool,$names in
    java*,*java* | go,*go* | node,*node* | npm,*node* | protoc,*) command -v $tool >/dev/null || { echo "run.sh: $tool is missing" >&2; exit 77; } ;;
  esac
done
deploy/bootstrap.sh --build --tests
cmake --preset "$preset" -DGOUJI_TESTS=ON --log-level=NOTICE
cmake --build "build/$preset" --target gouji
tools=$(tests/support/kafka/kafka.py fetch --tools)
built=$root/build/$preset/consumers
mkdir -p "$built"/{python,java,go/pb,node}
protoc -I proto --python_out="$built/python" proto/gouji/v1/*.proto

case $names in *java*)
  protoc -I proto --java_out="$built/java" proto/gouji/v1/*.proto
  find "$built/java" -name '*.java' >"$built/java/sources"
  javac -nowarn -d "$built/java" -cp "$tools/*" @"$built/java/sources" docs/consumers/java/OpenAnomalies.java ;;
esac
case $names in *go*)
  GOBIN=$built/go/bin go install google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.6
  options=()
  for file in proto/gouji/v1/*.proto; do options+=("--go_opt=M${file#proto/}=example.org/gouji/pb"); done
  PATH=$built/go/bin:$PATH protoc -I proto --go_out="$built/go" --go_opt=module=example.org/gouji "${options[@]}" proto/gouji/v1/*.proto
  cp docs/consumers/go/{main.go,go.mod} "$built/go/"
  (cd "$built/go" && go get github.com/twmb/franz-go@v1.22.2 github.com/twmb/franz-go/pkg/kadm@v1.19.0 google.golang.org/protobuf@v1.36.6 &&
    go build -o open_anomalies .) ;;
esac
case $names in *node*)
  cp docs/consumers/node/* "$built/node/"
  npm install --silent --no-audit --no-fund --prefix "$built/node" ;;
esac
cache=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}
GOUJI_TEST_CONSUMERS=$names GOUJI_CONSUMERS=$built GOUJI_BIN=$root/build/$preset/bin \
  exec "$cache/python/bin/python" tests/consumers/consumers_test.py
