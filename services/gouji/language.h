// The two languages of the command's messages; Chinese is the default.
#pragma once

#include <cstdint>
#include <string_view>

namespace gouji::command {

enum class Language : std::uint8_t { kChinese, kEnglish };

inline std::string_view in(Language language, std::string_view zh, std::string_view en) {
  return language == Language::kChinese ? zh : en;
}

}  // namespace gouji::command
