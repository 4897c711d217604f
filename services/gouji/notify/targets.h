// The receivers of `gouji notify`, as data: one JSON file.
//
//   { "schema": 1,
//     "alertmanagers": [
//       { "name": "am", "url": "http://127.0.0.1:9093", "bearer_file": "/run/secrets/am", "hold": 3600,
//         "filter": { "severity": "warning" } } ],
//     "webhooks": [
//       { "name": "hz", "url": "https://example.org/hook", "shape": "generic", "secret_file": "/run/secrets/hz",
//         "lang": "zh",
//         "filter": { "divisions": ["3301"], "organs": ["杭州市教育局"], "rules": ["T3.*"], "years": [2025],
//                     "severity": "error", "faults": ["PUBLISHER"] } } ] }
//
// "shape": generic, slack, wecom (企业微信), dingtalk (钉钉), feishu (飞书). "url_file" instead of "url" where the
// address is itself a secret, as with group robots. "years" may be "all". "hold": seconds that Alertmanager keeps an
// alert which is not posted again. All mistakes are found at once, each with its place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/gouji/language.h"
#include "services/gouji/notify/filter.h"

namespace gouji::command {

enum class TargetShape { kAlertmanager, kGeneric, kSlack, kWecom, kDingtalk, kFeishu };

struct NotifyTarget {
  std::string name;  // a-z 0-9 - _ . , at most 64: label of its metrics, key of its state
  TargetShape shape = TargetShape::kGeneric;
  std::string url;
  std::string url_file, secret_file, bearer_file;  // read by the shell
  std::string secret, bearer;                      // what stands in those files, without the last line end
  std::int64_t hold_seconds = 3600;
  Language language = Language::kChinese;
  NotifyFilter filter;
};

inline constexpr std::size_t kTargetsMax = 32;

// kFatal BAD_SETTINGS with a line for each mistake; `name` is the file's, for messages.
Result<std::vector<NotifyTarget>> parse_targets(std::string_view json, std::string_view name);
// An Alertmanager given on the command line.
Result<NotifyTarget> alertmanager_target(const std::string& url, std::size_t number);
// "http://…" or "https://…", nothing but printable ASCII, no user name in it; else what is expected.
Result<void> check_target_url(std::string_view url);

}  // namespace gouji::command
