#include "common/eventlog/kafka/kafka_outcome.h"

namespace gouji::eventlog {
namespace {

struct Row {
  KafkaErrorTraits traits;
  Outcome outcome;
};

constexpr bool kFatal = true, kAbort = true, kRetry = true, kNo = false;

TEST(KafkaOutcome, IsDecidedByFlagsInTheOrderThatIsPromised) {
  const Row rows[] = {
      {{RD_KAFKA_RESP_ERR_NO_ERROR, kNo, kNo, kNo}, Outcome::kOk},
      {{RD_KAFKA_RESP_ERR__TIMED_OUT, kNo, kNo, kRetry}, Outcome::kRetriable},
      {{RD_KAFKA_RESP_ERR__TIMED_OUT, kNo, kAbort, kRetry}, Outcome::kAbortable},
      {{RD_KAFKA_RESP_ERR__TIMED_OUT, kFatal, kAbort, kRetry}, Outcome::kUnknown},
      {{RD_KAFKA_RESP_ERR__STATE, kNo, kNo, kNo}, Outcome::kUnknown},
      {{RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, kNo, kAbort, kNo}, Outcome::kAbortable},
      {{RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, kNo, kAbort, kNo}, Outcome::kAbortable},
      {{RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING, kNo, kAbort, kNo}, Outcome::kAbortable},
      {{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, kNo, kAbort, kNo}, Outcome::kAbortable},
      {{RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, kFatal, kNo, kNo}, Outcome::kUnknown},
      {{RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, kFatal, kNo, kNo}, Outcome::kUnknown},
      {{RD_KAFKA_RESP_ERR__FENCED, kFatal, kNo, kNo}, Outcome::kFenced},
      {{RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, kFatal, kNo, kNo}, Outcome::kFenced},
      {{RD_KAFKA_RESP_ERR_PRODUCER_FENCED, kFatal, kNo, kNo}, Outcome::kFenced},
      {{RD_KAFKA_RESP_ERR__FENCED, kNo, kAbort, kNo}, Outcome::kAbortable},
      {{RD_KAFKA_RESP_ERR__FENCED, kNo, kNo, kNo}, Outcome::kFenced},
      {{RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, kFatal, kNo, kNo}, Outcome::kFatal},
      {{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, kNo, kAbort, kNo}, Outcome::kFatal},
      {{RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, kNo, kAbort, kNo}, Outcome::kFatal},
      {{RD_KAFKA_RESP_ERR__AUTHENTICATION, kNo, kNo, kRetry}, Outcome::kFatal},
      {{RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, kFatal, kNo, kNo}, Outcome::kFatal},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(outcome_of(row.traits), row.outcome)
        << rd_kafka_err2name(row.traits.code) << " fatal " << row.traits.is_fatal << " abort "
        << row.traits.requires_abort << " retriable " << row.traits.is_retriable << ": "
        << to_string(outcome_of(row.traits));
  }
}

TEST(KafkaOutcome, ReadsTheTraitsOfAnErrorObject) {
  EXPECT_EQ(outcome_of(static_cast<const rd_kafka_error_t*>(nullptr)), Outcome::kOk);
  rd_kafka_error_t* error = rd_kafka_error_new(RD_KAFKA_RESP_ERR__STATE, "%s", "made up");
  EXPECT_EQ(traits_of(error).code, RD_KAFKA_RESP_ERR__STATE);
  EXPECT_EQ(outcome_of(error), Outcome::kUnknown);
  rd_kafka_error_destroy(error);
}

TEST(KafkaOutcome, GivesCallsOutsideOfTransactionsAKindAndACode) {
  const struct {
    rd_kafka_resp_err_t code;
    ErrorKind kind;
    ErrorCode expected;
  } rows[] = {
      {RD_KAFKA_RESP_ERR__TRANSPORT, ErrorKind::kUnavailable, ErrorCode::kLogUnavailable},
      {RD_KAFKA_RESP_ERR__TIMED_OUT, ErrorKind::kUnavailable, ErrorCode::kLogUnavailable},
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ErrorKind::kFatal, ErrorCode::kNotFound},
      {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, ErrorKind::kFatal, ErrorCode::kNotFound},
      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, ErrorKind::kFatal, ErrorCode::kFenced},
      {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, ErrorKind::kFatal, ErrorCode::kLogUnavailable},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, ErrorKind::kInvalidInput, ErrorCode::kTooLarge},
  };
  for (const auto& row : rows) {
    const Error error = kafka_error(row.code, "the thing");
    EXPECT_EQ(error.kind, row.kind) << rd_kafka_err2name(row.code);
    EXPECT_EQ(error.code, row.expected) << rd_kafka_err2name(row.code);
    EXPECT_THAT(error.message, ::testing::StartsWith("the thing: "));
  }
}

}  // namespace
}  // namespace gouji::eventlog
