#include "services/parser/core/pdf/structure_guard.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "services/parser/core/pdf/pdf_limits.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kDictionaryBytesMax = 4'096;  // of a stream that is looked at

bool contains(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

// Where its dictionary begins: behind the last "obj" before `keyword`. The whole window where there
// is none, which makes the stream one that is looked at.
std::string_view dictionary_before(std::string_view file, std::size_t keyword) {
  const std::size_t begin = keyword - std::min(keyword, kDictionaryBytesMax);
  const std::string_view window = file.substr(begin, keyword - begin);
  const std::size_t object = window.rfind("obj");
  return object == std::string_view::npos ? window : window.substr(object);
}

// Only object streams have First and N, and only cross-reference streams have W. A name may be
// spelled with escapes.
bool may_be_structure(std::string_view dictionary) {
  return contains(dictionary, "/First") || contains(dictionary, "/W") || contains(dictionary, "#") ||
         !dictionary.starts_with("obj");
}

bool has_usual_filter(std::string_view dictionary) {
  return count_of(dictionary, "/FlateDecode") + count_of(dictionary, "/Fl ") <= 1 &&
         !contains(dictionary, "LZW") && !contains(dictionary, "RunLength") &&
         !contains(dictionary, "#");
}

// How many bytes come out, counted up to `bytes_max` + 1. Data that are not compressed count as they
// are.
std::size_t inflated_size(std::string_view data, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return data.size();
  std::array<unsigned char, 32'768> window{};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(std::min<std::size_t>(data.size(), 1U << 30));
  std::size_t size = 0;
  int result = Z_OK;
  while (result == Z_OK && size <= bytes_max) {
    stream.next_out = window.data();
    stream.avail_out = static_cast<uInt>(window.size());
    result = inflate(&stream, Z_NO_FLUSH);
    size += window.size() - stream.avail_out;
  }
  inflateEnd(&stream);
  return size;
}

}  // namespace

bool has_bounded_structure(std::string_view file) {
  constexpr std::string_view kKeyword = "stream";
  std::size_t left = kPdfStructureBytesInAllMax;
  for (std::size_t at = file.find(kKeyword); at != std::string_view::npos; at = file.find(kKeyword, at)) {
    const std::size_t keyword = at;
    at += kKeyword.size();
    const bool is_end = keyword >= 3 && file.substr(keyword - 3, 3) == "end";
    if (is_end) continue;
    const std::string_view dictionary = dictionary_before(file, keyword);
    if (!may_be_structure(dictionary)) continue;
    std::size_t begin = at;
    while (begin < file.size() && (file[begin] == '\r' || file[begin] == '\n')) ++begin;
    const std::size_t size = inflated_size(file.substr(begin), kPdfStructureBytesMax);
    if (size > std::min(kPdfStructureBytesMax, left)) return false;
    constexpr std::size_t kHarmless = 1'024;
    if (size > kHarmless && !has_usual_filter(dictionary)) return false;
    left -= size;
  }
  return true;
}

}  // namespace gouji::parser
