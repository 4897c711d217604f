#include "services/gouji/waivers_file.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "common/text/fold.h"
#include "services/gouji/io/argument_file.h"
#include "services/validator/core/rules.h"

namespace gouji::command {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;
constexpr std::array<std::string_view, 10> kNames = {"id",     "rule",   "instance", "organ",  "year",
                                                     "scope",  "values", "reason",   "author", "expires"};

// Reads one line and collects what is wrong with it.
class WaiverLine {
 public:
  explicit WaiverLine(std::size_t line) : line_(line) {}

  FileWaiver read(std::string_view text) {
    simdjson::dom::parser parser;
    simdjson::dom::object object;
    if (const auto failure = parser.parse(text.data(), text.size()).get(object)) {
      complain(fmt::format("不是 JSON 对象 / no JSON object: {}", simdjson::error_message(failure)));
      return {};
    }
    for (const auto field : object)
      if (std::find(kNames.begin(), kNames.end(), field.key) == kNames.end()) complain(fmt::format("没有这一项 / unknown name \"{}\"", field.key));
    const std::pair<const char*, std::string*> texts[] = {
        {"id", &waiver_.id},         {"rule", &waiver_.rule},     {"instance", &waiver_.instance}, {"organ", &waiver_.organ},
        {"values", &waiver_.values}, {"reason", &waiver_.reason}, {"author", &waiver_.author}};
    for (const auto& [name, target] : texts) *target = text_of(object, name);
    read_year(object);
    read_scope(object);
    read_expiry(object);
    check();
    return std::move(waiver_);
  }
  const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  void complain(const std::string& what) { mistakes_.push_back(fmt::format("第 {} 行 / line {}: {}", line_, line_, what)); }

  std::string text_of(const simdjson::dom::object& object, const char* name) {
    const auto value = object[name];
    if (value.error() == simdjson::NO_SUCH_FIELD) return {};
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS || text.empty()) complain(fmt::format("{} 应为文字 / must be text", name));
    return std::string(text);
  }

  void read_year(const simdjson::dom::object& object) {
    std::int64_t year = 0;
    const auto value = object["year"];
    if (value.error() == simdjson::NO_SUCH_FIELD) return;
    if (value.get(year) != simdjson::SUCCESS || year < 1949 || year > 2100) return complain("year 应为年份 / must be a year");
    waiver_.year = static_cast<std::int32_t>(year);
  }

  void read_scope(const simdjson::dom::object& object) {
    const std::string name = text_of(object, "scope");
    if (name.empty()) return;
    const auto scope = scope_from(name);
    if (scope) waiver_.scope = *scope;
    else complain(fmt::format("scope \"{}\"：应为 / must be OWN, AGGREGATE, SYSTEM, UNKNOWN", name));
  }

  void read_expiry(const simdjson::dom::object& object) {
    const std::string day = text_of(object, "expires");
    if (day.empty()) return;
    const auto time = day_from(day);
    if (time) waiver_.expires_at = *time;
    else complain(fmt::format("expires \"{}\"：应为日期 / must be a date such as 2027-01-31", day));
  }

  void check() {
    if (waiver_.id.empty() == waiver_.rule.empty()) complain("应有 id 或 rule 之一 / needs either id or rule");
    if (!waiver_.rule.empty() && validator::rule_set().find(waiver_.rule) == nullptr)
      complain(fmt::format("没有规则 / there is no rule {}", waiver_.rule));
    if (waiver_.values.empty()) complain("缺 values：豁免须绑定当时的数值 / values is missing: a waiver is bound to figures");
    if (waiver_.reason.empty()) complain("缺 reason（理由）/ reason is missing");
    if (waiver_.author.empty()) complain("缺 author（何人）/ author is missing");
  }

  std::size_t line_;
  FileWaiver waiver_;
  std::vector<std::string> mistakes_;
};

bool covers(const FileWaiver& waiver, const Anomaly& anomaly) {
  if (waiver.values != anomaly.cells_digest) return false;
  if (!waiver.id.empty()) return waiver.id == anomaly.id;
  const bool has_finding = std::any_of(anomaly.findings.begin(), anomaly.findings.end(), [&](const Finding& finding) {
    return finding.rule == waiver.rule && (waiver.instance.empty() || finding.instance == waiver.instance);
  });
  const bool is_organ = waiver.organ.empty() || waiver.organ == anomaly.key.organ_id ||
                        fold_label(waiver.organ) == fold_label(anomaly.organ_name);
  return has_finding && is_organ && (!waiver.year || *waiver.year == anomaly.key.year) &&
         (!waiver.scope || *waiver.scope == anomaly.key.scope);
}

}  // namespace

Result<std::vector<FileWaiver>> parse_waivers(std::string_view text) {
  std::vector<FileWaiver> waivers;
  std::vector<std::string> mistakes;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim_spaces(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    WaiverLine reader(number);
    waivers.push_back(reader.read(line));
    mistakes.insert(mistakes.end(), reader.mistakes().begin(), reader.mistakes().end());
  }
  if (mistakes.empty()) return waivers;
  return fatal(ErrorCode::kBadArgument, fmt::format("{}", fmt::join(mistakes, "\n  ")));
}

Result<std::vector<FileWaiver>> load_waivers(const std::string& path) {
  if (path.empty()) return std::vector<FileWaiver>();
  const auto text = read_argument(path, kFileBytesMax);
  if (!text) return with_context("--waivers", text.error());
  auto waivers = parse_waivers(*text);
  if (!waivers) return fatal(ErrorCode::kBadArgument, fmt::format("--waivers {}:\n  {}", path, waivers.error().message));
  return waivers;
}

std::optional<Waiver> find_waiver(const std::vector<FileWaiver>& waivers, const Anomaly& anomaly) {
  for (const FileWaiver& each : waivers)
    if (covers(each, anomaly)) return Waiver{anomaly.id, anomaly.key, each.reason, each.author, 0, each.expires_at, each.values};
  return std::nullopt;
}

Result<UnixMillis> day_from(std::string_view text) {
  using namespace std::chrono;
  int numbers[3] = {0, 0, 0};
  const bool has_shape = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const std::pair<std::size_t, std::size_t> places[] = {{0, 4}, {5, 2}, {8, 2}};
  for (std::size_t i = 0; has_shape && i < 3; ++i) {
    const char* const from = text.data() + places[i].first;
    const auto read = std::from_chars(from, from + places[i].second, numbers[i]);
    if (read.ec != std::errc() || read.ptr != from + places[i].second) numbers[i] = 0;
  }
  const year_month_day day{year(numbers[0]), month(static_cast<unsigned>(numbers[1])), std::chrono::day(static_cast<unsigned>(numbers[2]))};
  if (!has_shape || !day.ok()) return fatal(ErrorCode::kBadArgument, fmt::format("{}：应为日期 / must be a date such as 2027-01-31", text));
  return duration_cast<milliseconds>(sys_days(day).time_since_epoch()).count();
}

std::string day_text(UnixMillis time) {
  using namespace std::chrono;
  const year_month_day day{floor<days>(sys_time<milliseconds>(milliseconds(time)))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

}  // namespace gouji::command
