#include "tests/contract/golden_record.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace gouji::contract {

namespace {

constexpr std::size_t kBytesALine = 64;

std::string escaped(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    line += byte >= 0x20 && byte < 0x7F && c != '%' ? std::string(1, c) : fmt::format("%{:02x}", byte);
  }
  return line;
}

char byte_of(const std::string& text, std::size_t at) { return static_cast<char>(std::stoi(text.substr(at, 2), nullptr, 16)); }

std::string unescaped(const std::string& line) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    text += line[i] == '%' ? byte_of(line, i + 1) : line[i];
    if (line[i] == '%') i += 2;
  }
  return text;
}

}  // namespace

std::string text_of(const GoldenRecord& golden) {
  std::string text = "topic: " + golden.topic + "\nkey: " + escaped(golden.record.key.value_or("")) + "\n";
  for (const Header& header : golden.record.headers) text += header.name + ": " + escaped(header.value.value_or("")) + "\n";
  const std::string value = golden.record.value.value_or("");
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i % kBytesALine == 0) text += '\n';
    text += fmt::format("{:02x}", static_cast<unsigned char>(value[i]));
  }
  return text + "\n";
}

GoldenRecord golden_record_of(const std::string& name, const std::string& text) {
  GoldenRecord golden{name, {}, {std::nullopt, "", {}, 0}};
  std::size_t at = 0;
  for (bool is_value = false; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (is_value || line.empty()) {
      is_value = true;
    } else if (const std::size_t colon = line.find(": "); colon == std::string::npos) {
      // The first line of the value follows the headers directly.
      is_value = true;
    } else {
      const std::string value = unescaped(line.substr(colon + 2));
      if (line.starts_with("topic: ")) golden.topic = value;
      else if (line.starts_with("key: ")) golden.record.key = value;
      else golden.record.headers.push_back({line.substr(0, colon), value});
      continue;
    }
    for (std::size_t i = 0; i + 1 < line.size(); i += 2) *golden.record.value += byte_of(line, i);
  }
  return golden;
}

std::vector<GoldenRecord> golden_records(const std::string& folder) {
  std::vector<GoldenRecord> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".record") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    all.push_back(golden_record_of(entry.path().stem().string(), {std::istreambuf_iterator<char>(file), {}}));
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

}  // namespace gouji::contract
