#include "common/eventlog/kafka/kafka_outcome.h"

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

bool is_refusal(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
      return true;
    default:
      return false;
  }
}

bool is_fencing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH ||
         code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

bool is_missing(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
         code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
         code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

}  // namespace

KafkaErrorTraits traits_of(const rd_kafka_error_t* error) {
  if (error == nullptr) return {};
  return {.code = rd_kafka_error_code(error),
          .is_fatal = rd_kafka_error_is_fatal(error) != 0,
          .requires_abort = rd_kafka_error_txn_requires_abort(error) != 0,
          .is_retriable = rd_kafka_error_is_retriable(error) != 0};
}

Outcome outcome_of(const KafkaErrorTraits& traits) {
  if (traits.code == RD_KAFKA_RESP_ERR_NO_ERROR) return Outcome::kOk;
  if (is_refusal(traits.code)) return Outcome::kFatal;
  if (traits.is_fatal) return is_fencing(traits.code) ? Outcome::kFenced : Outcome::kUnknown;
  if (traits.requires_abort) return Outcome::kAbortable;
  if (traits.is_retriable) return Outcome::kRetriable;
  return is_fencing(traits.code) ? Outcome::kFenced : Outcome::kUnknown;
}

Outcome outcome_of(const rd_kafka_error_t* error) { return outcome_of(traits_of(error)); }

Error kafka_error(rd_kafka_resp_err_t code, std::string_view what) {
  std::string message = fmt::format("{}: {}", what, rd_kafka_err2str(code));
  if (is_missing(code)) return fatal(ErrorCode::kNotFound, std::move(message));
  if (is_fencing(code)) return fatal(ErrorCode::kFenced, std::move(message));
  if (is_refusal(code)) return fatal(ErrorCode::kLogUnavailable, std::move(message));
  if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
    return invalid_input(ErrorCode::kTooLarge, std::move(message));
  }
  return unavailable(ErrorCode::kLogUnavailable, std::move(message));
}

}  // namespace gouji::eventlog
