// Build program: writes the tables of GB18030 as C++ source to standard output, asking the iconv of
// the build host for every code. The two-byte codes become one table of UTF-8, the four-byte
// codes of the basic plane ranges of equal distance; the form is that of gb18030_table.h.
#include <iconv.h>

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr int kLeadFirst = 0x81, kLeadLast = 0xFE, kTrailFirst = 0x40, kTrailLast = 0xFE;
// Four-byte codes of the basic plane: 81308130 to 8431A439, counted from zero.
constexpr int kFourByteCodes = 39420;

struct Range {
  int index;       // of the first four-byte code
  unsigned first;  // its code point
  int length;
};

class Converter {
 public:
  Converter() : handle_(iconv_open("UTF-32LE", "GB18030")) {}
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool is_open() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  // The one code point that these bytes stand for.
  std::optional<unsigned> code_point(std::string bytes) const {
    unsigned char out[16];
    char* input = bytes.data();
    char* output = reinterpret_cast<char*>(out);
    std::size_t input_left = bytes.size(), output_left = sizeof out;
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    if (iconv(handle_, &input, &input_left, &output, &output_left) != 0) return std::nullopt;
    if (sizeof out - output_left != 4) return std::nullopt;
    unsigned value = 0;
    for (int i = 3; i >= 0; --i) value = value << 8 | out[i];
    return value;
  }

 private:
  iconv_t handle_;
};

std::string byte_string(std::initializer_list<int> values) {
  std::string bytes;
  for (int value : values) bytes.push_back(static_cast<char>(value));
  return bytes;
}

// Of U+0080 to U+FFFF, see kGb18030TwoByte.
unsigned packed_utf8(unsigned code_point) {
  const unsigned last = 0x80 | (code_point & 0x3F);
  if (code_point < 0x800) return 2U << 24 | last << 8 | (0xC0 | code_point >> 6);
  return 3U << 24 | last << 16 | (0x80 | (code_point >> 6 & 0x3F)) << 8 | (0xE0 | code_point >> 12);
}

void write_two_byte_table(const Converter& converter) {
  std::vector<unsigned> beyond;
  std::printf("const std::uint32_t kGb18030TwoByte[kGb18030TwoByteCodes] = {\n");
  for (int lead = 0x80; lead <= 0xFF; ++lead) {
    for (int trail = 0; trail <= 0xFF; ++trail) {
      const bool is_code = lead >= kLeadFirst && lead <= kLeadLast && trail >= kTrailFirst && trail <= kTrailLast && trail != 0x7F;
      const auto found = is_code ? converter.code_point(byte_string({lead, trail})) : std::nullopt;
      if (found && *found > 0xFFFF) beyond.push_back(*found);
      const auto place = static_cast<unsigned>(beyond.size());
      std::printf("%u,", !found ? 0U : *found <= 0xFFFF ? packed_utf8(*found) : place);
    }
    std::printf("\n");
  }
  std::printf("};\nconst std::uint32_t kGb18030BeyondBasicPlane[] = {0");
  for (unsigned code_point : beyond) std::printf(", %u", code_point);
  std::printf("};\n");
}

std::vector<Range> four_byte_ranges(const Converter& converter) {
  std::vector<Range> ranges;
  for (int index = 0; index < kFourByteCodes; ++index) {
    const auto found =
        converter.code_point(byte_string({0x81 + index / 12600, 0x30 + index / 1260 % 10,
                                          0x81 + index / 10 % 126, 0x30 + index % 10}));
    if (!found) continue;
    if (!ranges.empty() && ranges.back().index + ranges.back().length == index &&
        ranges.back().first + static_cast<unsigned>(ranges.back().length) == *found) {
      ++ranges.back().length;
    } else {
      ranges.push_back({index, *found, 1});
    }
  }
  return ranges;
}

void write_ranges(const std::vector<Range>& ranges) {
  std::printf("const Gb18030Range kGb18030Ranges[] = {\n");
  for (const Range& range : ranges)
    std::printf("{%d, %u, %d},\n", range.index, range.first, range.length);
  std::printf("};\nconst std::size_t kGb18030RangeCount = %zu;\n", ranges.size());
}

}  // namespace

int main() {
  const Converter converter;
  if (!converter.is_open()) {
    std::fprintf(stderr,
                 "iconv of this host does not know GB18030; install the gconv modules (libc-bin, "
                 "locales)\n");
    return 1;
  }
  std::printf("#include \"common/text/gb18030_table.h\"\n\nnamespace gouji {\n\n");
  write_two_byte_table(converter);
  write_ranges(four_byte_ranges(converter));
  std::printf("\n}  // namespace gouji\n");
  return 0;
}
