#include "services/validator/settings.h"

#include <fmt/format.h>

#include "common/runtime/settings_file.h"
#include "services/validator/core/rules.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;

}  // namespace

std::vector<runtime::SettingSpec> setting_specs() {
  return {{"severities", runtime::SettingKind::kText, "", "规则级别文件，每行 RULE = error|warning|info",
           "file of other severities for rules, lines of RULE = error|warning|info"}};
}

Result<void> load_severities(const std::string& path) {
  if (path.empty()) return ok();
  const auto text = runtime::read_small_file(path, kFileBytesMax);
  if (!text) return with_context("severities", text.error());
  auto severities = parse_severities(*text);
  if (!severities) return fatal(ErrorCode::kBadSettings, fmt::format("severities {}: {}", path, severities.error().message));
  set_severities(std::move(*severities));
  return ok();
}

}  // namespace gouji::validator
