#include "services/validator/settings.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "services/validator/core/rules.h"

namespace gouji::validator {

std::vector<runtime::SettingSpec> setting_specs() {
  return {{"severities", runtime::SettingKind::kText, "", "规则级别文件，每行 RULE = error|warning|info",
           "file of other severities for rules, lines of RULE = error|warning|info"}};
}

Result<void> load_severities(const std::string& path) {
  if (path.empty()) return ok();
  std::ifstream file(path, std::ios::binary);
  if (!file) return fatal(ErrorCode::kUnreadable, fmt::format("severities {}：无法读取 / cannot be read", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  auto severities = parse_severities(text);
  if (!severities) return fatal(ErrorCode::kBadSettings, fmt::format("severities {}: {}", path, severities.error().message));
  set_severities(std::move(*severities));
  return ok();
}

}  // namespace gouji::validator
