// Reading qpdf's objects without surprises: a key of what is no dictionary is null, a number that
// is none is absent. Values nobody asked for never become exceptions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qpdf/QPDFObjectHandle.hh>

#include "services/parser/core/pdf/pdf_matrix.h"

namespace gouji::parser {

// Of a dictionary, or of a stream's dictionary; null otherwise. `key` begins with a slash.
QPDFObjectHandle value_of(const QPDFObjectHandle& object, const std::string& key);

std::optional<double> number_of(const QPDFObjectHandle& object);
// "" where it is no name; without the slash.
std::string name_of(const QPDFObjectHandle& object);
// Empty where it is no array.
std::vector<QPDFObjectHandle> items_of(const QPDFObjectHandle& object);
// As many numbers as the array has; empty where one item is none.
std::vector<double> numbers_of(const QPDFObjectHandle& object);
// The identity where it is no matrix.
PdfMatrix matrix_of(const QPDFObjectHandle& object);

}  // namespace gouji::parser
