#include "services/parser/io/blob_reader.h"

#include <fstream>

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/report/raw_report.h"

namespace gouji::parser {
namespace {

constexpr std::string_view kPrefix = "cas://sha256/";

}  // namespace

Result<std::string> read_blob(const std::string& folder, const std::string& reference) {
  const std::string hex = reference.starts_with(kPrefix) ? reference.substr(kPrefix.size()) : std::string();
  if (hex.size() != 64 || !from_hex(hex))
    return invalid_input(ErrorCode::kMalformed, fmt::format("\"{}\" is not a reference to stored content", reference));
  if (folder.empty())
    return unavailable(ErrorCode::kBlobMissing,
                       fmt::format("{}: no folder of stored content is set (setting blobs)", reference));
  const std::string path = fmt::format("{}/sha256/{}/{}", folder, hex.substr(0, 2), hex.substr(2));
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return unavailable(ErrorCode::kBlobMissing, fmt::format("{}: not there", path));
  if (file.tellg() > static_cast<std::streamoff>(kContentBytesMax))
    return invalid_input(ErrorCode::kTooLarge, fmt::format("{}: larger than {} bytes", path, kContentBytesMax));
  std::string bytes(static_cast<std::size_t>(file.tellg()), '\0');  // of that size at once: growing costs as much again
  file.seekg(0);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return unavailable(ErrorCode::kBlobMissing, fmt::format("{}: cannot be read", path));
  if (to_hex(sha256(bytes)) != hex)
    return invalid_input(ErrorCode::kDigestMismatch, fmt::format("{}: holds other bytes than its name says", path));
  return bytes;
}

}  // namespace gouji::parser
