#include "services/gouji/notify/signature.h"

#include <cstdint>

#include "common/core/digest.h"

namespace gouji::command {
namespace {

constexpr std::size_t kBlock = 64;

std::string digest(std::string_view bytes) {
  const Sha256 sum = sha256(bytes);
  return std::string(sum.begin(), sum.end());
}

std::string padded(const std::string& key, unsigned char with) {
  std::string block = key;
  block.resize(kBlock, '\0');
  for (char& c : block) c = static_cast<char>(static_cast<unsigned char>(c) ^ with);
  return block;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view message) {
  const std::string short_key = key.size() > kBlock ? digest(key) : std::string(key);
  return digest(padded(short_key, 0x5c).append(digest(padded(short_key, 0x36).append(message))));
}

std::string to_base64(std::string_view bytes) {
  static constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 3; ++i)
      word = word << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out.push_back(at + i <= bytes.size() ? kLetters[word >> (18 - 6 * i) & 63] : '=');
  }
  return out;
}

}  // namespace gouji::command
