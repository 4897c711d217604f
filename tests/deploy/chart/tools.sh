#!/usr/bin/env bash
# Builds what checks the chart, at the versions of go.mod: helm and the program beside this file (docs/operations.md).
# The first time takes some minutes of CPU; the tests of the chart are skipped where it was not done.
#   tests/deploy/chart/tools.sh
set -euo pipefail
command -v go >/dev/null || { echo "tools: go is missing: the package golang-go of Debian 13, or https://go.dev/dl" >&2; exit 1; }
target=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}/chart
mkdir -p "$target"
cd "$(dirname "${BASH_SOURCE[0]}")"
# helm takes the newest Kubernetes that it knows from its build.
v=helm.sh/helm/v3/pkg
go build -trimpath -ldflags "-s -w -X $v/chartutil.k8sVersionMajor=1 -X $v/chartutil.k8sVersionMinor=34" -o "$target/helm" helm.sh/helm/v3/cmd/helm
go build -trimpath -ldflags '-s -w' -o "$target/check-manifests" .
