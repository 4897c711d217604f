#include "common/report/report_key.h"

#include <charconv>
#include <utility>

namespace gouji {
namespace {

constexpr std::pair<Scope, std::string_view> kScopes[] = {{Scope::kUnknown, "UNKNOWN"},
                                                          {Scope::kOwn, "OWN"},
                                                          {Scope::kAggregate, "AGGREGATE"},
                                                          {Scope::kSystem, "SYSTEM"}};

Error malformed(std::string_view text, std::string_view why) {
  return invalid_input(ErrorCode::kMalformed,
                       "report key \"" + std::string(text) + "\": " + std::string(why) +
                           "; a key is <organ id>/<year>/<scope>");
}

}  // namespace

std::string_view to_string(Scope scope) {
  for (const auto& [known, name] : kScopes)
    if (known == scope) return name;
  return "";
}

Result<Scope> scope_from(std::string_view name) {
  for (const auto& [scope, known] : kScopes)
    if (known == name) return scope;
  return invalid_input(ErrorCode::kMalformed, "scope \"" + std::string(name) +
                                                  "\" is not known; known are OWN, AGGREGATE, SYSTEM, UNKNOWN");
}

std::string to_string(const ReportKey& key) {
  return key.organ_id + "/" + std::to_string(key.year) + "/" + std::string(to_string(key.scope));
}

Result<ReportKey> report_key_from(std::string_view text) {
  const std::size_t second = text.rfind('/');
  if (second == std::string_view::npos || second == 0) return malformed(text, "it has no scope");
  const std::size_t first = text.rfind('/', second - 1);
  if (first == std::string_view::npos || first == 0) return malformed(text, "it has no year");
  const std::string_view organ = text.substr(0, first);
  if (organ.find('/') != std::string_view::npos) return malformed(text, "an organ id holds no slash");
  const std::string_view digits = text.substr(first + 1, second - first - 1);
  std::int32_t year = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), year);
  if (failure != std::errc() || end != digits.data() + digits.size() || year < 0 || year > 9999)
    return malformed(text, "the year is no number from 0 to 9999");
  GOUJI_ASSIGN(const Scope scope, scope_from(text.substr(second + 1)));
  return ReportKey{std::string(organ), year, scope};
}

ReportKey unidentified_key(std::string_view location_id, Scope scope) {
  return {"location:" + std::string(location_id), 0, scope};
}

}  // namespace gouji
