// A dictionary read from the bytes of its object. qpdf makes an object of each of its items, some
// hundred for every font of drawings, of which a file may have hundreds.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "services/parser/core/pdf/content_lexer.h"

class QPDF;

namespace gouji::parser {

struct RawValue {
  enum class Kind { kOther, kNumber, kName, kReference, kArray, kDictionary };
  Kind kind = Kind::kOther;
  double number = 0;         // kNumber; kReference: its generation
  int id = 0;                // kReference
  std::string_view text;     // kName; kArray and kDictionary: from the bracket to the end of the file

  // As many as the array has; nothing where it is no array or one item is no number.
  std::optional<std::vector<double>> numbers() const;
};

class RawDictionary {
 public:
  // `text` begins with "<<". Nothing where the dictionary is not well formed.
  static std::optional<RawDictionary> parse(std::string_view text);

  // Null where it has no such key.
  const RawValue* find(std::string_view key) const;

 private:
  std::vector<std::pair<std::string_view, RawValue>> values_;
};

// Where the objects of a file stand that are in no object stream.
class ObjectPlaces {
 public:
  // Both outlive this.
  ObjectPlaces(QPDF& pdf, std::string_view file) : pdf_(&pdf), file_(file) {}
  ObjectPlaces() = default;

  // The object from behind "12 0 obj" on; nothing where it is not there.
  std::optional<std::string_view> text_of(int id, int generation);

 private:
  QPDF* pdf_ = nullptr;
  std::string_view file_;
  std::map<std::pair<int, int>, std::size_t> places_;
  bool is_read_ = false;
};

}  // namespace gouji::parser
