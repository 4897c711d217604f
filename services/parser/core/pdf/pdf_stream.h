// What is inside a stream, under a bound: compressed data may swell a thousandfold with each filter.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <qpdf/QPDFObjectHandle.hh>

#include "services/parser/core/pdf/pdf_limits.h"

namespace gouji::parser {

// Counts what all streams of one file came to.
class StreamBudget {
 public:
  // False where the file has used up what it may, now or before.
  bool take(std::size_t bytes);
  std::size_t left() const { return left_; }
  bool is_exceeded() const { return is_exceeded_; }
  void exceed() { is_exceeded_ = true; }

 private:
  std::size_t left_ = kPdfInflatedBytesMax;
  bool is_exceeded_ = false;
};

// The decoded bytes. Nothing for what is no stream, for filters that make pictures, and for more
// than kPdfFiltersMax of them; what comes before an error in the data counts. A stream that is too
// large marks the budget as exceeded.
std::optional<std::string> read_stream(const QPDFObjectHandle& stream, StreamBudget& budget);

}  // namespace gouji::parser
