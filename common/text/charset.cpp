#include "common/text/charset.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>

#include "common/text/ascii.h"
#include "common/text/byte_scan.h"
#include "common/text/gb18030.h"
#include "common/text/utf8.h"

namespace gouji {
namespace {

// Enough to tell the encodings apart, and a bound on what a hostile document costs.
constexpr std::size_t kEvidenceBytesMax = 1U << 20;
constexpr std::size_t kErrorsToGiveUp = 256;

enum class LabelKind { kNone, kUtf8, kGb18030, kUtf16, kLatin, kOther };

struct NamedLabel {
  std::string_view name;
  LabelKind kind;
};

// Latin labels are what servers say when nobody has set anything: no evidence against Chinese.
constexpr NamedLabel kLabels[] = {
    {"utf-8", LabelKind::kUtf8},
    {"utf8", LabelKind::kUtf8},
    {"unicode-1-1-utf-8", LabelKind::kUtf8},
    {"gb18030", LabelKind::kGb18030},
    {"gbk", LabelKind::kGb18030},
    {"gb2312", LabelKind::kGb18030},
    {"gb_2312", LabelKind::kGb18030},
    {"gb_2312-80", LabelKind::kGb18030},
    {"x-gbk", LabelKind::kGb18030},
    {"cp936", LabelKind::kGb18030},
    {"ms936", LabelKind::kGb18030},
    {"euc-cn", LabelKind::kGb18030},
    {"chinese", LabelKind::kGb18030},
    {"gb18030-2022", LabelKind::kGb18030},
    {"utf-16", LabelKind::kUtf16},
    {"utf-16le", LabelKind::kUtf16},
    {"utf-16be", LabelKind::kUtf16},
    {"unicode", LabelKind::kUtf16},
    {"iso-8859-1", LabelKind::kLatin},
    {"latin1", LabelKind::kLatin},
    {"windows-1252", LabelKind::kLatin},
    {"us-ascii", LabelKind::kLatin},
    {"ascii", LabelKind::kLatin},
};

LabelKind label_kind(std::string_view label) {
  std::string folded;
  for (char c : label.substr(0, 32)) {
    if (c == ' ' || c == '"' || c == '\'' || c == ';') continue;
    folded.push_back(ascii_lower(c));
  }
  if (folded.empty()) return LabelKind::kNone;
  for (const NamedLabel& known : kLabels) {
    if (known.name == folded) return known.kind;
  }
  return LabelKind::kOther;
}

bool is_ascii(std::string_view bytes) {
  return ascii_length(bytes, 0, bytes.size()) == bytes.size();
}

struct Fit {
  std::size_t characters = 0;
  std::size_t errors = 0;
  // Damaged text has a few broken places; text in another encoding is broken everywhere.
  bool is_likely() const { return characters > 0 && characters >= 8 * errors; }
};

Fit utf8_fit(std::string_view bytes) {
  Fit fit;
  const std::size_t end = std::min(bytes.size(), kEvidenceBytesMax);
  for (std::size_t at = 0; at < end;) {
    at += ascii_length(bytes, at, end);
    if (at >= end) break;
    const CodePoint next = code_point_at(bytes, at);
    ++(next.is_valid ? fit.characters : fit.errors);
    if (fit.errors > kErrorsToGiveUp && !fit.is_likely()) break;
    at += next.length;
  }
  return fit;
}

std::optional<CharsetDecision> by_mark(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    return CharsetDecision{Charset::kUtf8, 3, false, !is_utf8(bytes.substr(3))};
  }
  if (bytes.starts_with("\xFF\xFE")) return CharsetDecision{Charset::kUtf16Le, 2, false, false};
  if (bytes.starts_with("\xFE\xFF")) return CharsetDecision{Charset::kUtf16Be, 2, false, false};
  if (bytes.starts_with("\x84\x31\x95\x33")) {
    const Gb18030Fit fit = gb18030_fit(bytes, kEvidenceBytesMax);
    return CharsetDecision{Charset::kGb18030, 4, false, fit.errors > 0};
  }
  return std::nullopt;
}

std::optional<CharsetDecision> by_bytes(std::string_view bytes) {
  if (is_utf8(bytes)) return CharsetDecision{Charset::kUtf8, 0, false, false};
  if (utf8_fit(bytes).is_likely()) return CharsetDecision{Charset::kUtf8, 0, false, true};
  const Gb18030Fit gb = gb18030_fit(bytes, kEvidenceBytesMax);
  if (!Fit{gb.characters, gb.errors}.is_likely()) return std::nullopt;
  return CharsetDecision{Charset::kGb18030, 0, false, gb.errors > 0};
}

bool contradicts(LabelKind label, Charset charset) {
  switch (label) {
    case LabelKind::kNone:
      return false;
    case LabelKind::kUtf8:
      return charset != Charset::kUtf8;
    case LabelKind::kGb18030:
      return charset != Charset::kGb18030;
    case LabelKind::kUtf16:
      return charset != Charset::kUtf16Le && charset != Charset::kUtf16Be;
    case LabelKind::kLatin:
    case LabelKind::kOther:
      return true;
  }
  return true;
}

CodePoint utf16_at(std::string_view bytes, std::size_t at, Charset charset) {
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    return static_cast<char32_t>(charset == Charset::kUtf16Le ? first | second << 8
                                                              : first << 8 | second);
  };
  const std::size_t left = bytes.size() - at;
  if (left < 2) return {kReplacementCharacter, 1, false};
  const char32_t high = unit(at);
  if (high < 0xD800 || high > 0xDFFF) return {high, 2, true};
  if (high > 0xDBFF || left < 4) return {kReplacementCharacter, 2, false};
  const char32_t low = unit(at + 2);
  if (low < 0xDC00 || low > 0xDFFF) return {kReplacementCharacter, 2, false};
  return {0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), 4, true};
}

std::string utf8_from_utf16(std::string_view bytes, Charset charset) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  for (std::size_t at = 0; at < bytes.size();) {
    const CodePoint next = utf16_at(bytes, at, charset);
    append_utf8(text, next.value);
    at += next.length;
  }
  return text;
}

std::size_t utf8_length(char32_t value) {
  if (value < 0x80) return 1;
  if (value < 0x800) return 2;
  return value < 0x10000 ? 3 : 4;
}

}  // namespace

std::string_view to_string(Charset charset) {
  switch (charset) {
    case Charset::kUtf8:
      return "utf-8";
    case Charset::kGb18030:
      return "gb18030";
    case Charset::kUtf16Le:
      return "utf-16le";
    case Charset::kUtf16Be:
      return "utf-16be";
  }
  return "";
}

Result<CharsetDecision> decide_charset(std::string_view bytes,
                                       std::initializer_list<std::string_view> labels) {
  std::optional<CharsetDecision> decision = by_mark(bytes);
  const bool is_marked = decision.has_value();
  if (!decision) decision = by_bytes(bytes);
  if (!decision) {
    return invalid_input(
        ErrorCode::kMalformed,
        "文字编码无法确定：既不是 UTF-8 也不是 GB18030 / the text is neither UTF-8 nor GB18030");
  }
  const bool is_open = !is_marked && decision->charset == Charset::kUtf8 && is_ascii(bytes);
  for (std::string_view label : labels) {
    const LabelKind kind = label_kind(label);
    if (kind == LabelKind::kOther && !is_marked && decision->charset != Charset::kUtf8) {
      std::string message = "声明的编码无法读取 / the declared charset is not read: ";
      message.append(utf8_prefix(repair_utf8(label.substr(0, 32)), 64));
      return invalid_input(ErrorCode::kMalformed, std::move(message));
    }
    if (!is_open && contradicts(kind, decision->charset)) decision->is_conflict = true;
  }
  return *decision;
}

std::string decode_text(std::string_view bytes, const CharsetDecision& decision) {
  const std::string_view text = bytes.substr(decision.mark_bytes);
  switch (decision.charset) {
    case Charset::kUtf8:
      return decision.is_damaged ? repair_utf8(text) : std::string(text);
    case Charset::kGb18030:
      return utf8_from_gb18030(text);
    case Charset::kUtf16Le:
    case Charset::kUtf16Be:
      return utf8_from_utf16(text, decision.charset);
  }
  return {};
}

SourceCursor::SourceCursor(std::string_view bytes, const CharsetDecision& decision)
    : bytes_(bytes), decision_(decision), source_(decision.mark_bytes) {}

SourceCursor::Step SourceCursor::next_step() const {
  CodePoint next;
  switch (decision_.charset) {
    case Charset::kUtf8:
      next = code_point_at(bytes_, source_);
      break;
    case Charset::kGb18030:
      next = gb18030_at(bytes_, source_);
      break;
    case Charset::kUtf16Le:
    case Charset::kUtf16Be:
      next = utf16_at(bytes_, source_, decision_.charset);
      break;
  }
  return {next.length, utf8_length(next.value)};
}

std::size_t SourceCursor::source_offset(std::size_t text_offset) {
  if (is_verbatim(decision_)) return std::min(decision_.mark_bytes + text_offset, bytes_.size());
  const bool has_ascii_bytes =
      decision_.charset == Charset::kUtf8 || decision_.charset == Charset::kGb18030;
  while (source_ < bytes_.size() && text_ < text_offset) {
    if (has_ascii_bytes && (bytes_[source_] & 0x80) == 0) {
      const std::size_t wanted = std::min(text_offset - text_, bytes_.size() - source_);
      const std::size_t ascii = ascii_length(bytes_, source_, source_ + wanted);
      source_ += ascii;
      text_ += ascii;
      continue;
    }
    const Step step = next_step();
    if (text_ + step.text > text_offset) break;
    source_ += step.source;
    text_ += step.text;
  }
  return source_;
}

}  // namespace gouji
