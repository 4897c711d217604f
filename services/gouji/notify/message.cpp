#include "services/gouji/notify/message.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "common/events/envelope.h"
#include "common/text/percent.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/notify/signature.h"
#include "services/gouji/report_words.h"
#include "services/validator/core/messages.h"

namespace gouji::command {
namespace {

constexpr std::size_t kChangesSaid = 6;
constexpr std::size_t kAnswerSaid = 200;

std::string_view status_of(const Notice& notice) { return notice.is_firing ? "firing" : "resolved"; }

std::vector<std::string> rules_of(const Anomaly& anomaly) {
  std::vector<std::string> rules;
  for (const Finding& finding : anomaly.findings)
    if (std::find(rules.begin(), rules.end(), finding.rule) == rules.end()) rules.push_back(finding.rule);
  return rules;
}

std::string reported_text(const Cell& cell, Language language) {
  return cell.is_number() ? std::to_string(cell.value) : std::string(state_word(cell.state, language));
}

// "表三 … × 总计：90 → 98"
std::vector<std::string> change_lines(const Anomaly& anomaly, Language language) {
  std::vector<std::string> lines;
  if (anomaly.explanations.empty()) return lines;
  const auto words = language == Language::kChinese ? validator::Language::kChinese : validator::Language::kEnglish;
  for (const Change& change : anomaly.explanations.front().changes) {
    if (lines.size() == kChangesSaid) break;
    lines.push_back(fmt::format("{}{}{} → {}", validator::cell_wording(change.cell, words), in(language, "：", ": "),
                                reported_text(change.reported, language), change.proposed));
  }
  return lines;
}

std::string name_of(const Anomaly& anomaly) {
  if (anomaly.organ_name.empty()) return anomaly.key.organ_id;
  return anomaly.organ_name;
}

std::string headline(const Notice& notice, Language language) {
  const Anomaly& anomaly = notice.anomaly;
  const std::string_view what = notice.is_firing ? in(language, anomaly.transition == Transition::kChanged ? "勾稽异常有变化" : "勾稽异常",
                                                      anomaly.transition == Transition::kChanged ? "Anomaly changed" : "Anomaly")
                                                 : in(language, "勾稽异常已了结", "Anomaly settled");
  const std::string year = anomaly.key.year == 0 ? std::string() : fmt::format(" {}", anomaly.key.year);
  return fmt::format("{}{} {}{}{}", in(language, "【", "["), what, in(language, "】", "]"), name_of(anomaly), year);
}

std::string settled_text(const Notice& notice, Language language) {
  switch (notice.anomaly.transition) {
    case Transition::kResolved: return fmt::format("{} {}", in(language, "已更正：", "resolved by"), notice.anomaly.resolved_by);
    case Transition::kRetracted: return std::string(in(language, "已撤回：不是公布的数有误", "retracted: the published figures were not wrong"));
    default: return std::string(in(language, "已豁免，或不再属于本接收方关注的范围", "waived, or no longer among what this receiver asked for"));
  }
}

// Lines of plain text; everything that comes from documents passes `clean`.
std::vector<std::string> lines_of(const Notice& notice, Language language, std::string (*clean)(std::string_view)) {
  const Anomaly& anomaly = notice.anomaly;
  std::vector<std::string> lines{clean(headline(notice, language))};
  if (!notice.is_firing) lines.push_back(clean(settled_text(notice, language)));
  lines.push_back(fmt::format("{}{}　{}{}", in(language, "级别：", "severity: "), severity_word(anomaly.severity, language),
                              in(language, "规则：", "rules: "), fmt::join(rules_of(anomaly), " ")));
  lines.push_back(clean(in(language, anomaly.message_zh, anomaly.message_en)));
  if (notice.is_firing && !anomaly.explanations.empty()) {
    lines.push_back(std::string(anomaly.unique ? in(language, "改正后各式成立：", "the figures agree with:")
                                               : in(language, "可能的改正之一：", "one of several possible repairs:")));
    for (const std::string& line : change_lines(anomaly, language)) lines.push_back("- " + clean(line));
  }
  lines.push_back(fmt::format("{}{}", in(language, "来源：", "source: "), clean(anomaly.evidence.url)));
  lines.push_back(fmt::format("{}{}", in(language, "编号：", "id: "), anomaly.id));
  return lines;
}

// Characters that make links, mentions and emphasis in the receivers' markup become their full-width twins.
std::string unmarked(std::string_view text) {
  static constexpr std::array<std::pair<char, std::string_view>, 10> kTwins = {
      {{'<', "＜"}, {'>', "＞"}, {'[', "［"}, {']', "］"}, {'*', "＊"}, {'`', "｀"}, {'#', "＃"}, {'|', "｜"}, {'@', "＠"}, {'~', "～"}}};
  std::string out;
  for (const char c : text) {
    const auto twin = std::find_if(kTwins.begin(), kTwins.end(), [&](const auto& each) { return each.first == c; });
    if (twin != kTwins.end()) out += twin->second;
    else out.push_back(c == '\n' || c == '\r' ? ' ' : c);
  }
  return out;
}

std::string slack_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else out.push_back(c == '\n' || c == '\r' ? ' ' : c);
  }
  return out;
}

std::string plain(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  std::replace(out.begin(), out.end(), '\r', ' ');
  return out;
}

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
  JsonWriter json;
  const auto text = [&](std::string (*clean)(std::string_view), std::string_view between) {
    return fmt::format("{}", fmt::join(lines_of(notice, target.language, clean), between));
  };
  switch (target.shape) {
    case TargetShape::kSlack:
      json.begin_object().key("text").text(text(slack_text, "\n")).end_object();
      return json.str();
    case TargetShape::kWecom:
      json.begin_object().key("msgtype").text("markdown").key("markdown").begin_object().key("content").text(text(unmarked, "\n"));
      json.end_object().end_object();
      return json.str();
    case TargetShape::kDingtalk:
      // Its markdown needs an empty line for a new one.
      json.begin_object().key("msgtype").text("markdown").key("markdown").begin_object();
      json.key("title").text(unmarked(headline(notice, target.language))).key("text").text(text(unmarked, "\n\n")).end_object().end_object();
      return json.str();
    case TargetShape::kFeishu:
      json.begin_object().key("msg_type").text("text").key("content").begin_object().key("text").text(text(plain, "\n")).end_object().end_object();
      return json.str();
    case TargetShape::kGeneric:
    case TargetShape::kAlertmanager: break;
  }
  return generic_body(notice);
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

std::string refusal_of(const NotifyTarget& target, long status, std::string_view answer) {
  if (status < 200 || status > 299) return fmt::format("HTTP {} {}", status, plain(answer.substr(0, kAnswerSaid)));
  const bool has_code = target.shape == TargetShape::kWecom || target.shape == TargetShape::kDingtalk || target.shape == TargetShape::kFeishu;
  if (!has_code) return {};
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(answer);
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return fmt::format("HTTP {}, 答复不是 JSON / the answer is no JSON", status);
  for (const char* name : {"errcode", "code", "StatusCode"}) {
    std::int64_t code = 0;
    if (object.at_key(name).get(code) == simdjson::SUCCESS && code != 0) return fmt::format("{} {}: {}", name, code, plain(answer.substr(0, kAnswerSaid)));
  }
  return {};
}

}  // namespace gouji::command
