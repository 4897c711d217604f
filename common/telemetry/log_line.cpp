#include "common/telemetry/log_line.h"

#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "common/core/check.h"

namespace gouji::telemetry {

namespace {

constexpr std::string_view kCut = "…";
constexpr char32_t kReplacement = 0xFFFD;

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "DEBUG";
    case LogLevel::kInfo: return "INFO";
    case LogLevel::kWarning: return "WARNING";
    case LogLevel::kError: return "ERROR";
  }
  GOUJI_CHECK(false);
}

struct Decoded {
  char32_t code = kReplacement;
  std::size_t bytes = 1;
};

// The first character of a text that is not empty (RFC 3629); a broken one is one byte long.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return {};
  char32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3FU);
  }
  const bool is_overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (is_overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length};
}

// What could break a line, or change how a terminal or an editor shows it.
bool is_dangerous(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_character(std::string& out, std::string_view text, Decoded decoded) {
  if (decoded.code == '"' || decoded.code == '\\')
    (out += '\\') += static_cast<char>(decoded.code);
  else if (decoded.code == '\n')
    out += "\\n";
  else if (is_dangerous(decoded.code))
    out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(decoded.code));
  else if (decoded.code == kReplacement)
    out += "\xEF\xBF\xBD";
  else
    out += text.substr(0, decoded.bytes);
}

std::string time_text(UnixMillis time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(time));
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds.count()), time - seconds.count() * 1000);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text, std::size_t bytes_max) {
  out += '"';
  const std::size_t start = out.size();
  while (!text.empty()) {
    const Decoded decoded = decode(text);
    const std::size_t before = out.size();
    append_character(out, text, decoded);
    if (out.size() - start > bytes_max) {
      out.resize(before);
      out += kCut;
      break;
    }
    text.remove_prefix(decoded.bytes);
  }
  out += '"';
}

std::string format_log_line(const LogLine& line) {
  constexpr std::string_view kEnd = ",\"cut\":true}";
  constexpr std::size_t kNameBytesMax = 64;
  std::string out = fmt::format(R"({{"time":"{}","level":"{}","program":)", time_text(line.time), to_string(line.level));
  append_json_string(out, line.program, kNameBytesMax);
  out += ",\"event\":";
  append_json_string(out, line.event, kNameBytesMax);
  for (const auto& [name, value] : line.fields) {
    const std::size_t before = out.size();
    out += ',';
    append_json_string(out, name, kNameBytesMax);
    out += ':';
    append_json_string(out, value, kLogValueBytesMax);
    if (out.size() + kEnd.size() > kLogLineBytesMax) {
      out.resize(before);
      return out += kEnd;
    }
  }
  return out += '}';
}

}  // namespace gouji::telemetry
