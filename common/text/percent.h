// Percent-encoding of addresses (RFC 3986, section 2.1).
#pragma once

#include <string>
#include <string_view>

namespace gouji {

// Everything but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);
// "%E4%B8%AD" → "中"; what is no escape stays, and so does `+`. The bytes may be no UTF-8.
std::string percent_decoded(std::string_view text);

}  // namespace gouji
