#include "services/parser/core/text_extract.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "common/markup/html.h"
#include "common/text/byte_scan.h"
#include "common/text/charset.h"

namespace gouji::parser {
namespace {

// Length of the separator at `at`: | tab space NBSP or the ideographic space; 0 for anything else.
std::size_t separator_bytes(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '|' || c == '\t' || c == ' ') return 1;
  if (c != '\xC2' && c != '\xE3') return 0;
  if (text.substr(at, 2) == "\xC2\xA0") return 2;
  return text.substr(at, 3) == "\xE3\x80\x80" ? 3 : 0;
}

class LineReader {
 public:
  explicit LineReader(std::string_view text) : source_(text) {
    document_.format = "text";
    document_.text.reserve(text.size());
  }

  Document read() {
    for (std::size_t at = 0; at < source_.size();) {
      if (document_.blocks.size() >= kTextLinesMax) {
        document_.limits.emplace_back("LINES");
        break;
      }
      const std::size_t end = find_any<'\r', '\n'>(source_, at, source_.size());
      add_line(at, end);
      at = end + (source_.substr(end, 2) == "\r\n" ? 2 : 1);
    }
    return std::move(document_);
  }

 private:
  std::uint32_t text_size() const { return static_cast<std::uint32_t>(document_.text.size()); }

  void add_run(std::size_t begin, std::size_t end) {
    SourceRun run;
    run.text.begin = text_size();
    document_.text.append(source_, begin, end - begin);
    run.text.end = text_size();
    run.where.begin = static_cast<std::int64_t>(begin);
    run.where.end = static_cast<std::int64_t>(end);
    document_.runs.push_back(run);
  }

  void add_line(std::size_t begin, std::size_t end) {
    Block block;
    block.kind = BlockKind::kLine;
    block.text.begin = text_size();
    if (end - begin <= kSeparatorRunMax) {
      add_run(begin, end);
    } else {
      add_capped(begin, end);
    }
    block.text.end = text_size();
    document_.text.push_back('\n');
    document_.blocks.push_back(block);
  }

  void add_capped(std::size_t begin, std::size_t end) {
    std::size_t piece = begin;
    for (std::size_t at = begin; at < end;) {
      std::size_t separators = 0;
      std::size_t kept = at;
      for (std::size_t bytes = 0; at < end && (bytes = separator_bytes(source_, at)) > 0;
           at += bytes) {
        if (++separators <= kSeparatorRunMax) kept = at + bytes;
      }
      if (separators > kSeparatorRunMax) {
        add_run(piece, kept);
        piece = at;
        if (document_.limits.empty()) document_.limits.emplace_back("SEPARATORS");
      }
      if (separators == 0) ++at;
    }
    if (piece < end) add_run(piece, end);
  }

  std::string_view source_;
  Document document_;
};

}  // namespace

ExtractOutcome extract_text(const Source& source) {
  const auto decision = decide_charset(source.bytes, {source.charset_label});
  if (!decision) return Reason{"CHARSET_UNDECIDED", decision.error().message};
  Document document;
  if (is_verbatim(*decision)) {
    document = LineReader(source.bytes.substr(decision->mark_bytes)).read();
  } else {
    document = LineReader(decode_text(source.bytes, *decision)).read();
  }
  trace_to_source(document, source.bytes, *decision);
  document.charset = to_string(decision->charset);
  document.charset_conflict = decision->is_conflict;
  return document;
}

}  // namespace gouji::parser
