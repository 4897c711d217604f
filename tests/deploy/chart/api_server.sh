#!/usr/bin/env bash
# The chart on a real API server without a cluster: installed, upgraded, rolled back and uninstalled in both modes, in a
# namespace that enforces "restricted". Nothing runs, and the jobs of hooks are said to have ended well; acceptance,
# defaults, immutable members and schemas are real.
#   tests/deploy/chart/tools.sh --api-server && apt-get install etcd-server && tests/deploy/chart/api_server.sh
set -uo pipefail
tools=${GOUJI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gouji}/chart
chart=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../helm/gouji" && pwd)
d=$(mktemp -d) store=$((20000 + RANDOM % 5000)) port=$((25000 + RANDOM % 5000)) failed=0
trap 'kill $(jobs -p) 2>/dev/null; wait 2>/dev/null; rm -rf "$d"' EXIT

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout "$d/tls.key" -out "$d/tls.crt" 2>/dev/null
openssl genrsa -out "$d/sa.key" 2048 2>/dev/null
echo 'tok,admin,admin,system:masters' > "$d/tokens.csv"
etcd --data-dir "$d/etcd" --listen-client-urls "http://127.0.0.1:$store" --advertise-client-urls "http://127.0.0.1:$store" \
  --listen-peer-urls http://127.0.0.1:0 > "$d/etcd.log" 2>&1 &
"$tools/kube-apiserver" --etcd-servers="http://127.0.0.1:$store" --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port=$port \
  --tls-cert-file="$d/tls.crt" --tls-private-key-file="$d/tls.key" --cert-dir="$d" --service-cluster-ip-range=10.0.0.0/24 \
  --service-account-key-file="$d/sa.key" --service-account-signing-key-file="$d/sa.key" --service-account-issuer=https://kubernetes.default.svc \
  --authorization-mode=RBAC --token-auth-file="$d/tokens.csv" --disable-admission-plugins=ServiceAccount > "$d/api.log" 2>&1 &

ask() { curl -sf --cacert "$d/tls.crt" -H 'Authorization: Bearer tok' "https://127.0.0.1:$port$1" "${@:2}"; }
api() { ask "$@" -H 'Content-Type: application/yaml'; }
for _ in $(seq 240); do api /readyz >/dev/null && break; sleep 0.5; done
api /readyz >/dev/null || { tail -5 "$d/etcd.log" "$d/api.log"; exit 1; }
api /api/v1/namespaces -X POST --data-binary '{apiVersion: v1, kind: Namespace, metadata: {name: gouji, labels: {
  pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: restricted}}}' >/dev/null
for crd in "$tools"/crds/*.yaml; do
  api /apis/apiextensions.k8s.io/v1/customresourcedefinitions -X POST --data-binary "@$crd" >/dev/null || { echo "not taken: $crd"; failed=1; }
done
for name in keda.sh/v1alpha1/scaledobjects monitoring.coreos.com/v1/servicemonitors monitoring.coreos.com/v1/prometheusrules; do
  for _ in $(seq 60); do api "/apis/$name" >/dev/null && break; sleep 0.5; done
done

run() { "$tools/helm" --kube-apiserver "https://127.0.0.1:$port" --kube-token tok --kube-ca-file "$d/tls.crt" -n gouji "$@"; }
# Warnings count as failures: a workload whose pods would be refused only warns.
step() {
  local what=$1
  shift
  if run "$@" > "$d/out" 2> "$d/err" &&
    ! grep -vE 'walk.go|^$' "$d/err"; then echo "ok: $what"; else echo "not in order: $what"; cat "$d/err"; failed=1; fi
}
refuses() {  # what, part of the message, arguments of helm
  if run "${@:3}" > "$d/out" 2> "$d/err"; then echo "taken: $1"; failed=1
  elif grep -qF "$2" "$d/err"; then echo "ok: $1 is refused"
  else echo "not in order: $1"; cat "$d/err"; failed=1; fi
}
expect() {  # what, path, JSON text that must be in it
  if ask "$2" | tr -d ' \n' | grep -qF "$3"; then echo "ok: $1"; else echo "not in order: $1"; failed=1; fi
}
jobs=/apis/batch/v1/namespaces/gouji/jobs
end_jobs() {  # what the controller of jobs does when one has ended well
  local now job
  while sleep 0.2; do
    now=$(date -u +%FT%TZ)
    for job in $(ask $jobs | grep -o '"name": "[a-z-]*-topics"' | cut -d'"' -f4 | sort -u); do
      ask "$jobs/$job/status" -X PATCH -H 'Content-Type: application/merge-patch+json' --data-binary "{\"status\": {\"startTime\": \"$now\",
        \"completionTime\": \"$now\", \"succeeded\": 1, \"conditions\": [{\"type\": \"SuccessCriteriaMet\", \"status\": \"True\"},
        {\"type\": \"Complete\", \"status\": \"True\"}]}}" && echo "$job" >> "$d/ended"
    done >/dev/null
  done
}
end_jobs &
sets=/apis/apps/v1/namespaces/gouji/statefulsets
kafka=(--set mode=kafka --set kafka.bootstrap=kafka:9092)
everything=("${kafka[@]}" --set notify.enabled=true --set notify.existingSecret=n --set keda.enabled=true --set serviceMonitor.enabled=true
  --set prometheusRule.enabled=true --set dashboards.enabled=true --set kafka.existingSecret=k --set 'sources.inline.x\.json.schema=1' --set crawler.shards=3)
step 'local: install' install one "$chart"
step 'local: upgrade, with notify' upgrade one "$chart" --set notify.enabled=true --set notify.existingSecret=n
step 'local: roll back' rollback one 1
step 'Kafka: install' install many "$chart" "${kafka[@]}"
expect 'Kafka: as many parsers as asked for' $sets/many-gouji-parser '"replicas":2,'
step 'Kafka: upgrade, with everything' upgrade many "$chart" "${everything[@]}"
ask $sets/many-gouji-parser/scale -X PATCH -H 'Content-Type: application/merge-patch+json' --data-binary '{"spec": {"replicas": 5}}' >/dev/null
step 'Kafka: upgrade, with another setting' upgrade many "$chart" "${everything[@]}" --set parser.settings.workers=3
expect 'Kafka: what KEDA has set stays' $sets/many-gouji-parser '"replicas":5,'
step 'Kafka: upgrade, more parsers and no KEDA' upgrade many "$chart" "${kafka[@]}" --set parser.replicas=4
expect 'Kafka: as many parsers as asked for then' $sets/many-gouji-parser '"replicas":4,'
step 'Kafka: roll back to everything' rollback many 2
step 'Kafka: roll back to the first' rollback many 1
expect 'Kafka: as many parsers as at first' $sets/many-gouji-parser '"replicas":2,'
expect 'Kafka: no job is left' $jobs '"items":[]'
[ "$(wc -l < "$d/ended")" -ge 4 ] || { echo 'not in order: an install and three upgrades must each have made the topics'; failed=1; }
refuses 'Kafka: another size of a volume' 'updates to statefulset spec' upgrade many "$chart" "${kafka[@]}" --set crawler.storage.size=1Gi
step 'Kafka: uninstall' uninstall many
expect 'Kafka: the volume of large documents is kept' /api/v1/namespaces/gouji/persistentvolumeclaims '"name":"many-gouji-blobs"'
step 'Kafka: install again' install many "$chart" "${kafka[@]}"
step 'Kafka: uninstall again' uninstall many
step 'local: uninstall' uninstall one
exit $failed
