#!/usr/bin/env bash
# Gives each principal of Gouji the rights on Kafka that it needs, and no others. May be run again.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/kafka/acls.sh --bootstrap-server HOST:PORT[,…] [--command-config FILE] [--dry-run]
                            [--crawler P] [--parser P] [--validator P] [--reader P] [--operator P]
  --command-config  the administrator's settings for kafka-acls.sh (security.protocol, sasl.jaas.config …)
  --crawler …       the principals: User:gouji-crawler and so on unless told, with mTLS for example
                    'User:CN=gouji-crawler'
  --dry-run         prints what would be called
KAFKA_ACLS: the command to call (default kafka-acls.sh, of Kafka's own distribution)

  crawler    writes raw records and the health of sources
  parser     reads raw records in the group gouji-parser, writes readings, its state and dead letters
  validator  reads readings and waivers in the group gouji-validator, writes verdicts, anomalies, their
             snapshots, its ledger and dead letters
  reader     gouji tail, list, status, notify, dlq list and any subscriber whose groups begin with gouji-reader
  operator   what a reader may, and gouji topics apply, dlq replay, waive, log copy
The brokers must refuse what no rule allows (allow.everyone.if.no.acl.found=false, the default).
TEXT
}

bootstrap='' config=() dry=''
crawler=User:gouji-crawler parser=User:gouji-parser validator=User:gouji-validator
reader=User:gouji-reader operator=User:gouji-operator
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --dry-run) dry='echo'; shift; continue ;;
  esac
  [ $# -ge 2 ] || { usage >&2; echo "acls.sh: $1 needs a value" >&2; exit 64; }
  case $1 in
    --bootstrap-server) bootstrap=$2 ;;
    --command-config) config=(--command-config "$2") ;;
    --crawler) crawler=$2 ;;
    --parser) parser=$2 ;;
    --validator) validator=$2 ;;
    --reader) reader=$2 ;;
    --operator) operator=$2 ;;
    *) usage >&2; echo "acls.sh: unknown option $1" >&2; exit 64 ;;
  esac
  shift 2
done
[ -n "$bootstrap" ] || { usage >&2; exit 64; }
read -r -a command <<<"${KAFKA_ACLS:-kafka-acls.sh}"

to() {  # principal…: whom the next rules are for
  local principal
  principals=()
  for principal in "$@"; do principals+=(--allow-principal "$principal"); done
}

allow() {  # operations (A,B), then kafka-acls.sh's own words for the resources
  local operations=() operation
  for operation in ${1//,/ }; do operations+=(--operation "$operation"); done
  shift
  $dry "${command[@]}" --bootstrap-server "$bootstrap" "${config[@]}" --add "${principals[@]}" "${operations[@]}" "$@"
}

topics() {  # operation, topic…
  local operation=$1 topic words=()
  shift
  for topic in "$@"; do words+=(--topic "$topic"); done
  allow "$operation" "${words[@]}"
}

readonly raw=gouji.report.raw.v1 parsed=gouji.report.parsed.v1 waiver=gouji.waiver.v1
readonly public=("$raw" "$parsed" "$waiver" gouji.source.health.v1 gouji.report.verdict.v1 gouji.anomaly.v1
  gouji.report.current.v1 gouji.anomaly.current.v1 "$raw.dlq.gouji-parser" "$parsed.dlq.gouji-validator"
  "$waiver.dlq.gouji-validator")

# Each of them looks at start whether all topics are as they must be.
to "$crawler" "$parser" "$validator" "$reader" "$operator"
allow Describe,DescribeConfigs --topic gouji. --resource-pattern-type prefixed
# The name under which topics are read without a group; nobody joins it.
allow Describe --group gouji.reader

to "$crawler"
topics Write "$raw" gouji.source.health.v1

# The transactional id is the group with --ordinal behind it.
to "$parser"
topics Read "$raw" gouji.parser.location.v1
topics Write "$parsed" gouji.parser.location.v1 "$raw.dlq.gouji-parser"
allow Read --group gouji-parser
allow Write,Describe --transactional-id gouji-parser- --resource-pattern-type prefixed

to "$validator"
topics Read "$parsed" "$waiver" gouji.validator.ledger.v1
topics Write gouji.validator.ledger.v1 gouji.report.verdict.v1 gouji.anomaly.v1 gouji.report.current.v1 \
  gouji.anomaly.current.v1 "$parsed.dlq.gouji-validator" "$waiver.dlq.gouji-validator"
allow Read --group gouji-validator
allow Write,Describe --transactional-id gouji-validator- --resource-pattern-type prefixed

to "$reader" "$operator"
topics Read "${public[@]}"
allow Read --group gouji-reader --resource-pattern-type prefixed
# gouji status: how far the services are behind.
allow Describe --group gouji- --resource-pattern-type prefixed

to "$operator"
allow Create --topic gouji. --resource-pattern-type prefixed
topics Write "$raw" "$parsed" "$waiver"
