#include <algorithm>
#include <utility>

#include "common/markup/html.h"

namespace gouji {
namespace {

constexpr std::size_t kRunsMax = 1U << 20;

bool is_ascii(char c) { return (c & 0x80) == 0; }

// Length of the stretch of ASCII, or of anything else, at the start of the text.
std::size_t stretch(std::string_view text) {
  const bool ascii = is_ascii(text[0]);
  std::size_t length = 1;
  while (length < text.size() && is_ascii(text[length]) == ascii) ++length;
  return length;
}

bool is_one_to_one(const SourceRun& run) {
  return run.where.end - run.where.begin == run.text.end - run.text.begin;
}

class Tracer {
 public:
  Tracer(std::string_view bytes, const CharsetDecision& decision) : cursor_(bytes, decision) {}

  SourceRun trace(SourceRun run) {
    run.where.begin = translate(run.where.begin);
    run.where.end = translate(run.where.end);
    return run;
  }

 private:
  std::int64_t translate(std::int64_t decoded) {
    return static_cast<std::int64_t>(cursor_.source_offset(static_cast<std::size_t>(decoded)));
  }

  SourceCursor cursor_;
};

}  // namespace

void trace_to_source(Document& document, std::string_view bytes, const CharsetDecision& decision) {
  if (is_verbatim(decision) && decision.mark_bytes == 0) return;
  Tracer tracer(bytes, decision);
  std::vector<SourceRun> traced;
  traced.reserve(document.runs.size() * 2);
  for (const SourceRun& run : document.runs) {
    const std::string_view text = document.view(run.text);
    const bool is_split =
        !is_verbatim(decision) && !text.empty() && is_one_to_one(run) && traced.size() < kRunsMax;
    if (!is_split) {
      traced.push_back(tracer.trace(run));
      continue;
    }
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = stretch(text.substr(at));
      SourceRun part = run;
      part.text.begin = run.text.begin + static_cast<std::uint32_t>(at);
      part.text.end = part.text.begin + static_cast<std::uint32_t>(length);
      part.where.begin = run.where.begin + static_cast<std::int64_t>(at);
      part.where.end = part.where.begin + static_cast<std::int64_t>(length);
      traced.push_back(tracer.trace(part));
      at += length;
    }
  }
  document.runs = std::move(traced);
}

std::string_view html_charset_label(std::string_view bytes) {
  constexpr std::size_t kBytesMax = 4096;
  const std::string_view head = bytes.substr(0, kBytesMax);
  const auto is_end = [](char c) {
    return c == '"' || c == '\'' || c == ';' || c == '>' || c == ' ' || c == '/' || c == '?';
  };
  for (std::string_view key : {"charset", "CHARSET", "Charset", "encoding"}) {
    std::size_t at = head.find(key);
    if (at == std::string_view::npos) continue;
    at += key.size();
    while (at < head.size() &&
           (head[at] == ' ' || head[at] == '=' || head[at] == '"' || head[at] == '\''))
      ++at;
    std::size_t end = at;
    while (end < head.size() && !is_end(head[end])) ++end;
    if (end > at && end - at <= 32) return head.substr(at, end - at);
  }
  return {};
}

}  // namespace gouji
