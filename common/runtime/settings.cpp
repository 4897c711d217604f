#include "common/runtime/settings.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "common/core/check.h"
#include "common/runtime/setting_names.h"
#include "common/runtime/setting_value.h"
#include "common/runtime/settings_file.h"

namespace gouji::runtime {

namespace {

constexpr std::size_t kSecretBytesMax = 64 * 1024;
constexpr std::size_t kMistakesMax = 50;
constexpr std::size_t kShownValueMax = 80;
constexpr std::string_view kPrefix = "GOUJI_";

// Variables that belong to the build, the tests, or to Kubernetes, which invents
// GOUJI_PARSER_SERVICE_HOST and the like in every pod beside a service named gouji-parser.
bool is_foreign_variable(std::string_view name) {
  if (name.find("__") != std::string_view::npos) return false;  // only settings are spelled so
  for (const std::string_view own : {"GOUJI_BIN", "GOUJI_CACHE"})
    if (name == own) return true;
  return name.starts_with("GOUJI_TEST_") || name.ends_with("_SERVICE_HOST") ||
         name.find("_SERVICE_PORT") != std::string_view::npos || name.ends_with("_PORT") ||
         name.find("_TCP") != std::string_view::npos || name.find("_UDP") != std::string_view::npos;
}

std::string shown(std::string_view text) {
  std::string cut(text.substr(0, kShownValueMax));
  for (char& c : cut)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return text.size() > kShownValueMax ? cut + "…" : cut;
}

// A double-quoted YAML scalar.
std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

FileEntry scalar_entry(std::string_view name, std::string place, std::string_view text) {
  FileEntry entry;
  entry.name = name;
  entry.place = std::move(place);
  entry.scalar = text;
  return entry;
}

}  // namespace

// Collects values and mistakes from one source after the other; a later source wins.
class SettingsLoader {
 public:
  explicit SettingsLoader(const std::vector<SettingSpec>& specs) {
    for (const auto& spec : specs) {
      Settings::Value value;
      value.spec = spec;
      GOUJI_CHECK(settings_.values_.emplace(spec.name, value).second);  // two of one name
      if (spec.default_value.empty()) {
        settings_.values_[spec.name].origin = "default";
        continue;
      }
      GOUJI_CHECK(!spec.is_secret);
      take(spec, scalar_entry(spec.name, "default", spec.default_value), "default");
      GOUJI_CHECK(mistakes_.empty());  // a default must be a possible value
    }
  }

  void take_file(const std::string& path) {
    auto entries = read_settings_file(path, [this](std::string_view name) { return is_section(name); });
    if (!entries) {
      mistakes_.push_back(entries.error().message);
      return;
    }
    for (const auto& entry : *entries) {
      const auto* spec = find([&](const SettingSpec& s) { return file_name(s) == entry.name; });
      if (!entry.mistake.empty())
        mistake(entry.place, entry.name, entry.mistake);
      else if (spec == nullptr)
        unknown(entry.place, entry.name, file_names());
      else
        take(*spec, entry, "file " + entry.place);
    }
  }

  void take_environment(const std::map<std::string, std::string>& environment) {
    for (const auto& [name, text] : environment) {
      if (!name.starts_with(kPrefix)) continue;
      const auto* spec = find([&, &wanted = name](const SettingSpec& s) { return environment_name(s) == wanted; });
      if (spec != nullptr)
        take(*spec, scalar_entry(file_name(*spec), "environment " + name, text), "environment");
      else if (!is_foreign_variable(name))
        unknown("environment", name, spellings(environment_name));
    }
  }

  void take_flags(const std::vector<std::pair<std::string, std::string>>& flags) {
    for (const auto& [name, text] : flags) {
      const auto* spec = find(
          [&, &wanted = name](const SettingSpec& s) { return s.name == wanted || file_name(s) == wanted; });
      if (spec == nullptr)
        unknown("flag", name, file_names());
      else
        take(*spec, scalar_entry(file_name(*spec), "flag " + flag_name(*spec), text), "flag");
    }
  }

  Result<Settings> finish() && {
    if (mistakes_.empty()) return std::move(settings_);
    std::string message = fmt::format("设置有 {0} 处错误 / {0} mistake{1} in the settings:", mistakes_.size(),
                                      mistakes_.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < std::min(mistakes_.size(), kMistakesMax); ++i) message += "\n  " + mistakes_[i];
    if (mistakes_.size() > kMistakesMax) message += "\n  …";
    return fatal(ErrorCode::kBadSettings, std::move(message));
  }

 private:
  template <typename Predicate>
  const SettingSpec* find(Predicate is_wanted) const {
    for (const auto& [name, value] : settings_.values_)
      if (is_wanted(value.spec)) return &value.spec;
    return nullptr;
  }

  bool is_section(std::string_view name) const {
    const std::string start = std::string(name) + ".";
    return find([&](const SettingSpec& s) { return s.name == name; }) == nullptr &&
           find([&](const SettingSpec& s) { return s.name.starts_with(start); }) != nullptr;
  }

  std::vector<std::string> spellings(std::string (*spell)(const SettingSpec&)) const {
    std::vector<std::string> names;
    for (const auto& [name, value] : settings_.values_) names.push_back(spell(value.spec));
    return names;
  }

  std::vector<std::string> file_names() const {  // and the sections, which can be mistyped too
    auto names = spellings(file_name);
    std::set<std::string> sections;
    for (const auto& name : names)
      for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
        sections.insert(name.substr(0, dot));
    names.insert(names.end(), sections.begin(), sections.end());
    return names;
  }

  void mistake(std::string_view place, std::string_view name, std::string_view what) {
    mistakes_.push_back(fmt::format("{}: {}: {}", place, shown(name), what));
  }

  void unknown(std::string_view place, const std::string& name, const std::vector<std::string>& names) {
    const auto* secret = find([&](const SettingSpec& s) { return s.is_secret && s.name == name; });
    if (secret != nullptr)
      return mistake(place, name, fmt::format("is a secret and is only read from a file: set {}", file_name(*secret)));
    const auto hint = nearest_name(name, names);
    mistake(place, name, hint ? fmt::format("unknown setting; did you mean {}?", *hint) : "unknown setting");
  }

  void take(const SettingSpec& spec, const FileEntry& entry, const std::string& origin) {
    Settings::Value& value = settings_.values_.find(spec.name)->second;
    const bool is_same_source = value.origin == origin;  // a flag given again adds to a list
    const bool is_taken = spec.is_secret                         ? take_secret(value, entry)
                          : spec.kind == SettingKind::kTextList ? take_list(value, entry, is_same_source)
                          : spec.kind == SettingKind::kTextMap  ? take_map(value, entry, is_same_source)
                                                                : take_scalar(value, entry);
    if (is_taken) value.origin = origin;
  }

  bool refuse(const Settings::Value& value, const FileEntry& entry) {
    const std::string expected = expected_value(value.spec);
    if (entry.form == NodeForm::kScalar)
      mistake(entry.place, entry.name, fmt::format("'{}' is not {}", shown(entry.scalar), expected));
    else
      mistake(entry.place, entry.name, fmt::format("expected {}", expected));
    return false;
  }

  bool take_scalar(Settings::Value& value, const FileEntry& entry) {
    if (entry.form != NodeForm::kScalar) return refuse(value, entry);
    const std::vector<std::string>& choices = value.spec.choices;
    if (!choices.empty() && std::find(choices.begin(), choices.end(), entry.scalar) == choices.end()) return refuse(value, entry);
    if (value.spec.kind != SettingKind::kText) {
      const auto number = parse_number(value.spec, entry.scalar);
      if (!number) return refuse(value, entry);
      value.number = *number;
    }
    value.text = entry.scalar;
    return true;
  }

  bool take_secret(Settings::Value& value, const FileEntry& entry) {
    if (entry.form != NodeForm::kScalar || entry.scalar.empty()) {
      mistake(entry.place, entry.name, "expected the path of a file that holds the secret");
      return false;
    }
    auto bytes = read_small_file(entry.scalar, kSecretBytesMax);
    if (!bytes) {
      mistake(entry.place, entry.name, bytes.error().message);
      return false;
    }
    while (!bytes->empty() && (bytes->back() == '\n' || bytes->back() == '\r')) bytes->pop_back();
    if (bytes->empty()) {
      mistake(entry.place, entry.name, fmt::format("{}: is empty", entry.scalar));
      return false;
    }
    value.text = *std::move(bytes);
    return true;
  }

  bool take_list(Settings::Value& value, const FileEntry& entry, bool adds) {
    if (entry.form != NodeForm::kScalar && entry.form != NodeForm::kList) return refuse(value, entry);
    auto items = entry.form == NodeForm::kList ? entry.list : parse_list(entry.scalar);
    if (!adds) value.list.clear();
    value.list.insert(value.list.end(), items.begin(), items.end());
    return true;
  }

  bool take_map(Settings::Value& value, const FileEntry& entry, bool adds) {
    std::map<std::string, std::string> items(entry.pairs.begin(), entry.pairs.end());
    if (entry.form == NodeForm::kScalar) {
      auto parsed = parse_map(entry.scalar);
      if (!parsed) return refuse(value, entry);
      items = *std::move(parsed);
    } else if (entry.form != NodeForm::kMap) {
      return refuse(value, entry);
    } else if (items.size() != entry.pairs.size()) {
      mistake(entry.place, entry.name, "a name stands twice in it");
      return false;
    }
    if (!adds) value.map.clear();
    for (auto& [name, text] : items) value.map.insert_or_assign(name, text);
    return true;
  }

  Settings settings_;
  std::vector<std::string> mistakes_;
};

const Settings::Value& Settings::get(std::string_view name, SettingKind kind) const {
  const auto found = values_.find(name);
  GOUJI_CHECK(found != values_.end());
  GOUJI_CHECK(found->second.spec.kind == kind);
  return found->second;
}

const std::string& Settings::text(std::string_view name) const { return get(name, SettingKind::kText).text; }

std::int64_t Settings::integer(std::string_view name) const { return get(name, SettingKind::kInteger).number; }

bool Settings::flag(std::string_view name) const { return get(name, SettingKind::kBool).number != 0; }

std::chrono::milliseconds Settings::duration(std::string_view name) const {
  return std::chrono::milliseconds(get(name, SettingKind::kDuration).number);
}

std::int64_t Settings::bytes(std::string_view name) const { return get(name, SettingKind::kBytes).number; }

const std::vector<std::string>& Settings::list(std::string_view name) const {
  return get(name, SettingKind::kTextList).list;
}

const std::map<std::string, std::string>& Settings::map(std::string_view name) const {
  return get(name, SettingKind::kTextMap).map;
}

std::string Settings::show() const {
  std::string out;
  for (const auto& [name, value] : values_) {
    std::string text = in_quotes(value.spec.is_secret && !value.text.empty() ? "***" : value.text);
    if (value.spec.kind == SettingKind::kTextList) {
      text.clear();
      for (const auto& item : value.list) text += (text.empty() ? "" : ", ") + in_quotes(item);
      text = "[" + text + "]";
    } else if (value.spec.kind == SettingKind::kTextMap) {
      text.clear();
      for (const auto& [key, item] : value.map) text += (text.empty() ? "" : ", ") + in_quotes(key) + ": " + in_quotes(item);
      text = "{" + text + "}";
    } else if (value.spec.kind != SettingKind::kText && value.text.empty()) {
      text = "~";
    }
    out += fmt::format("{}: {}  # {}\n", name, text, value.origin);
  }
  return out;
}

Result<Settings> load_settings(const std::vector<SettingSpec>& specs, const SettingSources& sources) {
  SettingsLoader loader(specs);
  if (sources.file) loader.take_file(*sources.file);
  loader.take_environment(sources.environment);
  loader.take_flags(sources.flags);
  return std::move(loader).finish();
}

std::map<std::string, std::string> gouji_environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (text.starts_with(kPrefix) && equals != std::string_view::npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace gouji::runtime
