#include "services/gouji/notify/chat.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "common/text/utf8.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/notify/wording.h"
#include "services/gouji/report_words.h"

namespace gouji::command {
namespace {

constexpr std::size_t kShortBytes = 300;  // of what is said of one anomaly among several
constexpr std::size_t kLineBytesMin = 60;
constexpr std::string_view kCut = "…";

std::size_t text_bytes_max(TargetShape shape) {
  switch (shape) {
    case TargetShape::kWecom: return 4'000;
    case TargetShape::kSlack: return 12'000;
    default: return 16'000;
  }
}

// Its markdown needs an empty line for a new one.
std::string_view line_end(TargetShape shape) { return shape == TargetShape::kDingtalk ? "\n\n" : "\n"; }

std::string cut(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  return std::string(utf8_prefix(text, bytes_max - kCut.size())).append(kCut);
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

// Feishu's texts have no markup but <at …>.
std::string without_tags(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') out += "＜";
    else if (c == '>') out += "＞";
    else out.push_back(c == '\n' || c == '\r' ? ' ' : c);
  }
  return out;
}

std::string clean(TargetShape shape, std::string_view text) {
  if (shape == TargetShape::kSlack) return slack_text(text);
  return shape == TargetShape::kFeishu ? without_tags(text) : unmarked(text);
}

// Slack and Feishu make links of addresses by themselves; in markdown an address that is no web address stays text.
std::string link(const NotifyTarget& target, const std::string& url) {
  const std::string_view name = in(target.language, "原文", "source");
  const bool is_markdown = target.shape == TargetShape::kWecom || target.shape == TargetShape::kDingtalk;
  if (!is_markdown || !check_target_url(url)) return fmt::format("{}{}{}", name, in(target.language, "：", ": "), clean(target.shape, url));
  std::string address;
  for (const char c : url) {
    if (std::string_view("()<>[]*`|\"").find(c) == std::string_view::npos) address.push_back(c);
    else address += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return fmt::format("[{}]({})", name, address);
}

// The longest lines give way until everything fits.
std::string joined(TargetShape shape, std::vector<std::string> lines) {
  const std::string_view end = line_end(shape);
  for (;;) {
    std::size_t bytes = 0;
    for (const std::string& line : lines) bytes += line.size() + end.size();
    if (bytes <= text_bytes_max(shape)) break;
    const auto longest = std::max_element(lines.begin(), lines.end(), [](const auto& one, const auto& other) { return one.size() < other.size(); });
    if (longest->size() <= kLineBytesMin) break;
    const std::size_t excess = bytes - text_bytes_max(shape);
    *longest = cut(*longest, std::max(kLineBytesMin, longest->size() - std::min(longest->size(), excess)));
  }
  return fmt::format("{}", fmt::join(lines, end));
}

std::vector<std::string> lines_of(const NotifyTarget& target, const Notice& notice) {
  const Anomaly& anomaly = notice.anomaly;
  const Language language = target.language;
  const auto said = [&](std::string_view text) { return clean(target.shape, text); };
  // A digest takes the first two and the one with the address: see short_of.
  std::vector<std::string> lines{said(headline(notice, language)), said(happening(notice, language))};
  if (notice.is_firing && !anomaly.explanations.empty()) {
    lines.push_back(std::string(anomaly.unique ? in(language, "改正后各式成立：", "the figures agree with:")
                                               : in(language, "可能的改正之一：", "one of several possible repairs:")));
    for (const std::string& line : change_lines(anomaly, language)) lines.push_back("- " + said(line));
  }
  if (const std::string todo = advice(notice, language); !todo.empty()) lines.push_back(todo);
  lines.push_back(link(target, anomaly.evidence.url));
  lines.push_back(said(fmt::format("{}{}　{}{}　{}{}", in(language, "级别：", "severity: "), severity_word(anomaly.severity, language),
                                   in(language, "规则：", "rules: "), fmt::join(rules_of(anomaly), " "), in(language, "编号：", "id: "), anomaly.id)));
  return lines;
}

std::string body_of(const NotifyTarget& target, const std::string& title, const std::string& text) {
  JsonWriter json;
  json.begin_object();
  switch (target.shape) {
    case TargetShape::kWecom:
      json.key("msgtype").text("markdown").key("markdown").begin_object().key("content").text(text).end_object();
      break;
    case TargetShape::kDingtalk:
      json.key("msgtype").text("markdown").key("markdown").begin_object().key("title").text(title).key("text").text(text).end_object();
      break;
    case TargetShape::kFeishu:
      json.key("msg_type").text("text").key("content").begin_object().key("text").text(text).end_object();
      break;
    default: json.key("text").text(text);
  }
  return json.end_object().str();
}

std::string text_of(TargetShape shape, const std::string& body) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(body);
  const char* place = shape == TargetShape::kSlack ? "/text" : shape == TargetShape::kFeishu ? "/content/text" : shape == TargetShape::kWecom ? "/markdown/content" : "/markdown/text";
  std::string_view text;
  if (parser.parse(padded).at_pointer(place).get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

// Headline, what happened, and where to read it.
std::string short_of(const NotifyTarget& target, const std::string& body) {
  const std::string text = text_of(target.shape, body);
  const std::string_view end = line_end(target.shape);
  const auto starts = [&](std::string_view line) {
    return line.starts_with("[原文](") || line.starts_with("[source](") || line.starts_with("原文：") || line.starts_with("source: ");
  };
  std::vector<std::string> lines;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t stop = std::min(text.find(end, at), text.size());
    const std::string_view line = std::string_view(text).substr(at, stop - at);
    if (number < 2) lines.push_back(cut(line, kShortBytes));
    else if (starts(line)) lines.emplace_back(line);
    at = stop + end.size();
  }
  return fmt::format("{}", fmt::join(lines, end));
}

}  // namespace

bool is_chat(TargetShape shape) { return shape != TargetShape::kAlertmanager && shape != TargetShape::kGeneric; }

std::string chat_body(const NotifyTarget& target, const Notice& notice) {
  return body_of(target, clean(target.shape, headline(notice, target.language)), joined(target.shape, lines_of(target, notice)));
}

ChatDigest chat_digest(const NotifyTarget& target, const std::vector<std::string>& bodies, std::size_t waiting) {
  const std::string end(line_end(target.shape));
  const std::size_t room = text_bytes_max(target.shape) - 200;  // for the headline
  ChatDigest digest;
  std::string text;
  for (const std::string& body : bodies) {
    const std::string item = fmt::format("{}. {}", digest.taken + 1, short_of(target, body));
    if (digest.taken > 0 && text.size() + item.size() + end.size() > room) break;
    text += end + item;
    digest.taken += 1;
  }
  const std::string title = fmt::format(fmt::runtime(in(target.language, "【勾稽】{} 条通知", "[Gouji] {} notices")), digest.taken);
  const std::string rest = waiting > digest.taken ? fmt::format(fmt::runtime(in(target.language, "，另有 {} 条待发", ", {} more wait")), waiting - digest.taken) : std::string();
  digest.body = body_of(target, title, title + rest + text);
  return digest;
}

}  // namespace gouji::command
