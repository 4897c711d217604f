// Our GB18030 decoder against the iconv of this host, on any bytes.
#include <iconv.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/check.h"
#include "common/text/gb18030.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const iconv_t handle = iconv_open("UTF-8", "GB18030");
  std::string input(reinterpret_cast<const char*>(data), size);
  std::string expected(size * 4 + 16, '\0');
  char *in = input.data(), *out = expected.data();
  std::size_t in_left = size, out_left = expected.size();
  iconv(handle, nullptr, nullptr, nullptr, nullptr);
  const bool is_whole =
      iconv(handle, &in, &in_left, &out, &out_left) != static_cast<std::size_t>(-1);
  expected.resize(expected.size() - out_left);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string found = gouji::utf8_from_gb18030(bytes);
  const auto fit = gouji::gb18030_fit(bytes, size);
  GOUJI_CHECK(is_whole == (fit.errors == 0));
  GOUJI_CHECK(std::string_view(found).starts_with(expected));
  if (is_whole) GOUJI_CHECK(found == expected);
  return 0;
}
