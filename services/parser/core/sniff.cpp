#include "services/parser/core/sniff.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <string>

#include "common/text/ascii.h"
#include "common/text/utf8.h"
#include "services/parser/core/office/mhtml.h"

namespace gouji::parser {
namespace {

// How much of a document tells what it is.
constexpr std::size_t kHeadBytes = 64 * 1024;

struct Magic {
  std::string_view bytes;
  Format format;
};

constexpr Magic kMagics[] = {
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Format::kOle},
    {"{\\rtf", Format::kRtf},
    {"\x89PNG\r\n\x1A\n", Format::kPng},
    {"\xFF\xD8\xFF", Format::kJpeg},
    {std::string_view("II*\0", 4), Format::kTiff},
    {std::string_view("MM\0*", 4), Format::kTiff},
    {"GIF87a", Format::kGif},
    {"GIF89a", Format::kGif},
    {"\x1F\x8B\x08", Format::kGzip},
    {"Rar!\x1A\x07", Format::kRar},
};

struct FormatName {
  Format format;
  std::string_view name;
  std::string_view media_type;
};

constexpr FormatName kNames[] = {
    {Format::kEmpty, "EMPTY", "application/x-empty"},
    {Format::kHtml, "HTML", "text/html"},
    {Format::kJson, "JSON", "application/json"},
    {Format::kScript, "JAVASCRIPT", "text/javascript"},
    {Format::kText, "TEXT", "text/plain"},
    {Format::kPdf, "PDF", "application/pdf"},
    {Format::kZip, "ZIP", "application/zip"},
    {Format::kDocx, "DOCX",
     "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {Format::kXlsx, "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {Format::kOfd, "OFD", "application/ofd"},
    {Format::kOdt, "ODT", "application/vnd.oasis.opendocument.text"},
    {Format::kOds, "ODS", "application/vnd.oasis.opendocument.spreadsheet"},
    {Format::kOle, "OLE", "application/x-ole-storage"},
    {Format::kRtf, "RTF", "application/rtf"},
    {Format::kMhtml, "MHTML", "multipart/related"},
    {Format::kPng, "PNG", "image/png"},
    {Format::kJpeg, "JPEG", "image/jpeg"},
    {Format::kTiff, "TIFF", "image/tiff"},
    {Format::kGif, "GIF", "image/gif"},
    {Format::kBmp, "BMP", "image/bmp"},
    {Format::kGzip, "GZIP", "application/gzip"},
    {Format::kRar, "RAR", "application/vnd.rar"},
    {Format::kBinary, "BINARY", "application/octet-stream"},
};

const FormatName& name_of(Format format) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const FormatName& known) { return known.format == format; });
  return found == std::end(kNames) ? kNames[0] : *found;
}

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view without_blanks(std::string_view text) {
  const auto first = std::find_if_not(text.begin(), text.end(), is_blank);
  return text.substr(static_cast<std::size_t>(first - text.begin()));
}

// Word, Excel and OFD files are ZIPs; the names of their parts stand in the local headers, and once
// more at the end. OpenDocument states its type in its first part, which is never packed.
Format kind_of_zip(std::string_view bytes) {
  constexpr std::size_t kLocalHeaderBytes = 30;
  const std::string_view first = bytes.substr(std::min(bytes.size(), kLocalHeaderBytes), 64);
  if (first.starts_with("mimetypeapplication/vnd.oasis.opendocument.text")) return Format::kOdt;
  if (first.starts_with("mimetypeapplication/vnd.oasis.opendocument.spreadsheet")) return Format::kOds;
  const std::string_view head = bytes.substr(0, kHeadBytes);
  const std::string_view tail = bytes.substr(bytes.size() - std::min(bytes.size(), kHeadBytes));
  const auto has = [&](std::string_view name) {
    return head.find(name) != head.npos || tail.find(name) != tail.npos;
  };
  if (has("word/document") || has("word\\document")) return Format::kDocx;
  if (has("xl/workbook") || has("xl\\workbook")) return Format::kXlsx;
  if (has("OFD.xml")) return Format::kOfd;
  if (has("word/")) return Format::kDocx;
  return has("xl/") ? Format::kXlsx : Format::kZip;
}

bool is_utf16_mark(std::string_view bytes) {
  return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
}

// The ASCII of UTF-16 text, tags among it, in either order of bytes.
std::string narrow(std::string_view utf16) {
  std::string text(utf16.substr(2));
  std::erase(text, '\0');
  return std::string(without_blanks(text));
}

constexpr std::array<std::uint8_t, 256> make_odd() {
  std::array<std::uint8_t, 256> odd{};
  for (unsigned c = 0; c < 0x20; ++c) odd[c] = 1;
  for (char c : {'\t', '\n', '\v', '\f', '\r', '\x1A', '\x1B'})
    odd[static_cast<unsigned char>(c)] = 0;
  odd[0x7F] = 1;
  return odd;
}
constexpr std::array<std::uint8_t, 256> kOdd = make_odd();

// Whether eight bytes hold a control character; now and then said of others.
bool may_hold_odd(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  const std::uint64_t controls = (word - kOnes * 0x20) & ~word;
  const std::uint64_t deletes = ((word ^ kOnes * 0x7F) - kOnes) & ~(word ^ kOnes * 0x7F);
  return ((controls | deletes) & kOnes * 0x80) != 0;
}

// Control characters that no text has. A few stray ones are damage, not another format.
bool is_binary(std::string_view bytes) {
  constexpr std::size_t kSampleBytes = 4 * 1024;
  const std::string_view head = bytes.substr(0, kSampleBytes);
  constexpr std::size_t kSharePerMille = 10;
  constexpr std::size_t kAlwaysForgiven = 4;
  std::size_t odd = 0, at = 0;
  for (; at + 8 <= head.size(); at += 8) {
    if (!may_hold_odd(head.data() + at)) continue;
    for (std::size_t i = at; i < at + 8; ++i) odd += kOdd[static_cast<unsigned char>(head[i])];
  }
  for (; at < head.size(); ++at) odd += kOdd[static_cast<unsigned char>(head[at])];
  return odd > kAlwaysForgiven && odd * 1000 > head.size() * kSharePerMille;
}

bool has_tag_at(std::string_view text, std::size_t at, std::string_view name) {
  if (text.size() - at < name.size() + 2) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (ascii_lower(text[at + 1 + i]) != name[i]) return false;
  }
  const char after = text[at + 1 + name.size()];
  return is_blank(after) || after == '>' || after == '/';
}

// Tags of HTML within the head. Two are enough where HTML is declared or the page begins with one;
// prose that quotes a tag is text.
bool is_html(std::string_view head, SniffHint hint) {
  constexpr std::string_view kTags[] = {"html", "head",    "body",    "table",  "tr",    "td",
                                        "div",  "p",       "span",    "br",     "meta",  "title",
                                        "h1",   "h2",      "h3",      "script", "style", "link",
                                        "ul",   "section", "article", "font",   "a"};
  if (head.starts_with("<!DOCTYPE") || head.starts_with("<!doctype")) return true;
  const std::size_t wanted = hint.is_html_declared || head.starts_with("<") ? 1 : 3;
  std::size_t found = 0;
  bool has_other = wanted == 1;
  const bool has_lines = head.find('\n') != std::string_view::npos;
  for (std::size_t at = head.find('<'); at != std::string_view::npos; at = head.find('<', at + 1)) {
    const bool is_tag = std::any_of(std::begin(kTags), std::end(kTags), [&](std::string_view name) {
      return has_tag_at(head, at, name);
    });
    // <br> alone stands in markdown as well; a fragment of HTML has no lines.
    if (is_tag && !has_tag_at(head, at, "br")) has_other = true;
    if (is_tag && ++found >= wanted && (has_other || !has_lines)) return true;
  }
  return false;
}

bool is_json(std::string_view head) {
  if (!head.starts_with("{") && !head.starts_with("[")) return false;
  const std::string_view inside = without_blanks(head.substr(1));
  return inside.starts_with("\"") || inside.starts_with("{") || inside.starts_with("[\"") ||
         inside.starts_with("[{");
}

// name( or name= with a string or an object behind it: "callback({…})", "var html = '…'".
bool is_script(std::string_view head) {
  if (head.starts_with("/**/")) head = without_blanks(head.substr(4));
  for (const std::string_view keyword : {"var ", "let ", "const "}) {
    if (head.starts_with(keyword)) head = without_blanks(head.substr(keyword.size()));
  }
  const auto is_of_name = [](char c) {
    return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || c == '.';
  };
  const auto end = std::find_if_not(head.begin(), head.end(), is_of_name);
  const std::string_view rest = without_blanks(head.substr(static_cast<std::size_t>(end - head.begin())));
  if (end == head.begin() || (!rest.starts_with("(") && !rest.starts_with("="))) return false;
  const std::string_view value = without_blanks(rest.substr(1));
  return !value.empty() && (value[0] == '{' || value[0] == '"' || value[0] == '\'' || value[0] == '`' || value.starts_with("[{"));
}

}  // namespace

std::string_view to_string(Format format) { return name_of(format).name; }
std::string_view media_type(Format format) { return name_of(format).media_type; }

Format sniff(std::string_view bytes, SniffHint hint) {
  const std::string_view head = bytes.substr(0, kHeadBytes);
  for (const Magic& magic : kMagics) {
    if (head.starts_with(magic.bytes)) return magic.format;
  }
  // Some servers put a few bytes before the header; the PDF standard lets readers look 1 KiB far.
  if (head.substr(0, 1024).find("%PDF-") != std::string_view::npos && !head.starts_with("<"))
    return Format::kPdf;
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) return kind_of_zip(bytes);
  if (head.starts_with("BM") && is_binary(head)) return Format::kBmp;
  std::string_view text = head;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = without_blanks(text);
  if (text.empty() && without_blanks(bytes.substr(head.size())).empty()) return Format::kEmpty;
  if (is_utf16_mark(head)) return hint.is_html_declared || is_html(narrow(head), hint) ? Format::kHtml : Format::kText;
  if (is_binary(head)) return Format::kBinary;
  if (is_json(text)) return Format::kJson;
  if (is_mhtml(text)) return Format::kMhtml;
  if (is_script(text)) return Format::kScript;
  return is_html(text, hint) ? Format::kHtml : Format::kText;
}

}  // namespace gouji::parser
