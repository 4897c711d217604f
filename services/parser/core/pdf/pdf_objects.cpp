#include "services/parser/core/pdf/pdf_objects.h"

#include <cmath>

namespace gouji::parser {

QPDFObjectHandle value_of(const QPDFObjectHandle& object, const std::string& key) {
  QPDFObjectHandle copy = object;
  if (copy.isStream()) copy = copy.getDict();
  return copy.isDictionary() ? copy.getKey(key) : QPDFObjectHandle::newNull();
}

std::optional<double> number_of(const QPDFObjectHandle& object) {
  QPDFObjectHandle copy = object;
  if (!copy.isNumber()) return std::nullopt;
  const double value = copy.getNumericValue();
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

std::string name_of(const QPDFObjectHandle& object) {
  QPDFObjectHandle copy = object;
  return copy.isName() ? copy.getName().substr(1) : "";
}

std::vector<QPDFObjectHandle> items_of(const QPDFObjectHandle& object) {
  QPDFObjectHandle copy = object;
  if (!copy.isArray()) return {};
  return copy.getArrayAsVector();
}

std::vector<double> numbers_of(const QPDFObjectHandle& object) {
  std::vector<double> numbers;
  for (const QPDFObjectHandle& item : items_of(object)) {
    const std::optional<double> number = number_of(item);
    if (!number) return {};
    numbers.push_back(*number);
  }
  return numbers;
}

PdfMatrix matrix_of(const QPDFObjectHandle& object) {
  const std::vector<double> numbers = numbers_of(object);
  if (numbers.size() != 6) return {};
  return {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
}

}  // namespace gouji::parser
