#include "services/parser/core/office/mhtml.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "common/text/ascii.h"
#include "services/parser/core/html_extract.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kHeaderBytesMax = 8'192;
constexpr std::size_t kPartsMax = 2'000;

// Headers up to the empty line, and where the body begins.
struct Headers {
  std::string text;  // in lower case, with the lines that belong together on one
  std::string_view raw;
  std::size_t body = 0;

  // The value of a header, or of a parameter in one: what follows `key`.
  std::string_view find(std::string_view key) const {
    const std::size_t at = text.find(key);
    if (at == text.npos) return {};
    std::string_view value = std::string_view(text).substr(at + key.size());
    while (!value.empty() && (value[0] == ' ' || value[0] == '"')) value.remove_prefix(1);
    return value.substr(0, value.find_first_of("\";\n "));
  }
};

Headers read_headers(std::string_view bytes) {
  Headers headers;
  const std::string_view head = bytes.substr(0, kHeaderBytesMax);
  std::size_t end = head.size(), skipped = 0;
  for (const std::string_view gap : {"\r\n\r\n", "\n\n"}) {
    const std::size_t at = head.find(gap);
    if (at < end) {
      end = at;
      skipped = gap.size();
    }
  }
  headers.raw = head.substr(0, end);
  headers.body = std::min(end + skipped, bytes.size());
  headers.text = ascii_lower(headers.raw);
  std::erase(headers.text, '\r');
  for (std::size_t at = headers.text.find('\n'); at != headers.text.npos; at = headers.text.find('\n', at + 1)) {
    const bool goes_on = at + 1 < headers.text.size() && (headers.text[at + 1] == ' ' || headers.text[at + 1] == '\t');
    if (goes_on) headers.text[at] = headers.text[at + 1] = ' ';
  }
  return headers;
}

std::string from_quoted_printable(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=') {
      bytes.push_back(text[at]);
      continue;
    }
    const int high = at + 1 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? hex_digit(text[at + 2]) : -1;
    if (high >= 0 && low >= 0) {
      bytes.push_back(static_cast<char>(high * 16 + low));
      at += 2;
    } else if (at + 1 < text.size() && text[at + 1] == '\n') {
      at += 1;
    } else if (at + 2 < text.size() && text[at + 1] == '\r' && text[at + 2] == '\n') {
      at += 2;
    } else {
      bytes.push_back('=');
    }
  }
  return bytes;
}

std::string from_base64(std::string_view text) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static const std::array<signed char, 256> kValues = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kDigits.size(); ++i) values[static_cast<unsigned char>(kDigits[i])] = static_cast<signed char>(i);
    return values;
  }();
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = kValues[static_cast<unsigned char>(c)];
    if (value < 0) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    if ((count += 6) < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return bytes;
}

struct Part {
  std::string html;
  std::string charset;
  std::size_t begin = 0, end = 0;
};

Part decoded(const Headers& headers, std::string_view bytes, std::size_t begin, std::size_t end) {
  const std::string_view body = bytes.substr(begin, end - begin);
  const std::string_view encoding = headers.find("content-transfer-encoding:");
  Part part{{}, std::string(headers.find("charset=")), begin, end};
  part.html = encoding == "base64" ? from_base64(body) : encoding == "quoted-printable" ? from_quoted_printable(body) : std::string(body);
  return part;
}

// The first part that is a page; the message itself where it has only one body.
std::optional<Part> find_page(std::string_view bytes) {
  const Headers own = read_headers(bytes);
  // multipart/related says of which type its first part is: type="text/html".
  if (!own.find("content-type:").starts_with("multipart/")) {
    if (own.text.find("text/html") == own.text.npos) return std::nullopt;
    return decoded(own, bytes, own.body, bytes.size());
  }
  std::string_view boundary = own.find("boundary=");
  // The boundary is case-sensitive, so it is taken from the raw headers.
  const std::string raw_low = ascii_lower(own.raw);
  const std::size_t raw = raw_low.find(boundary);
  if (boundary.empty() || raw == raw_low.npos) return std::nullopt;
  const std::string line = "--" + std::string(own.raw.substr(raw, boundary.size()));
  std::size_t at = bytes.find(line, own.body);
  for (std::size_t i = 0; i < kPartsMax && at != bytes.npos; ++i) {
    const std::size_t begin = at + line.size();
    at = bytes.find(line, begin);
    const std::size_t end = std::min(at, bytes.size());
    const std::size_t head = std::min(bytes.find_first_not_of("\r\n", begin), end);
    const Headers headers = read_headers(bytes.substr(head, end - head));
    if (headers.find("content-type:") == "text/html") return decoded(headers, bytes, head + headers.body, end);
  }
  return std::nullopt;
}

}  // namespace

bool is_mhtml(std::string_view head) {
  constexpr std::string_view kFirstHeaders[] = {"mime-version:", "from:", "content-type:", "subject:", "date:"};
  const bool is_message = std::any_of(std::begin(kFirstHeaders), std::end(kFirstHeaders), [&](std::string_view name) {
    return ascii_lower(head.substr(0, name.size())) == name;
  });
  if (!is_message) return false;
  const std::string low = ascii_lower(head.substr(0, 4'096));
  return low.find("content-type:") != low.npos &&
         (low.find("multipart/") != low.npos || low.find("text/html") != low.npos);
}

ExtractOutcome extract_mhtml(const Source& source) {
  const std::optional<Part> page = find_page(source.bytes);
  if (!page) return Reason{"MHTML_WITHOUT_HTML", "单个网页文件中没有网页 / no page in the MIME message"};
  ExtractOutcome outcome = extract_html({page->html, "text/html", page->charset});
  if (auto* const document = std::get_if<Document>(&outcome)) {
    SourceRun whole;
    whole.text.end = static_cast<std::uint32_t>(document->text.size());
    whole.where.begin = static_cast<std::int64_t>(page->begin);
    whole.where.end = static_cast<std::int64_t>(page->end);
    document->runs = {whole};
  }
  return outcome;
}

}  // namespace gouji::parser
