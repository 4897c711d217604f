#include "common/eventlog/kafka/kafka_advice.h"

#include <gmock/gmock.h>

namespace gouji::eventlog {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(KafkaAdvice, KnowsAsWhomAClientComesAndShowsNoSecret) {
  EXPECT_THAT(identity_of({{"sasl.username", "gouji-parser"}, {"sasl.password", "canary"}}),
              AllOf(HasSubstr("User:gouji-parser"), Not(HasSubstr("canary"))));
  EXPECT_THAT(identity_of({{"ssl.certificate.location", "/etc/parser.pem"}, {"ssl.key.pem", "canary"}}),
              AllOf(HasSubstr("/etc/parser.pem"), Not(HasSubstr("canary"))));
  EXPECT_THAT(identity_of({}), HasSubstr("security.protocol"));
}

TEST(KafkaAdvice, NamesThePrincipalThatHasNoRightAndTheScriptThatGivesIt) {
  for (const auto code : {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                          RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED}) {
    EXPECT_THAT(advice_for(code, "", "principal User:x"), AllOf(HasSubstr("User:x"), HasSubstr("acls.sh")));
  }
  EXPECT_THAT(advice_for(RD_KAFKA_RESP_ERR__STATE, "Current transaction failed: Broker: Topic authorization failed", "principal User:x"),
              HasSubstr("User:x"));
}

TEST(KafkaAdvice, NamesTheSettingsOfAClientThatIsNotLetIn) {
  EXPECT_THAT(advice_for(RD_KAFKA_RESP_ERR__TRANSPORT, "FAIL: SASL authentication error: invalid credentials", "principal User:x"),
              AllOf(HasSubstr("User:x"), HasSubstr("sasl.password.file")));
  EXPECT_THAT(advice_for(RD_KAFKA_RESP_ERR__TIMED_OUT, "FAIL: SSL handshake failed", "nobody"), HasSubstr("ssl.ca.location"));
}

TEST(KafkaAdvice, AsksForTlsWhereABrokerHangsUpWithoutAWord) {
  EXPECT_THAT(advice_for(RD_KAFKA_RESP_ERR__TRANSPORT, "", "x"), HasSubstr("security.protocol"));
}

TEST(KafkaAdvice, IsSilentWhereABrokerIsOnlyAway) {
  EXPECT_THAT(advice_for(RD_KAFKA_RESP_ERR__TRANSPORT, "FAIL: Connect to ipv4#127.0.0.1:1 failed: Connection refused", "x"), IsEmpty());
  EXPECT_THAT(advice_for(RD_KAFKA_RESP_ERR__TIMED_OUT, "", "x"), IsEmpty());
}

}  // namespace
}  // namespace gouji::eventlog
