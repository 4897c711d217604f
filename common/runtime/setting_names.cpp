#include "common/runtime/setting_names.h"

namespace gouji::runtime {

std::string file_name(const SettingSpec& spec) { return spec.is_secret ? spec.name + "_file" : spec.name; }

std::string environment_name(const SettingSpec& spec) {
  std::string name = "GOUJI_";
  for (const char c : file_name(spec)) {
    if (c == '.')
      name += "__";
    else
      name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

std::string flag_name(const SettingSpec& spec) {
  std::string name = "--" + file_name(spec);
  for (char& c : name)
    if (c == '.' || c == '_') c = '-';
  return name;
}

}  // namespace gouji::runtime
