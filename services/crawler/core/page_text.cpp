#include "services/crawler/core/page_text.h"

#include <algorithm>

#include "common/markup/html.h"
#include "common/text/charset.h"

namespace gouji::crawler {

namespace {

std::string charset_of(std::string_view media_type) {
  const auto at = media_type.find("charset=");
  if (at == std::string_view::npos) return {};
  std::string_view value = media_type.substr(at + 8);
  value = value.substr(0, value.find(';'));
  value.remove_prefix(std::min(value.find_first_not_of("\" "), value.size()));
  return std::string(value.substr(0, value.find_first_of("\" ")));
}

}  // namespace

Result<std::string> page_text(std::string_view bytes, std::string_view media_type) {
  const std::string declared = charset_of(media_type);
  GOUJI_ASSIGN(const CharsetDecision decision, decide_charset(bytes, {declared, html_charset_label(bytes)}));
  return decode_text(bytes, decision);
}

}  // namespace gouji::crawler
