#include "services/parser/core/office/xlsx_sheet.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "services/parser/core/office/xml.h"

namespace gouji::parser {
namespace {

constexpr std::uint32_t kRowsMax = 4'096;
constexpr std::uint32_t kColumnsMax = 256;
constexpr std::size_t kCellsMax = 20'000;
constexpr std::size_t kMergesMax = 20'000;
constexpr std::size_t kStringsMax = 1U << 18;

struct Reference {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
};

// "AB12" is row 11, column 27.
std::optional<Reference> read_reference(std::string_view name) {
  Reference reference;
  std::size_t at = 0;
  for (; at < name.size() && name[at] >= 'A' && name[at] <= 'Z' && at < 4; ++at)
    reference.column = reference.column * 26 + static_cast<std::uint32_t>(name[at] - 'A' + 1);
  const auto [end, error] = std::from_chars(name.data() + at, name.data() + name.size(), reference.row);
  if (at == 0 || error != std::errc{} || reference.row == 0) return std::nullopt;
  return Reference{reference.row - 1, reference.column - 1};
}

std::optional<SheetMerge> read_merge(std::string_view range) {
  const std::size_t colon = range.find(':');
  if (colon == range.npos) return std::nullopt;
  const auto first = read_reference(range.substr(0, colon)), last = read_reference(range.substr(colon + 1));
  if (!first || !last || last->row < first->row || last->column < first->column) return std::nullopt;
  if (first->row >= kRowsMax || first->column >= kColumnsMax) return std::nullopt;
  return SheetMerge{first->row, first->column, std::min(last->row, kRowsMax - 1), std::min(last->column, kColumnsMax - 1)};
}

// Excel works with fifteen digits; what a file has beyond them is the binary fraction's remainder.
constexpr int kShownDigits = 15;

// A decimal number: 0.digits times ten to the `point`.
struct Digits {
  std::string digits;  // without zeros in front and behind
  int point = 0;
  bool is_negative = false;
};

std::optional<Digits> read_digits(std::string_view text) {
  Digits number;
  number.is_negative = text.starts_with('-');
  if (number.is_negative) text.remove_prefix(1);
  bool is_fraction = false;
  std::size_t at = 0, seen = 0;
  for (; at < text.size() && at < 64; ++at) {
    const char c = text[at];
    if (c == '.' && !is_fraction) {
      is_fraction = true;
    } else if (c >= '0' && c <= '9') {
      ++seen;
      const bool is_leading = number.digits.empty() && c == '0';
      if (!is_leading) number.digits.push_back(c);
      if (!is_fraction && !is_leading) ++number.point;
      if (is_fraction && is_leading) --number.point;
    } else {
      break;
    }
  }
  if (seen == 0) return std::nullopt;
  int exponent = 0;
  if (at < text.size() && (text[at] == 'E' || text[at] == 'e')) {
    std::string_view written = text.substr(at + 1);
    if (written.starts_with('+')) written.remove_prefix(1);
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), exponent);
    if (error != std::errc{} || exponent < -400 || exponent > 400) return std::nullopt;
    at = static_cast<std::size_t>(end - text.data());
  }
  if (at != text.size()) return std::nullopt;
  number.point += exponent;
  if (number.digits.empty()) number.point = 0;
  return number;
}

void round_digits(Digits& number) {
  std::string& digits = number.digits;
  if (digits.size() > static_cast<std::size_t>(kShownDigits)) {
    const bool is_up = digits[kShownDigits] >= '5';
    digits.resize(kShownDigits);
    std::size_t at = digits.size();
    while (is_up && at > 0 && digits[at - 1] == '9') digits[--at] = '0';
    if (is_up && at > 0) {
      ++digits[at - 1];
    } else if (is_up) {
      digits.insert(digits.begin(), '1');
      ++number.point;
    }
  }
  while (!digits.empty() && digits.back() == '0') digits.pop_back();
}

bool is_on(std::string_view value) { return value == "1" || value == "true"; }

class SheetReader {
 public:
  SheetReader(std::string_view xml, const std::vector<std::string>& shared) : xml_(xml), shared_(shared), scanner_(xml) {}

  Sheet read() {
    while (scanner_.next()) {
      const XmlTag& tag = scanner_.tag();
      if (tag.opens()) open(tag);
      if (tag.kind != XmlTagKind::kOpen) close(tag);
    }
    sheet_.is_broken = scanner_.is_broken() || scanner_.depth() != 0;
    std::stable_sort(sheet_.cells.begin(), sheet_.cells.end(), [](const SheetCell& a, const SheetCell& b) {
      return std::pair(a.row, a.column) < std::pair(b.row, b.column);
    });
    return std::move(sheet_);
  }

 private:
  void open(const XmlTag& tag) {
    if (tag.name == "c") return begin_cell(tag);
    if (tag.name == "v" || tag.name == "t") {
      text_begin_ = tag.end;
    } else if (tag.name == "row") {
      begin_row(tag);
    } else if (tag.name == "col") {
      take_columns(tag);
    } else if (tag.name == "rPh") {
      scanner_.skip_element();
    } else if (tag.name == "mergeCell" && sheet_.merges.size() < kMergesMax) {
      if (const auto merge = read_merge(xml_attribute(tag.attributes, "ref"))) sheet_.merges.push_back(*merge);
    }
  }

  void close(const XmlTag& tag) {
    if (tag.name == "c") return end_cell(tag);
    const bool is_text = tag.name == "t" && type_ == "inlineStr", is_value = tag.name == "v" && type_ != "inlineStr";
    if ((is_text || is_value) && text_begin_ <= tag.begin) cell_.text += xml_text(xml_.substr(text_begin_, tag.begin - text_begin_));
  }

  void begin_row(const XmlTag& tag) {
    const std::int64_t number = xml_number(xml_attribute(tag.attributes, "r"), std::int64_t{next_row_} + 1);
    row_ = static_cast<std::uint32_t>(std::max<std::int64_t>(number, 1) - 1);
    next_row_ = row_ + 1;
    next_column_ = 0;
    is_row_hidden_ = is_on(xml_attribute(tag.attributes, "hidden"));
  }

  void take_columns(const XmlTag& tag) {
    if (!is_on(xml_attribute(tag.attributes, "hidden"))) return;
    const std::int64_t first = xml_number(xml_attribute(tag.attributes, "min"), 1), last = xml_number(xml_attribute(tag.attributes, "max"), 0);
    for (std::int64_t i = std::max<std::int64_t>(first, 1); i <= std::min<std::int64_t>(last, kColumnsMax); ++i)
      is_column_hidden_[static_cast<std::size_t>(i - 1)] = true;
  }

  void begin_cell(const XmlTag& tag) {
    const auto reference = read_reference(xml_attribute(tag.attributes, "r"));
    cell_ = {};
    cell_.row = reference ? reference->row : row_;
    cell_.column = reference ? reference->column : next_column_;
    cell_.begin = tag.begin;
    next_column_ = cell_.column + 1;
    type_ = xml_attribute(tag.attributes, "t");
    text_begin_ = tag.end;
  }

  void end_cell(const XmlTag& tag) {
    cell_.end = tag.end;
    if (type_ == "s") {
      const std::int64_t index = xml_number(cell_.text, -1);
      const bool is_known = index >= 0 && static_cast<std::size_t>(index) < shared_.size();
      cell_.text = is_known ? shared_[static_cast<std::size_t>(index)] : "";
    } else if (type_.empty() || type_ == "n") {
      cell_.text = shown_number(cell_.text);
    } else if (type_ == "b") {
      cell_.text = is_on(cell_.text) ? "TRUE" : "FALSE";
    }
    const bool is_far = cell_.row >= kRowsMax || cell_.column >= kColumnsMax || sheet_.cells.size() >= kCellsMax;
    if (!is_far) reserve_place(cell_);
    if (cell_.text.empty() || is_row_hidden_) return;
    if (is_far) {
      sheet_.is_cut = true;
    } else if (!is_column_hidden_[cell_.column]) {
      sheet_.cells.push_back(std::move(cell_));
    }
    cell_ = {};
  }

  void reserve_place(const SheetCell& cell) {
    if (cell.row >= sheet_.row_ends.size()) sheet_.row_ends.resize(cell.row + 1);
    std::uint32_t& end = sheet_.row_ends[cell.row];
    end = std::max(end, cell.column + 1);
  }

  std::string_view xml_;
  const std::vector<std::string>& shared_;
  XmlScanner scanner_;
  Sheet sheet_;
  SheetCell cell_;
  std::string_view type_;
  std::size_t text_begin_ = 0;
  std::uint32_t row_ = 0, next_row_ = 0, next_column_ = 0;
  bool is_row_hidden_ = false;
  std::array<bool, kColumnsMax> is_column_hidden_{};
};

}  // namespace

Sheet read_sheet(std::string_view xml, const std::vector<std::string>& shared) {
  return SheetReader(xml, shared).read();
}

std::vector<std::string> read_shared_strings(std::string_view xml) {
  std::vector<std::string> strings;
  XmlScanner scanner(xml);
  std::size_t begin = 0;
  while (scanner.next() && strings.size() < kStringsMax) {
    const XmlTag& tag = scanner.tag();
    if (tag.name == "rPh") {
      if (tag.opens()) scanner.skip_element();
    } else if (tag.name == "si" && tag.opens()) {
      strings.emplace_back();
    } else if (tag.name == "t") {
      if (tag.opens()) begin = tag.end;
      if (tag.kind == XmlTagKind::kClose && !strings.empty() && begin <= tag.begin)
        strings.back() += xml_text(xml.substr(begin, tag.begin - begin));
    }
  }
  return strings;
}

std::string shown_number(std::string_view stored) {
  std::optional<Digits> number = read_digits(stored);
  if (!number || number->point < -kShownDigits || number->point > kShownDigits) return std::string(stored);
  round_digits(*number);
  std::string& digits = number->digits;
  const auto places = static_cast<std::size_t>(std::max(number->point, 0));
  if (digits.size() < places) digits.append(places - digits.size(), '0');
  std::string shown = places == 0 ? "0" : digits.substr(0, places);
  const std::string fraction = std::string(static_cast<std::size_t>(std::max(-number->point, 0)), '0') + digits.substr(places);
  if (!digits.substr(places).empty()) shown += "." + fraction;
  return number->is_negative && shown != "0" ? "-" + shown : shown;
}

}  // namespace gouji::parser
