#include "services/gouji/notify/targets.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace gouji::command {
namespace {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;

constexpr std::size_t kTextMax = 2000;
constexpr std::size_t kListMax = 1000;

const std::map<std::string_view, TargetShape>& shapes() {
  static const std::map<std::string_view, TargetShape> kShapes{{"generic", TargetShape::kGeneric}, {"slack", TargetShape::kSlack},
                                                               {"wecom", TargetShape::kWecom}, {"dingtalk", TargetShape::kDingtalk},
                                                               {"feishu", TargetShape::kFeishu}};
  return kShapes;
}

std::string known(const std::vector<std::string_view>& names) { return fmt::format("应为 / expected {}", fmt::join(names, ", ")); }

// Reads the file's objects and gathers the mistakes.
class TargetsReader {
 public:
  explicit TargetsReader(std::string_view name) : name_(name) {}

  void mistake(const std::string& at, const std::string& message) { mistakes_.push_back(fmt::format("{}: {}: {}", name_, at, message)); }
  const std::vector<std::string>& mistakes() const { return mistakes_; }

  void check_members(Object object, const std::string& at, const std::vector<std::string_view>& names) {
    std::set<std::string_view> seen;
    for (const auto& member : object) {
      const std::string place = at + "/" + std::string(member.key.substr(0, 64));
      if (std::find(names.begin(), names.end(), member.key) == names.end()) mistake(place, "没有这一项 / unknown; " + known(names));
      else if (!seen.insert(member.key).second) mistake(place, "重复 / is there twice");
    }
  }

  std::string text(Object object, std::string_view key, const std::string& at) {
    const auto value = object.at_key(key);
    if (value.error() != simdjson::SUCCESS) return {};
    std::string_view found;
    if (value.get(found) == simdjson::SUCCESS && !found.empty() && found.size() <= kTextMax) return std::string(found);
    mistake(at + "/" + std::string(key), "应为文字 / expected a text");
    return {};
  }

  std::vector<Element> list(Object object, std::string_view key, const std::string& at) {
    const auto value = object.at_key(key);
    if (value.error() != simdjson::SUCCESS) return {};
    simdjson::dom::array array;
    if (value.get(array) == simdjson::SUCCESS && array.size() <= kListMax) return {array.begin(), array.end()};
    mistake(at + "/" + std::string(key), fmt::format("应为列表，至多 {} 项 / expected a list", kListMax));
    return {};
  }

  std::vector<std::string> texts(Object object, std::string_view key, const std::string& at) {
    std::vector<std::string> texts;
    for (const Element item : list(object, key, at)) {
      std::string_view found;
      if (item.get(found) != simdjson::SUCCESS || found.empty()) mistake(fmt::format("{}/{}/{}", at, key, texts.size()), "应为文字 / expected a text");
      texts.emplace_back(found);
    }
    return texts;
  }

  NotifyFilter filter(Object target, const std::string& at) {
    NotifyFilter filter;
    Object object;
    const auto value = target.at_key("filter");
    if (value.error() != simdjson::SUCCESS) return filter;
    const std::string place = at + "/filter";
    if (value.get(object) != simdjson::SUCCESS) {
      mistake(place, "应为对象 / expected an object");
      return filter;
    }
    check_members(object, place, {"divisions", "organs", "rules", "years", "severity", "faults"});
    filter.divisions = texts(object, "divisions", place);
    filter.organs = texts(object, "organs", place);
    filter.rules = texts(object, "rules", place);
    if (const std::string name = text(object, "severity", place); !name.empty()) {
      const auto severity = severity_from(name);
      if (severity) filter.severity = *severity;
      else mistake(place + "/severity", known({"error", "warning", "info"}));
    }
    read_years(object, place, filter);
    read_faults(object, place, filter);
    return filter;
  }

  NotifyTarget target(Element element, const std::string& at, bool is_alertmanager) {
    NotifyTarget target;
    Object object;
    if (element.get(object) != simdjson::SUCCESS) {
      mistake(at, "应为对象 / expected an object");
      return target;
    }
    if (is_alertmanager) check_members(object, at, {"name", "url", "url_file", "bearer_file", "hold", "filter"});
    else check_members(object, at, {"name", "url", "url_file", "shape", "secret_file", "bearer_file", "lang", "filter"});
    target.name = text(object, "name", at);
    const bool is_name = !target.name.empty() && target.name.size() <= 64 &&
                         target.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos;
    if (!is_name) mistake(at + "/name", "应为 1…64 个 a-z 0-9 - _ . / expected 1…64 of a-z 0-9 - _ .");
    else if (!names_.insert(target.name).second) mistake(at + "/name", fmt::format("“{}”重复 / is there twice", target.name));
    read_addresses(object, at, target);
    target.shape = is_alertmanager ? TargetShape::kAlertmanager : shape(object, at);
    if (is_alertmanager) read_hold(object, at, target);
    if (const std::string lang = text(object, "lang", at); !lang.empty() && lang != "zh") {
      if (lang != "en") mistake(at + "/lang", known({"zh", "en"}));
      target.language = Language::kEnglish;
    }
    target.filter = filter(object, at);
    return target;
  }

 private:
  TargetShape shape(Object object, const std::string& at) {
    const std::string name = text(object, "shape", at);
    if (name.empty()) return TargetShape::kGeneric;
    const auto found = shapes().find(name);
    if (found != shapes().end()) return found->second;
    mistake(at + "/shape", fmt::format("“{}”：", name) + known({"generic", "slack", "wecom", "dingtalk", "feishu"}));
    return TargetShape::kGeneric;
  }

  void read_addresses(Object object, const std::string& at, NotifyTarget& target) {
    target.url = text(object, "url", at);
    target.url_file = text(object, "url_file", at);
    target.secret_file = text(object, "secret_file", at);
    target.bearer_file = text(object, "bearer_file", at);
    if (target.url.empty() == target.url_file.empty()) mistake(at + "/url", "url 与 url_file 须有且只有一个 / expected one of url and url_file");
    if (!target.url.empty())
      if (const auto good = check_target_url(target.url); !good) mistake(at + "/url", good.error().message);
  }

  void read_hold(Object object, const std::string& at, NotifyTarget& target) {
    const auto value = object.at_key("hold");
    if (value.error() != simdjson::SUCCESS) return;
    if (value.get(target.hold_seconds) != simdjson::SUCCESS || target.hold_seconds < 180 || target.hold_seconds > 7 * 86'400)
      mistake(at + "/hold", "应为秒数 180…604800 / expected seconds, 180…604800");
  }

  void read_years(Object object, const std::string& at, NotifyFilter& filter) {
    const auto value = object.at_key("years");
    if (value.error() != simdjson::SUCCESS) return;
    std::string_view word;
    if (value.get(word) == simdjson::SUCCESS) {
      filter.all_years = word == "all";
      if (word != "all" && word != "current") mistake(at + "/years", known({"\"all\"", "\"current\"", "[2025]"}));
      return;
    }
    for (const Element item : list(object, "years", at)) {
      std::int64_t year = 0;
      if (item.get(year) != simdjson::SUCCESS || year < 2008 || year > 2100) mistake(at + "/years", "应为年份 2008…2100 / expected years");
      filter.years.push_back(static_cast<std::int32_t>(year));
    }
  }

  void read_faults(Object object, const std::string& at, NotifyFilter& filter) {
    if (object.at_key("faults").error() != simdjson::SUCCESS) return;
    filter.faults.clear();
    for (const std::string& name : texts(object, "faults", at)) {
      constexpr std::array kFaults = {Fault::kUndecided, Fault::kPublisher, Fault::kExtraction, Fault::kForm};
      const auto found = std::find_if(kFaults.begin(), kFaults.end(), [&](Fault fault) { return to_string(fault) == name; });
      if (found == kFaults.end()) mistake(at + "/faults", fmt::format("“{}”：", name) + known({"PUBLISHER", "EXTRACTION", "FORM", "UNDECIDED"}));
      else filter.faults.push_back(*found);
    }
  }

  std::string name_;
  std::set<std::string> names_;
  std::vector<std::string> mistakes_;
};

Error all_mistakes(const TargetsReader& reader) { return fatal(ErrorCode::kBadSettings, fmt::format("{}", fmt::join(reader.mistakes(), "\n"))); }

}  // namespace

Result<void> check_target_url(std::string_view url) {
  const bool has_scheme = url.starts_with("http://") || url.starts_with("https://");
  const bool is_clean = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
  const std::string_view host = has_scheme ? url.substr(url.find("//") + 2) : url;
  const std::string_view authority = host.substr(0, host.find_first_of("/?#"));
  if (has_scheme && is_clean && !authority.empty() && authority.find('@') == std::string_view::npos) return ok();
  return fatal(ErrorCode::kBadSettings, "应为 http:// 或 https:// 开头、不带用户名的网址 / expected an http or https address without a user name");
}

Result<NotifyTarget> alertmanager_target(const std::string& url, std::size_t number) {
  if (const auto good = check_target_url(url); !good)
    return fatal(ErrorCode::kBadArgument, fmt::format("--alertmanager {}: {}", url, good.error().message));
  NotifyTarget target;
  target.name = number == 0 ? "alertmanager" : fmt::format("alertmanager-{}", number);
  target.shape = TargetShape::kAlertmanager;
  target.url = url;
  return target;
}

Result<std::vector<NotifyTarget>> parse_targets(std::string_view json, std::string_view name) {
  TargetsReader reader(name);
  simdjson::dom::parser parser;
  Object root;
  const simdjson::padded_string padded(json);
  if (const auto error = parser.parse(padded).get(root); error != simdjson::SUCCESS) {
    reader.mistake("/", fmt::format("不是 JSON 对象 / no JSON object: {}", simdjson::error_message(error)));
    return all_mistakes(reader);
  }
  reader.check_members(root, "", {"schema", "alertmanagers", "webhooks"});
  std::int64_t schema = 0;
  if (root.at_key("schema").get(schema) != simdjson::SUCCESS || schema != 1) reader.mistake("/schema", "应为 / expected 1");
  std::vector<NotifyTarget> targets;
  for (const auto& [key, is_alertmanager] : {std::pair{"alertmanagers", true}, std::pair{"webhooks", false}}) {
    std::size_t number = 0;
    for (const Element element : reader.list(root, key, "")) targets.push_back(reader.target(element, fmt::format("/{}/{}", key, number++), is_alertmanager));
  }
  if (targets.empty()) reader.mistake("/", "没有一个接收方 / names no receiver: alertmanagers, webhooks");
  if (targets.size() > kTargetsMax) reader.mistake("/", fmt::format("接收方多于 {} 个 / more receivers than that", kTargetsMax));
  if (!reader.mistakes().empty()) return all_mistakes(reader);
  return targets;
}

}  // namespace gouji::command
