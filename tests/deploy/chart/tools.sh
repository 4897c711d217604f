#!/usr/bin/env bash
# Builds what checks the chart, at the versions of go.mod: helm and the program beside this file (docs/operations.md).
# The first time takes three minutes of CPU; without it the chart is tested by Helm's library and by schemas alone.
#   tests/deploy/chart/tools.sh [--api-server]     --api-server: also what api_server.sh needs
set -euo pipefail
command -v go >/dev/null || { echo "tools: go is missing: the package golang-go of Debian 13, or https://go.dev/dl" >&2; exit 1; }
target=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}/chart
mkdir -p "$target"
cd "$(dirname "${BASH_SOURCE[0]}")"
# helm takes the newest Kubernetes that it knows from its build.
v=helm.sh/helm/v3/pkg
go build -trimpath -ldflags "-s -w -X $v/chartutil.k8sVersionMajor=1 -X $v/chartutil.k8sVersionMinor=34" -o "$target/helm" helm.sh/helm/v3/cmd/helm
go build -trimpath -ldflags '-s -w' -o "$target/check-manifests" .
[ "${1-}" = --api-server ] || exit 0

# kube-apiserver from its module (ten minutes of CPU): its own go.mod names its parts as v0.0.0.
kubernetes=1.34.2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init gouji.test/api-server 2>/dev/null
parts=$(go mod download -json k8s.io/kubernetes@v$kubernetes | sed -n 's/^.*"GoMod": "\(.*\)".*$/\1/p' | xargs sed -n 's#^\s*\(k8s.io/[a-z-]*\) v0\.0\.0$#\1#p' | sort -u)
for part in $parts; do go mod edit -replace "$part=$part@v0${kubernetes#1}"; done
go mod edit -tool k8s.io/kubernetes/cmd/kube-apiserver
go get k8s.io/kubernetes@v$kubernetes
go build -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=v$kubernetes" -o "$target/kube-apiserver" k8s.io/kubernetes/cmd/kube-apiserver
# The published schemas of what the chart asks of others.
operator=$(go mod download -json github.com/prometheus-operator/prometheus-operator@v0.85.0 | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
keda=$(go mod download -json github.com/kedacore/keda/v2@v2.18.0 | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
mkdir -p "$target/crds"
install -m 644 "$operator"/example/prometheus-operator-crd/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml \
  "$keda/config/crd/bases/keda.sh_scaledobjects.yaml" "$target/crds/"
