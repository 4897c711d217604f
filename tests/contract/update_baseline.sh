#!/usr/bin/env bash
# Makes proto/baseline/gouji.v1.binpb from the contracts as they are. Only after an additive change:
# the schema test must have passed against the old baseline first.
set -euo pipefail
cd "$(dirname "$0")/../../proto"
protoc -I. --include_imports --descriptor_set_out=baseline/gouji.v1.binpb gouji/v1/*.proto
