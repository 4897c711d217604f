#include "services/parser/core/pdf/raw_dictionary.h"

#include <algorithm>
#include <cmath>

#include "services/parser/core/pdf/pdf_limits.h"
#include "services/parser/core/pdf/qpdf_object.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFXRefEntry.hh>

namespace gouji::parser {
namespace {

using Kind = ContentTokenKind;

constexpr double kIdMax = 100'000'000;

bool is_id(const ContentToken& token) {
  return token.kind == Kind::kNumber && token.number >= 0 && token.number < kIdMax && token.number == std::floor(token.number);
}

// Behind an opening bracket: goes behind the one that closes it.
bool skip_brackets(ContentLexer& lexer) {
  for (int depth = 1; depth > 0;) {
    const ContentToken token = lexer.next();
    if (token.kind == Kind::kEnd) return false;
    if (token.kind == Kind::kArrayBegin || token.kind == Kind::kDictBegin) ++depth;
    if (token.kind == Kind::kArrayEnd || token.kind == Kind::kDictEnd) --depth;
  }
  return true;
}

std::optional<RawValue> value_at(ContentLexer& lexer, std::string_view text) {
  RawValue value;
  const ContentToken token = lexer.next();
  switch (token.kind) {
    case Kind::kArrayBegin:
    case Kind::kDictBegin:
      value.kind = token.kind == Kind::kArrayBegin ? RawValue::Kind::kArray : RawValue::Kind::kDictionary;
      value.text = text.substr(lexer.at() - (token.kind == Kind::kArrayBegin ? 1 : 2));
      if (!skip_brackets(lexer)) return std::nullopt;
      return value;
    case Kind::kName:
      value.kind = RawValue::Kind::kName;
      value.text = token.text;
      return value;
    case Kind::kNumber: {
      value.kind = RawValue::Kind::kNumber;
      value.number = token.number;
      ContentLexer ahead = lexer;
      const ContentToken second = ahead.next();
      if (!is_id(token) || !is_id(second)) return value;
      const ContentToken third = ahead.next();
      if (third.kind != Kind::kOperator || third.text != "R") return value;
      lexer = ahead;
      value.kind = RawValue::Kind::kReference;
      value.id = static_cast<int>(token.number);
      value.number = second.number;
      return value;
    }
    case Kind::kEnd:
    case Kind::kArrayEnd:
    case Kind::kDictEnd: return std::nullopt;
    default: return value;
  }
}

}  // namespace

std::optional<std::vector<double>> RawValue::numbers() const {
  if (kind != Kind::kArray) return std::nullopt;
  std::vector<double> numbers;
  ContentLexer lexer(text);
  lexer.next();
  while (true) {
    const ContentToken token = lexer.next();
    if (token.kind == ContentTokenKind::kArrayEnd) return numbers;
    if (token.kind != ContentTokenKind::kNumber) return std::nullopt;
    numbers.push_back(token.number);
  }
}

std::optional<RawDictionary> RawDictionary::parse(std::string_view text) {
  RawDictionary dictionary;
  ContentLexer lexer(text);
  if (lexer.next().kind != Kind::kDictBegin) return std::nullopt;
  while (true) {
    const ContentToken key = lexer.next();
    if (key.kind == Kind::kDictEnd) return dictionary;
    if (key.kind != Kind::kName || key.text.find('#') != key.text.npos) return std::nullopt;
    const std::optional<RawValue> value = value_at(lexer, text);
    if (!value || dictionary.find(key.text) != nullptr) return std::nullopt;
    dictionary.values_.emplace_back(key.text, *value);
  }
}

const RawValue* RawDictionary::find(std::string_view key) const {
  const auto found = std::find_if(values_.begin(), values_.end(), [key](const auto& value) { return value.first == key; });
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<std::string_view> ObjectPlaces::text_of(int id, int generation) {
  constexpr int kInFile = 1;
  if (pdf_ == nullptr) return std::nullopt;
  if (!is_read_) {
    is_read_ = true;
    for (const auto& [object, entry] : pdf_->getXRefTable()) {
      if (entry.getType() == kInFile && entry.getOffset() > 0) places_[{object.getObj(), object.getGen()}] = static_cast<std::size_t>(entry.getOffset());
    }
  }
  const auto place = places_.find({id, generation});
  if (place == places_.end() || place->second >= file_.size()) return std::nullopt;
  const std::string_view object = file_.substr(place->second, kPdfObjectBytesMax);
  ContentLexer lexer(object);
  const ContentToken number = lexer.next(), version = lexer.next(), word = lexer.next();
  const bool is_there = is_id(number) && is_id(version) && number.number == id && version.number == generation && word.text == "obj";
  if (!is_there) return std::nullopt;
  return object.substr(lexer.at());
}

}  // namespace gouji::parser
