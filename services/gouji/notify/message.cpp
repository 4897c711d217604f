#include "services/gouji/notify/message.h"

#include <cstdint>

#include <fmt/format.h>

#include "common/events/envelope.h"
#include "common/text/percent.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/notify/chat.h"
#include "services/gouji/notify/signature.h"
#include "services/gouji/notify/wording.h"
#include "services/validator/core/messages.h"

namespace gouji::command {
namespace {

std::string_view status_of(const Notice& notice) { return notice.is_firing ? "firing" : "resolved"; }

void write_changes(JsonWriter& json, const Explanation& explanation) {
  json.key("changes").begin_array();
  for (const Change& change : explanation.changes) {
    json.begin_object().key("cell").text(change.cell);
    json.key("where_zh").text(validator::cell_wording(change.cell, validator::Language::kChinese));
    json.key("where_en").text(validator::cell_wording(change.cell, validator::Language::kEnglish));
    json.key("reported");
    if (change.reported.is_number()) json.number(change.reported.value);
    else json.null();
    json.key("reported_state").text(to_string(change.reported.state)).key("proposed").number(change.proposed).end_object();
  }
  json.end_array();
}

std::string generic_body(const Notice& notice) {
  const Anomaly& anomaly = notice.anomaly;
  JsonWriter json;
  json.begin_object().key("type").text(fmt::format("gouji.anomaly.{}.v1", to_string(anomaly.transition)));
  json.key("id").text(notice.delivery_id).key("status").text(status_of(notice)).key("transition").text(to_string(anomaly.transition));
  json.key("anomaly_id").text(anomaly.id).key("report_key").text(to_string(anomaly.key));
  json.key("organ_id").text(anomaly.key.organ_id).key("organ").text(anomaly.organ_name);
  json.key("year");
  if (anomaly.key.year == 0) json.null();
  else json.number(anomaly.key.year);
  json.key("scope").text(to_string(anomaly.key.scope)).key("version").number(anomaly.version);
  json.key("severity").text(to_string(anomaly.severity)).key("fault").text(to_string(anomaly.fault));
  json.key("category").text(to_string(anomaly.category)).key("rules").begin_array();
  for (const std::string& rule : rules_of(anomaly)) json.text(rule);
  json.end_array().key("unique").boolean(anomaly.unique).key("exhaustive").boolean(anomaly.exhaustive);
  json.key("explanations").begin_array();
  for (const Explanation& explanation : anomaly.explanations) {
    json.begin_object().key("mechanism").text(to_string(explanation.mechanism));
    write_changes(json, explanation);
    json.end_object();
  }
  json.end_array().key("message").begin_object().key("zh").text(anomaly.message_zh).key("en").text(anomaly.message_en).end_object();
  json.key("resolved_by");
  if (anomaly.resolved_by.empty()) json.null();
  else json.text(anomaly.resolved_by);
  json.key("opened_at").text(events::to_rfc3339(anomaly.opened_at));
  json.key("source").begin_object().key("url").text(anomaly.evidence.url).key("raw_digest").text(anomaly.evidence.raw_digest);
  json.key("fetched_at").text(events::to_rfc3339(anomaly.evidence.fetched_at)).end_object().end_object();
  return json.str();
}

std::string labels_json(const std::vector<std::pair<std::string_view, std::string>>& labels) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : labels)
    if (!value.empty()) json.key(name).text(value);
  json.end_object();
  return json.str();
}

// Alertmanager refuses what is no address; a file's path is one of the annotations anyway.
std::string generator_of(const std::string& url) { return check_target_url(url) ? url : std::string(); }

}  // namespace

Alert alert_of(const Anomaly& anomaly) {
  const std::vector<std::string> rules = rules_of(anomaly);
  Alert alert;
  alert.labels = labels_json({{"alertname", "ReportAnomaly"},
                              {"anomaly_id", anomaly.id},
                              {"fault", std::string(to_string(anomaly.fault))},
                              {"organ", anomaly.key.organ_id},
                              {"rule", rules.empty() ? std::string() : rules.front()},
                              {"scope", std::string(to_string(anomaly.key.scope))},
                              {"severity", std::string(to_string(anomaly.severity))},
                              {"year", anomaly.key.year == 0 ? std::string() : std::to_string(anomaly.key.year)}});
  const Notice notice{anomaly, {}, true};
  alert.annotations = labels_json({{"summary", headline(notice, Language::kChinese)},
                                   {"description", anomaly.message_zh},
                                   {"description_en", anomaly.message_en},
                                   {"organ_name", anomaly.organ_name},
                                   {"cells", fmt::format("{}", fmt::join(change_lines(anomaly, Language::kChinese), "；"))},
                                   {"rules", fmt::format("{}", fmt::join(rules, " "))},
                                   {"source", anomaly.evidence.url},
                                   {"version", std::to_string(anomaly.version)}});
  alert.generator_url = generator_of(anomaly.evidence.url);
  return alert;
}

std::string alert_json(const Alert& alert, UnixMillis starts_at, UnixMillis ends_at) {
  JsonWriter json;
  json.begin_object().key("labels").raw(alert.labels).key("annotations").raw(alert.annotations);
  json.key("startsAt").text(events::to_rfc3339(starts_at)).key("endsAt").text(events::to_rfc3339(ends_at));
  if (!alert.generator_url.empty()) json.key("generatorURL").text(alert.generator_url);
  json.end_object();
  return json.str();
}

std::string webhook_body(const NotifyTarget& target, const Notice& notice) {
  return is_chat(target.shape) ? chat_body(target, notice) : generic_body(notice);
}

bool says_the_same(const Anomaly& one, const Anomaly& other, UnixMillis now) {
  const auto content = [](Anomaly anomaly) {
    anomaly.transition = Transition::kOpened;
    anomaly.version = 0;
    anomaly.opened_at = 0;
    anomaly.resolved_by.clear();
    anomaly.evidence.fetched_at = 0;
    anomaly.evidence.raw_digest.clear();
    return generic_body({anomaly, {}, true});
  };
  return one.is_waived(now) == other.is_waived(now) && content(one) == content(other);
}

SignedPost sign(const NotifyTarget& target, std::string_view delivery_id, const std::string& body, UnixMillis now) {
  SignedPost post{target.url, {{"Content-Type", "application/json; charset=utf-8"}}, body};
  if (!target.bearer.empty()) post.headers.emplace_back("Authorization", "Bearer " + target.bearer);
  const std::string seconds = std::to_string(now / 1000);
  if (target.shape == TargetShape::kGeneric) {
    post.headers.emplace_back("webhook-id", delivery_id);
    post.headers.emplace_back("webhook-timestamp", seconds);
    if (!target.secret.empty()) {
      const std::string signed_text = fmt::format("{}.{}.{}", delivery_id, seconds, body);
      post.headers.emplace_back("webhook-signature", "v1," + to_base64(hmac_sha256(target.secret, signed_text)));
    }
  } else if (target.shape == TargetShape::kDingtalk && !target.secret.empty()) {
    const std::string millis = std::to_string(now);
    const std::string signature = to_base64(hmac_sha256(target.secret, millis + "\n" + target.secret));
    post.url += fmt::format("{}timestamp={}&sign={}", post.url.find('?') == std::string::npos ? '?' : '&', millis, percent_encoded(signature));
  } else if (target.shape == TargetShape::kFeishu && !target.secret.empty()) {
    // Feishu's key is the text, its message empty.
    const std::string signature = to_base64(hmac_sha256(seconds + "\n" + target.secret, ""));
    post.body = fmt::format(R"({{"timestamp":"{}","sign":"{}",{})", seconds, signature, body.substr(1));
  }
  return post;
}

}  // namespace gouji::command
