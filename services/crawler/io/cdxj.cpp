#include "services/crawler/io/cdxj.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "common/text/ascii.h"
#include "services/crawler/core/json_value.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

namespace {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

// "20261121200501" of "2026-11-21T20:05:01.123Z".
std::string stamp_of(std::string_view date) {
  std::string digits;
  for (const char c : date.substr(0, 19)) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  return digits;
}

std::string status_of(std::string_view head) {
  const auto space = head.find(' ');
  return space == std::string_view::npos ? "-" : std::string(head.substr(space + 1, 3));
}

// The media type of an HTTP head without its parameters; "-" when it names none.
std::string media_type_of(std::string_view head) {
  static constexpr std::string_view kName = "content-type:";
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() <= kName.size()) continue;
    if (!equals_ignoring_case(line.substr(0, kName.size()), kName)) continue;
    std::string_view value = line.substr(kName.size());
    value = value.substr(0, value.find(';'));
    const auto first = value.find_first_not_of(' '), last = value.find_last_not_of(' ');
    return first == std::string_view::npos ? "-" : std::string(value.substr(first, last - first + 1));
  }
  return "-";
}

}  // namespace

std::string cdxj_key(std::string_view text) {
  const auto url = parse_url(text);
  if (!url) return std::string(text.substr(0, text.find_first_of(" \r\n")));
  std::string turned;
  if (url->host.find_first_not_of("0123456789.") == std::string::npos || url->host.starts_with('[')) {
    turned = url->host;
  } else {
    std::string_view left = url->host;
    while (!left.empty()) {
      const auto dot = left.rfind('.');
      const std::string_view label = dot == std::string_view::npos ? left : left.substr(dot + 1);
      turned += (turned.empty() ? "" : ",") + std::string(label);
      left = dot == std::string_view::npos ? std::string_view() : left.substr(0, dot);
    }
  }
  const bool is_usual_port = url->port == (url->scheme == "https" ? 443 : 80);
  return turned + (is_usual_port ? "" : ":" + std::to_string(url->port)) + ")" + url->path + url->query;
}

std::optional<std::string> cdxj_line(const WarcRecord& record, std::string_view file) {
  const std::string_view type = record.field("WARC-Type");
  if (type != "response" && type != "revisit") return std::nullopt;
  const std::string_view url = record.field("WARC-Target-URI");
  const std::string_view head = split_http(record.block).head;
  return fmt::format(R"({} {} {{"url": {}, "mime": {}, "status": {}, "digest": {}, "length": "{}", "offset": "{}", "filename": {}}})"
                     "\n",
                     cdxj_key(url), stamp_of(record.field("WARC-Date")), json_text(url),
                     json_text(type == "revisit" ? "warc/revisit" : media_type_of(head)), json_text(status_of(head)),
                     json_text(record.field("WARC-Payload-Digest")), record.length, record.offset, json_text(file));
}

std::optional<CdxjEntry> cdxj_entry(std::string_view line) {
  const auto json = line.find('{');
  const auto fields = json == std::string_view::npos ? Result<JsonValue>(JsonValue{}) : parse_json(line.substr(json));
  if (!fields || !fields->is_object()) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const JsonValue* value = fields->member(name);
    return value == nullptr ? std::string() : value->text;
  };
  CdxjEntry entry{text("url"), text("digest"), text("filename"), 0, text("mime") == "warc/revisit"};
  const std::string offset = text("offset");
  const auto end = offset.data() + offset.size();
  const bool is_number = !offset.empty() && std::from_chars(offset.data(), end, entry.offset).ptr == end;
  return is_number && !entry.url.empty() && !entry.file.empty() ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace gouji::crawler
