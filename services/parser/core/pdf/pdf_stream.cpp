#include "services/parser/core/pdf/pdf_stream.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include <qpdf/Buffer.hh>
#include <qpdf/Pipeline.hh>

#include "services/parser/core/pdf/pdf_objects.h"

namespace gouji::parser {
namespace {

// Takes what a filter gives and stops it by an exception, which qpdf hands back as a failure.
class BoundedSink : public Pipeline {
 public:
  explicit BoundedSink(std::size_t bytes_max) : Pipeline("sink", nullptr), bytes_max_(bytes_max) {}

  void write(unsigned char const* bytes, std::size_t size) override {
    if (is_full_ || size > bytes_max_ - text_.size()) {
      is_full_ = true;
      throw std::length_error("the stream is too large");
    }
    text_.append(reinterpret_cast<const char*>(bytes), size);
  }
  void finish() override {}

  bool is_full() const { return is_full_; }
  std::string take() { return std::move(text_); }

 private:
  std::size_t bytes_max_;
  std::string text_;
  bool is_full_ = false;
};

struct Decompressor {
  void operator()(libdeflate_decompressor* one) const { libdeflate_free_decompressor(one); }
};

// One Flate filter without a predictor is what nearly all streams have; the whole-buffer decoder
// is twice as fast as a stream's. Nothing where it fails: the slow way keeps what precedes an error.
std::optional<std::string> inflate(const Buffer& raw, std::size_t bytes_max) {
  const std::unique_ptr<libdeflate_decompressor, Decompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (decompressor == nullptr) return std::nullopt;
  constexpr std::size_t kFirstRatio = 8;
  constexpr std::size_t kSlack = 256;
  Buffer& bytes = const_cast<Buffer&>(raw);  // getBuffer() of a constant one is not a constant one
  std::string text;
  std::size_t size = std::min(bytes_max, raw.getSize() * kFirstRatio + kSlack);
  while (true) {
    text.resize(size);
    std::size_t written = 0;
    const libdeflate_result result = libdeflate_zlib_decompress(
        decompressor.get(), bytes.getBuffer(), bytes.getSize(), text.data(), size, &written);
    if (result == LIBDEFLATE_SUCCESS) {
      text.resize(written);
      return text;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE || size >= bytes_max) return std::nullopt;
    size = std::min(bytes_max, size * 4);
  }
}

// The number of filters, and whether it is a single plain Flate.
struct Filters {
  std::size_t count = 0;
  bool is_plain_flate = false;
};

Filters filters_of(const QPDFObjectHandle& stream) {
  const QPDFObjectHandle filter = value_of(stream, "/Filter");
  const std::vector<QPDFObjectHandle> items = items_of(filter);
  const std::string name = items.size() == 1 ? name_of(items[0]) : name_of(filter);
  QPDFObjectHandle parameters = value_of(stream, "/DecodeParms");
  const bool is_plain = name == "FlateDecode" && parameters.isNull();
  return {name.empty() ? items.size() : 1, is_plain};
}

}  // namespace

bool StreamBudget::take(std::size_t bytes) {
  if (bytes > left_) is_exceeded_ = true;
  left_ -= std::min(bytes, left_);
  return !is_exceeded_;
}

std::optional<std::string> read_stream(const QPDFObjectHandle& stream, StreamBudget& budget) {
  QPDFObjectHandle copy = stream;
  if (!copy.isStream() || budget.is_exceeded()) return std::nullopt;
  const Filters filters = filters_of(copy);
  if (filters.count > kPdfFiltersMax) return std::nullopt;
  const std::size_t bytes_max = std::min(kPdfStreamBytesMax, budget.left());
  if (filters.is_plain_flate) {
    const std::shared_ptr<Buffer> raw = copy.getRawStreamData();
    std::optional<std::string> text = inflate(*raw, bytes_max);
    if (text) {
      budget.take(text->size());
      return text;
    }
  }
  BoundedSink sink(bytes_max);
  bool is_filtered = false;
  copy.pipeStreamData(&sink, &is_filtered, 0, qpdf_dl_specialized, true, true);
  if (sink.is_full()) {
    budget.exceed();
    return std::nullopt;
  }
  if (!is_filtered && filters.count > 0) return std::nullopt;
  std::string text = sink.take();
  budget.take(text.size());
  return text;
}

}  // namespace gouji::parser
