#include "common/core/digest.h"

#include <openssl/evp.h>

#include <cstring>

#include "common/core/check.h"

namespace gouji {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

std::array<std::array<std::uint32_t, 256>, 8> make_crc_tables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t)
    for (std::size_t i = 0; i < 256; ++i)
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xFF];
  return tables;
}

std::uint32_t crc_by_table(const unsigned char* p, std::size_t left, std::uint32_t crc) {
  static const auto kTables = make_crc_tables();
  for (; left >= 8; left -= 8, p += 8) {
    crc ^= static_cast<std::uint32_t>(p[0]) | static_cast<std::uint32_t>(p[1]) << 8 |
           static_cast<std::uint32_t>(p[2]) << 16 | static_cast<std::uint32_t>(p[3]) << 24;
    crc = kTables[7][crc & 0xFF] ^ kTables[6][(crc >> 8) & 0xFF] ^ kTables[5][(crc >> 16) & 0xFF] ^
          kTables[4][crc >> 24] ^ kTables[3][p[4]] ^ kTables[2][p[5]] ^ kTables[1][p[6]] ^ kTables[0][p[7]];
  }
  for (; left > 0; --left, ++p) crc = (crc >> 8) ^ kTables[0][(crc ^ *p) & 0xFF];
  return crc;
}

#if defined(__x86_64__)
// The processor's own instruction computes the same polynomial.
__attribute__((target("sse4.2"))) std::uint32_t crc_by_instruction(const unsigned char* p, std::size_t left,
                                                                   std::uint32_t crc) {
  std::uint64_t wide = crc;
  for (; left >= 8; left -= 8, p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left, ++p) crc = __builtin_ia32_crc32qi(crc, *p);
  return crc;
}
#endif

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest;
  // Fetched once: to look the algorithm up costs as much as a short digest.
  static const EVP_MD* const kAlgorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  GOUJI_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, kAlgorithm, nullptr) == 1);
  return digest;
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kHexDigits[byte >> 4]);
    hex.push_back(kHexDigits[byte & 15]);
  }
  return hex;
}

std::string to_hex(const Sha256& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Result<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return invalid_input(ErrorCode::kMalformed, "odd number of hex digits");
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_value(hex[i]);
    const int low = hex_value(hex[i + 1]);
    if (high < 0 || low < 0) return invalid_input(ErrorCode::kMalformed, "not a hex digit");
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  GOUJI_CHECK(context_ != nullptr);
  GOUJI_CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), EVP_sha256(), nullptr) == 1);
}

Sha256Stream::~Sha256Stream() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void Sha256Stream::add(std::string_view bytes) {
  GOUJI_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Stream::finish() {
  Sha256 digest;
  GOUJI_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr) == 1);
  return digest;
}

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t seed) {
  return ~crc_by_table(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), ~seed);
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed) {
#if defined(__x86_64__)
  static const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
  if (kHasInstruction)
    return ~crc_by_instruction(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), ~seed);
#endif
  return crc32c_portable(bytes, seed);
}

}  // namespace gouji
