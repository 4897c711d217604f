// Signatures of webhooks: HMAC-SHA256 (RFC 2104) and base64 (RFC 4648).
#pragma once

#include <string>
#include <string_view>

namespace gouji::command {

std::string hmac_sha256(std::string_view key, std::string_view message);  // 32 bytes
std::string to_base64(std::string_view bytes);

}  // namespace gouji::command
