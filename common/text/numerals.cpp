#include "common/text/numerals.h"

#include <array>
#include <cstddef>

#include "common/text/utf8.h"

namespace gouji {
namespace {

constexpr std::int64_t kNumeralMax = 1'000'000'000'000'000;
constexpr std::size_t kNumeralBytesMax = 96;

struct Sign {
  enum Kind : std::uint8_t { kNone, kDigit, kTens, kMyriads, kTwenty } kind = kNone;
  std::int64_t value = 0;
};

constexpr std::u32string_view kDigits = U"〇一二三四五六七八九";
constexpr std::u32string_view kFormalDigits = U"零壹贰叁肆伍陆柒捌玖";
constexpr std::u32string_view kOtherSigns = U"○两兩十拾百佰千仟廿卅万萬亿億";

// By the last eight bits, which few characters share with a sign.
constexpr std::array<bool, 256> make_may_be_sign() {
  std::array<bool, 256> may{};
  for (std::u32string_view signs : {kDigits, kFormalDigits, kOtherSigns, std::u32string_view(U"0123456789０１２３４５６７８９")}) {
    for (char32_t sign : signs) may[sign & 0xFFU] = true;
  }
  return may;
}
constexpr std::array<bool, 256> kMayBeSign = make_may_be_sign();

Sign sign_of(char32_t c) {
  if (!kMayBeSign[c & 0xFFU]) return {};
  if (c >= U'0' && c <= U'9') return {Sign::kDigit, static_cast<std::int64_t>(c - U'0')};
  if (c >= U'０' && c <= U'９') return {Sign::kDigit, static_cast<std::int64_t>(c - U'０')};
  for (std::u32string_view digits : {kDigits, kFormalDigits}) {
    const std::size_t at = digits.find(c);
    if (at != std::u32string_view::npos) return {Sign::kDigit, static_cast<std::int64_t>(at)};
  }
  switch (c) {
    case U'○':
      return {Sign::kDigit, 0};
    case U'两':
    case U'兩':
      return {Sign::kDigit, 2};
    case U'十':
    case U'拾':
      return {Sign::kTens, 10};
    case U'百':
    case U'佰':
      return {Sign::kTens, 100};
    case U'千':
    case U'仟':
      return {Sign::kTens, 1000};
    case U'廿':
      return {Sign::kTwenty, 20};
    case U'卅':
      return {Sign::kTwenty, 30};
    case U'万':
    case U'萬':
      return {Sign::kMyriads, 10'000};
    case U'亿':
    case U'億':
      return {Sign::kMyriads, 100'000'000};
    default:
      return {};
  }
}

// Adds sign by sign: `pending_` is the digit string just read, `section_` what is below the next
// 万 or 亿, `total_` what is above.
class NumeralReader {
 public:
  bool take(Sign sign) {
    switch (sign.kind) {
      case Sign::kNone:
        return false;
      case Sign::kDigit:
        return take_digit(sign.value);
      case Sign::kTens:
        return take_unit(sign.value);
      case Sign::kMyriads:
        return take_myriads(sign.value);
      case Sign::kTwenty:
        return take_twenty(sign.value);
    }
    return false;
  }

  std::optional<std::int64_t> finish() const {
    if (!has_any_) return std::nullopt;
    // 三百五 is 350 in speech and nothing that a report may mean: only a digit after a zero, after
    // ten, or a whole digit string stands for itself.
    if (pending_digits_ == 1 && last_unit_ > 10 && !zero_before_pending_) return std::nullopt;
    if (pending_digits_ > 1 && last_unit_ > 0) return std::nullopt;
    const std::int64_t value = total_ + section_ + pending_;
    return value <= kNumeralMax ? std::optional(value) : std::nullopt;
  }

 private:
  bool take_digit(std::int64_t digit) {
    if (pending_ > kNumeralMax / 10) return false;
    if (pending_digits_ == 1 && pending_ == 0 && last_unit_ > 0) {
      pending_digits_ = 0;  // the 零 in 一百零五
      zero_before_pending_ = true;
    }
    pending_ = pending_ * 10 + digit;
    ++pending_digits_;
    has_any_ = true;
    return true;
  }

  bool take_unit(std::int64_t unit) {
    const bool is_bare_ten = unit == 10 && pending_digits_ == 0;
    if (!is_bare_ten && (pending_digits_ != 1 || pending_ == 0)) return false;
    if (last_unit_ != 0 && last_unit_ < kMyriad && unit >= last_unit_) return false;
    section_ += (is_bare_ten ? 1 : pending_) * unit;
    return close(unit);
  }

  bool take_twenty(std::int64_t value) {
    if (pending_digits_ != 0 || (last_unit_ != 0 && last_unit_ <= 10)) return false;
    section_ += value;
    return close(10);
  }

  bool take_myriads(std::int64_t unit) {
    const std::int64_t below = section_ + pending_;
    if (below == 0 || below > kNumeralMax / unit) return false;
    if (total_ != 0 && unit >= smallest_myriads_) return false;
    total_ += below * unit;
    section_ = 0;
    smallest_myriads_ = unit;
    return close(unit);
  }

  bool close(std::int64_t unit) {
    pending_ = 0;
    pending_digits_ = 0;
    zero_before_pending_ = false;
    last_unit_ = unit;
    has_any_ = true;
    return true;
  }

  static constexpr std::int64_t kMyriad = 10'000;
  std::int64_t total_ = 0, section_ = 0, pending_ = 0;
  std::int64_t last_unit_ = 0, smallest_myriads_ = 0;
  int pending_digits_ = 0;
  bool zero_before_pending_ = false;
  bool has_any_ = false;
};

}  // namespace

std::optional<std::int64_t> parse_numeral(std::string_view text) {
  if (text.empty() || text.size() > kNumeralBytesMax) return std::nullopt;
  NumeralReader reader;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint next = code_point_at(text, at);
    if (!reader.take(sign_of(next.value))) return std::nullopt;
    at += next.length;
  }
  return reader.finish();
}

std::size_t numeral_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && at < kNumeralBytesMax) {
    const CodePoint next = code_point_at(text, at);
    if (next.value < 0x80 || (next.value >= U'０' && next.value <= U'９')) break;
    if (sign_of(next.value).kind == Sign::kNone) break;
    at += next.length;
  }
  return at;
}

std::string half_width_digits(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint next = code_point_at(text, at);
    if (next.value >= U'０' && next.value <= U'９') {
      out.push_back(static_cast<char>('0' + (next.value - U'０')));
    } else {
      out.append(text, at, next.length);
    }
    at += next.length;
  }
  return out;
}

}  // namespace gouji
