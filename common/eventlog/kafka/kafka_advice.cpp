#include "common/eventlog/kafka/kafka_advice.h"

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

bool is_about_rights(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
         code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::string identity_of(const KafkaSettings& settings) {
  if (const auto name = settings.find("sasl.username"); name != settings.end()) {
    return "principal User:" + name->second;
  }
  for (const char* setting : {"ssl.certificate.location", "ssl.keystore.location"}) {
    const auto found = settings.find(setting);
    if (found != settings.end()) return fmt::format("{} {}", setting, found->second);
  }
  return "a client without a name (security.protocol, sasl.username)";
}

std::string advice_for(rd_kafka_resp_err_t code, std::string_view complaint,
                       const std::string& identity) {
  if (is_about_rights(code) || has(complaint, "authorization failed")) {
    return fmt::format("{} has no right to it; deploy/kafka/acls.sh gives what each service needs",
                       identity);
  }
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED ||
      has(complaint, "SASL authentication") || has(complaint, "SaslAuthenticate")) {
    return fmt::format("{} was not let in; check sasl.username, sasl.password.file and sasl.mechanism",
                       identity);
  }
  if (code == RD_KAFKA_RESP_ERR__SSL || has(complaint, "SSL") || has(complaint, "ssl")) {
    return fmt::format("as {}: check security.protocol, ssl.ca.location, ssl.certificate.location and "
                       "ssl.key.location",
                       identity);
  }
  // A broker that cannot be reached is complained about. One that wants TLS and gets none hangs up.
  if (code == RD_KAFKA_RESP_ERR__TRANSPORT && complaint.empty()) {
    return "the connection was closed without a word; does the broker want TLS? check security.protocol";
  }
  return "";
}

}  // namespace gouji::eventlog
