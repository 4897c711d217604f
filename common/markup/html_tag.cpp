#include "common/markup/html_tag.h"

#include <array>
#include <cstring>

namespace gouji {
namespace {

enum : std::uint8_t { kWhiteBit = 1, kEndsName = 2 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned char c : {' ', '\t', '\n', '\r', '\f'}) classes[c] = kWhiteBit | kEndsName;
  for (unsigned char c : {'/', '>', '='}) classes[c] = kEndsName;
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is_white(char c) { return (kClasses[static_cast<unsigned char>(c)] & kWhiteBit) != 0; }
bool ends_name(char c) { return (kClasses[static_cast<unsigned char>(c)] & kEndsName) != 0; }

bool equals(std::string_view name, std::string_view lower) {
  if (name.size() != lower.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((name[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::string_view HtmlTagReader::read_value(std::size_t at, std::size_t& end) {
  const char quote = html_[at];
  if (quote == '"' || quote == '\'') {
    bool& is_missing = is_quote_missing_[quote == '"' ? 0 : 1];
    const void* found =
        is_missing ? nullptr : std::memchr(html_.data() + at + 1, quote, html_.size() - at - 1);
    if (found != nullptr) {
      const auto close = static_cast<std::size_t>(static_cast<const char*>(found) - html_.data());
      end = close + 1;
      return html_.substr(at + 1, close - at - 1);
    }
    is_missing = true;
  }
  end = at;
  while (end < html_.size() && !is_white(html_[end]) && html_[end] != '>') ++end;
  return html_.substr(at, end - at);
}

HtmlTagReader::Attribute HtmlTagReader::read_attribute(std::size_t at) {
  Attribute attribute;
  std::size_t end = at + 1;  // a first = belongs to the name
  while (end < html_.size() && !ends_name(html_[end])) ++end;
  attribute.name = html_.substr(at, end - at);
  attribute.end = end;
  std::size_t next = end;
  while (next < html_.size() && is_white(html_[next])) ++next;
  if (next >= html_.size() || html_[next] != '=') return attribute;
  ++next;
  while (next < html_.size() && is_white(html_[next])) ++next;
  attribute.end = next;
  if (next < html_.size() && html_[next] != '>') attribute.value = read_value(next, attribute.end);
  return attribute;
}

void HtmlTagReader::keep(HtmlTag& tag, const Attribute& attribute) {
  const std::string_view name = attribute.name;
  const auto set = [&](std::string_view lower, std::string_view& place) {
    if (place.data() == nullptr && equals(name, lower)) place = attribute.value;
  };
  switch (name.size()) {
    case 3: set("src", tag.first); set("alt", tag.second); break;
    case 4: set("href", tag.first); set("name", tag.first); break;
    case 5: set("style", tag.style); break;
    case 6: tag.is_hidden = tag.is_hidden || equals(name, "hidden"); break;
    case 7: set("colspan", tag.first); set("rowspan", tag.second); set("content", tag.second); break;
    case 8: set("property", tag.first); break;
    case 10: set("http-equiv", tag.first); break;
    default: break;
  }
}

HtmlTag HtmlTagReader::read(std::size_t at) {
  HtmlTag tag;
  tag.is_end = html_[at + 1] == '/';
  const std::size_t name = at + (tag.is_end ? 2 : 1);
  std::size_t next = name;
  while (next < html_.size() && !ends_name(html_[next])) ++next;
  tag.name = html_.substr(name, next - name);
  for (std::uint32_t count = 0; next < html_.size() && html_[next] != '>';) {
    if (is_white(html_[next]) || html_[next] == '/') {
      ++next;
      continue;
    }
    const Attribute attribute = read_attribute(next);
    next = attribute.end;
    if (count++ < attributes_max_) {
      keep(tag, attribute);
    } else {
      tag.has_too_many_attributes = true;
    }
  }
  tag.end = next < html_.size() ? next + 1 : next;
  return tag;
}

}  // namespace gouji
