#include "services/validator/core/duplicates.h"

#include <algorithm>
#include <set>

#include "common/core/digest.h"
#include "common/core/id.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/validator/core/rules.h"

namespace gouji::validator {
namespace {

constexpr std::string_view kId = "S.DUPLICATE";
constexpr std::size_t kShingle = 8;         // characters
constexpr std::size_t kMinimaMax = 64;      // smallest hashes kept: 95 % likeness is told within 3 %
constexpr std::int32_t kCharactersMin = 400;
constexpr std::int32_t kLikenessMin = 92;
constexpr std::int32_t kNumbersMin = 5;
constexpr std::int32_t kDistinctMin = 3;
constexpr std::size_t kNameCharactersMax = 24;
constexpr std::size_t kNumbersDigits = 16;

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

std::u32string letters_of(std::string_view folded) {
  std::u32string letters;
  for (std::size_t at = 0; at < folded.size();) {
    const CodePoint point = code_point_at(folded, at);
    letters.push_back(point.value);
    at += point.length;
  }
  return letters;
}

std::string utf8(std::u32string_view letters) {
  std::string text;
  for (const char32_t letter : letters) append_utf8(text, letter);
  return text;
}

// crc32c is linear in its input; the multiplication spreads what is alike.
std::uint32_t hash_of(std::u32string_view shingle) {
  const std::string_view bytes(reinterpret_cast<const char*>(shingle.data()), shingle.size() * sizeof(char32_t));
  std::uint64_t mixed = (std::uint64_t{crc32c(bytes)} << 32U) | crc32c(bytes, 0x9E3779B9U);
  mixed *= 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(mixed >> 32U);
}

// Numbers that say something of the year's work: no dates, no articles of a law.
struct NumberList {
  std::string text;
  std::int32_t count = 0;
  std::set<std::string> distinct;  // but zero

  void add(std::u32string_view letters) {
    for (std::size_t at = 0; at < letters.size(); ++at) {
      if (!is_digit(letters[at])) continue;
      std::size_t end = at;
      while (end < letters.size() && (is_digit(letters[end]) || letters[end] == '.')) ++end;
      const bool is_numbering = at > 0 && std::u32string_view(U"第[(-").find(letters[at - 1]) != std::u32string_view::npos;
      const bool is_date = end < letters.size() && std::u32string_view(U"年月日号时)-").find(letters[end]) != std::u32string_view::npos;
      if (!is_numbering && !is_date) {
        const std::string number = utf8(letters.substr(at, end - at));
        text += number + ",";
        ++count;
        if (number != "0") distinct.insert(number);
      }
      at = end;
    }
  }
};

const char32_t* const kSuffixes[] = {U"人民政府", U"街道办事处", U"委员会", U"管委会", U"办公室", U"局", U"厅", U"院", U"署"};

std::u32string_view suffix_of(std::u32string_view name) {
  for (const std::u32string_view suffix : kSuffixes)
    if (name.ends_with(suffix)) return suffix;
  return {};
}

// Letters that both have in the same order.
std::size_t common_letters(std::u32string_view a, std::u32string_view b) {
  std::vector<std::size_t> row(b.size() + 1, 0);
  for (const char32_t letter : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = letter == b[j] ? diagonal + 1 : std::max(above, row[j]);
      diagonal = above;
    }
  }
  return row.back();
}

// An organ of the same kind with a name that is no spelling of `own`.
bool is_other_organ(std::u32string_view name, std::u32string_view own) {
  const std::u32string_view suffix = suffix_of(name);
  if (suffix.empty() || suffix_of(own) != suffix || name.find(own) != name.npos || own.find(name) != own.npos) return false;
  std::size_t prefix = 0;
  while (prefix < name.size() && prefix < own.size() && name[prefix] == own[prefix]) ++prefix;
  std::size_t tail = 0;
  while (tail + prefix < std::min(name.size(), own.size()) && name[name.size() - 1 - tail] == own[own.size() - 1 - tail]) ++tail;
  const std::u32string_view rest = name.substr(prefix, name.size() - prefix - tail);
  const std::u32string_view own_rest = own.substr(prefix, own.size() - prefix - tail);
  if (rest.size() < 2 || own_rest.size() < 2) return false;  // one letter is a slip
  return common_letters(rest, own_rest) * 2 < std::min(rest.size(), own_rest.size());
}

// The name right in front of `at`, back to what cannot belong to one.
std::u32string name_before(std::u32string_view letters, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < kNameCharactersMax && is_cjk(letters[begin - 1])) --begin;
  std::u32string_view name = letters.substr(begin, at - begin);
  for (const std::u32string_view word : {U"编制", U"编写", U"公布", U"公开", U"发布", U"现将", U"汇总", U"报送", U"形成", U"本报告由", U"撰写", U"起草", U"关于", U"根据", U"由", U"是", U"为"})
    if (const std::size_t found = name.rfind(word); found != name.npos) name.remove_prefix(found + word.size());
  return std::u32string(name);
}

// A full name: a division of two letters and more, then the organ.
bool is_full_name(std::u32string_view name) {
  return name.find_first_of(U"省市县区州旗", 2) != name.npos && !suffix_of(name).empty();
}

std::u32string other_organ_in(std::u32string_view letters, std::u32string_view own) {
  constexpr std::u32string_view kTitle = U"政府信息公开";
  for (std::size_t at = letters.find(kTitle); at != letters.npos; at = letters.find(kTitle, at + 1)) {
    const std::u32string_view rest = letters.substr(at + kTitle.size());
    if (!rest.starts_with(U"工作年度报告") && !rest.starts_with(U"年度报告")) continue;
    std::size_t end = at;
    if (end > 0 && letters[end - 1] == U'度') --end;
    if (end > 0 && letters[end - 1] == U'年') --end;
    std::size_t digits = 0;
    while (end > 0 && digits < 4 && is_digit(letters[end - 1])) --end, ++digits;
    if (digits != 4) continue;
    const std::u32string name = name_before(letters, end);
    if (is_full_name(name) && is_other_organ(name, own)) return name;
  }
  return {};
}

}  // namespace

TextSketch sketch_of(const std::vector<Section>& sections) {
  TextSketch sketch;
  NumberList numbers;
  std::set<std::uint32_t> minima;
  for (const Section& section : sections) {
    if (section.text.empty()) continue;
    const std::u32string all = letters_of(fold_label(section.text));
    numbers.add(all);
    std::u32string letters;
    for (const char32_t letter : all)
      if (is_cjk(letter)) letters.push_back(letter);
    sketch.characters += static_cast<std::int32_t>(letters.size());
    for (std::size_t at = 0; at + kShingle <= letters.size(); ++at) {
      const std::uint32_t hash = hash_of(std::u32string_view(letters).substr(at, kShingle));
      if (minima.size() >= kMinimaMax && hash >= *minima.rbegin()) continue;
      minima.insert(hash);
      if (minima.size() > kMinimaMax) minima.erase(std::prev(minima.end()));
    }
  }
  if (sketch.characters < kCharactersMin) return sketch;
  sketch.minima.assign(minima.begin(), minima.end());
  const bool is_telling = numbers.count >= kNumbersMin && numbers.distinct.size() >= static_cast<std::size_t>(kDistinctMin);
  if (is_telling) sketch.numbers = hash_id({numbers.text}).substr(0, kNumbersDigits);
  return sketch;
}

std::int32_t likeness(const TextSketch& a, const TextSketch& b) {
  if (a.minima.empty() || b.minima.empty()) return 0;
  std::vector<std::uint32_t> all;
  std::set_union(a.minima.begin(), a.minima.end(), b.minima.begin(), b.minima.end(), std::back_inserter(all));
  all.resize(std::min({all.size(), a.minima.size(), b.minima.size()}));
  const auto shared = std::count_if(all.begin(), all.end(), [&](std::uint32_t hash) {
    return std::binary_search(a.minima.begin(), a.minima.end(), hash) && std::binary_search(b.minima.begin(), b.minima.end(), hash);
  });
  return static_cast<std::int32_t>(100 * shared / static_cast<std::int64_t>(all.size()));
}

Said previous_text_result(const TextSketch& now, const TextSketch* before, Reason why_none) {
  const std::string_view instance = kPreviousInstance;
  if (before == nullptr) return not_applicable(kId, why_none, instance);
  const bool can_tell = !now.minima.empty() && !before->minima.empty() && !now.numbers.empty();
  if (!can_tell) return not_applicable(kId, Reason::kTextShort, instance);
  const std::int32_t alike = likeness(now, *before);
  if (alike < kLikenessMin || now.numbers != before->numbers) return passed(kId, instance);
  Checked checked = failed(kId, instance, "", "");
  checked.result.difference = alike;
  return checked;
}

Said other_organ_result(const Reading& reading) {
  const std::string_view instance = kOrganInstance;
  const std::u32string own = letters_of(fold_label(reading.organ_name.value_or("")));
  if (suffix_of(own).empty()) return not_applicable(kId, Reason::kUnidentified, instance);
  for (const Section& section : reading.sections) {
    if (section.text.empty()) continue;
    const std::string name = utf8(other_organ_in(letters_of(fold_label(section.text)), own));
    if (!name.empty())
      return failed(kId, instance, "正文写的是“" + name + "”的年度报告", "the prose speaks of the annual report of “" + name + "”");
  }
  return passed(kId, instance);
}

}  // namespace gouji::validator
