// Settings of a program: defaults < YAML file < GOUJI_… environment < flags. All mistakes are
// reported together, before anything connects; an unknown name is a mistake, with the nearest known
// name as a hint.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/result.h"

namespace gouji::runtime {

enum class SettingKind { kText, kInteger, kBool, kDuration, kBytes, kTextList, kTextMap };

// One setting. Its name in the file is dotted ("kafka.bootstrap"), in the environment
// GOUJI_KAFKA__BOOTSTRAP, as a flag --kafka-bootstrap. With `is_secret` only a file is accepted:
// name + "_file" / GOUJI_…_FILE / --…-file, and show() prints "***".
struct SettingSpec {
  std::string name;
  SettingKind kind = SettingKind::kText;
  std::string default_value;  // as it would be written; empty text = not set
  std::string help_zh;
  std::string help_en;
  bool is_secret = false;
  std::int64_t min = 0;       // of integers, durations (ms) and bytes
  std::int64_t max = INT64_MAX;
  std::vector<std::string> choices{};  // of a text: no other is taken; empty = any
};

class Settings {
 public:
  const std::string& text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  bool flag(std::string_view name) const;
  std::chrono::milliseconds duration(std::string_view name) const;  // "250ms", "5s", "10m", "24h", "400d"
  std::int64_t bytes(std::string_view name) const;                  // "512KiB", "32MiB", "1000"
  const std::vector<std::string>& list(std::string_view name) const;
  const std::map<std::string, std::string>& map(std::string_view name) const;
  // Where each value came from ("default", "file FILE", "environment", "flag"); secrets masked.
  std::string show() const;

 private:
  friend class SettingsLoader;
  struct Value {
    SettingSpec spec;
    std::string text;
    std::vector<std::string> list;
    std::map<std::string, std::string> map;
    std::int64_t number = 0;
    std::string origin;
  };
  const Value& get(std::string_view name, SettingKind kind) const;  // an unknown name is a bug
  std::map<std::string, Value, std::less<>> values_;
};

struct SettingSources {
  std::optional<std::string> file;                  // path of the YAML file, if any
  std::map<std::string, std::string> environment;   // only GOUJI_… matters
  std::vector<std::pair<std::string, std::string>> flags;  // dotted name → value, in order
};

// kFatal BAD_SETTINGS with one line per mistake: place, name, value, what is expected.
Result<Settings> load_settings(const std::vector<SettingSpec>& specs, const SettingSources& sources);

// The flags of a service: --config FILE, --help, --version and one flag per setting. `exit_code` is
// set when the program should end at once (help shown, or usage error: 64 after a message).
struct ServiceCommandLine {
  std::optional<int> exit_code;
  SettingSources sources;
};
ServiceCommandLine parse_service_flags(int argc, char** argv, std::string_view program,
                                       std::string_view summary, const std::vector<SettingSpec>& specs);

// The GOUJI_… part of this process's environment.
std::map<std::string, std::string> gouji_environment();

}  // namespace gouji::runtime
