// Which network addresses may be connected to: public ones, and blocks that the operator names. A
// table, so that nobody has to trust code full of comparisons.
// Sources: IANA special-purpose address registries (RFC 6890 and what it was extended with), RFC
// 6052 (64:ff9b::/96), RFC 3056 (2002::/16), RFC 4380 (2001::/32).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji::crawler {

// IPv4 or IPv6, as bytes in network order. IPv4 uses the first four.
struct IpAddress {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// "203.0.113.7", "2001:db8::1"; nothing else: no octal, no short forms, no zones.
Result<IpAddress> parse_ip(std::string_view text);
std::string to_string(const IpAddress& address);

// "10.0.0.0/8", "fd00::/8", or one address. The bits behind the prefix must be zero.
struct Cidr {
  IpAddress base;
  int prefix = 0;  // bits
  friend bool operator==(const Cidr&, const Cidr&) = default;
};
Result<Cidr> parse_cidr(std::string_view text);
bool contains(const Cidr& block, const IpAddress& address);

// IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4, Teredo) counts as that IPv4 address as well.
class AddressGuard {
 public:
  explicit AddressGuard(std::vector<Cidr> allowed) : allowed_(std::move(allowed)) {}
  bool is_allowed(const IpAddress& address) const;

 private:
  bool is_named(const IpAddress& address) const;
  std::vector<Cidr> allowed_;
};

// Public by the tables alone.
bool is_global(const IpAddress& address);

}  // namespace gouji::crawler
