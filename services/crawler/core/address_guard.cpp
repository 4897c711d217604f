#include "services/crawler/core/address_guard.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/core/check.h"

namespace gouji::crawler {

namespace {

// Every block of the IPv4 registry that is not globally reachable, and multicast.
constexpr std::string_view kNotGlobalV4[] = {
    "0.0.0.0/8",        // this host
    "10.0.0.0/8",       // private
    "100.64.0.0/10",    // carrier-grade NAT
    "127.0.0.0/8",      // loopback
    "169.254.0.0/16",   // link-local, metadata of clouds
    "172.16.0.0/12",    // private
    "192.0.0.0/24",     // protocol assignments
    "192.0.2.0/24",     // documentation
    "192.31.196.0/24",  // AS112
    "192.52.193.0/24",  // AMT
    "192.88.99.0/24",   // 6to4 relays
    "192.168.0.0/16",   // private
    "192.175.48.0/24",  // AS112
    "198.18.0.0/15",    // benchmarking
    "198.51.100.0/24",  // documentation
    "203.0.113.0/24",   // documentation
    "224.0.0.0/4",      // multicast
    "240.0.0.0/4",      // reserved, broadcast
};

// Inside 2000::/3; outside of it nothing is global.
constexpr std::string_view kNotGlobalV6[] = {
    "2001::/23",        // protocol assignments, Teredo, benchmarking, ORCHID
    "2001:db8::/32",    // documentation
    "2002::/16",        // 6to4
    "2620:4f:8000::/48",  // AS112
    "3fff::/20",        // documentation
};

Cidr known(std::string_view text) {
  const auto block = parse_cidr(text);
  GOUJI_CHECK(block.has_value());
  return *block;
}

template <std::size_t kSize>
std::vector<Cidr> blocks_of(const std::string_view (&texts)[kSize]) {
  std::vector<Cidr> blocks;
  for (const std::string_view text : texts) blocks.push_back(known(text));
  return blocks;
}

bool is_in(const std::vector<Cidr>& blocks, const IpAddress& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Cidr& block) { return contains(block, address); });
}

std::optional<int> number_from(std::string_view text, int max) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value <= max ? std::optional(value) : std::nullopt;
}

std::optional<std::array<std::uint8_t, 4>> v4_from(std::string_view text) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto part = number_from(text.substr(0, dot), 255);
    if (!part) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*part);
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return bytes;
}

std::optional<std::uint16_t> group_from(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<unsigned>(digit);
  }
  return static_cast<std::uint16_t>(value);
}

// The groups of one side of "::", as bytes; a dotted IPv4 address may end it.
std::optional<std::vector<std::uint8_t>> groups_from(std::string_view text, bool may_end_dotted) {
  std::vector<std::uint8_t> bytes;
  while (!text.empty()) {
    const auto colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && may_end_dotted && part.find('.') != std::string_view::npos) {
      const auto v4 = v4_from(part);
      if (!v4) return std::nullopt;
      bytes.insert(bytes.end(), v4->begin(), v4->end());
      return bytes;
    }
    const auto group = group_from(part);
    if (!group) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*group >> 8));
    bytes.push_back(static_cast<std::uint8_t>(*group & 0xff));
    if (colon == std::string_view::npos) return bytes;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;  // a single colon at the end
  }
  return bytes;
}

std::optional<IpAddress> v6_from(std::string_view text) {
  IpAddress address{true, {}};
  const auto gap = text.find("::");
  const auto head = groups_from(text.substr(0, gap), gap == std::string_view::npos);
  const auto tail = gap == std::string_view::npos ? std::optional(std::vector<std::uint8_t>{}) : groups_from(text.substr(gap + 2), true);
  if (!head || !tail) return std::nullopt;
  const std::size_t size = head->size() + tail->size();
  if (gap == std::string_view::npos ? size != 16 : size > 14) return std::nullopt;
  std::copy(head->begin(), head->end(), address.bytes.begin());
  std::copy(tail->rbegin(), tail->rend(), address.bytes.rbegin());
  return address;
}

IpAddress v4_at(const IpAddress& v6, std::size_t offset, std::uint8_t flip) {
  IpAddress v4;
  for (std::size_t i = 0; i < 4; ++i) v4.bytes[i] = v6.bytes[offset + i] ^ flip;
  return v4;
}

bool starts_with(const IpAddress& address, std::string_view block) { return contains(known(block), address); }

// The IPv4 addresses that an IPv6 address stands for.
std::vector<IpAddress> embedded(const IpAddress& v6) {
  if (starts_with(v6, "::ffff:0:0/96") || starts_with(v6, "::/96") || starts_with(v6, "::ffff:0:0:0/96") ||
      starts_with(v6, "64:ff9b::/96") || starts_with(v6, "64:ff9b:1::/48")) {
    return {v4_at(v6, 12, 0)};
  }
  if (starts_with(v6, "2002::/16")) return {v4_at(v6, 2, 0)};
  if (starts_with(v6, "2001::/32")) return {v4_at(v6, 4, 0), v4_at(v6, 12, 0xff)};
  return {};
}

bool is_mapped(const IpAddress& address) { return address.is_v6 && starts_with(address, "::ffff:0:0/96"); }

}  // namespace

Result<IpAddress> parse_ip(std::string_view text) {
  if (const auto v4 = v4_from(text)) {
    IpAddress address;
    std::copy(v4->begin(), v4->end(), address.bytes.begin());
    return address;
  }
  if (text.find(':') != std::string_view::npos) {
    if (const auto v6 = v6_from(text)) return *v6;
  }
  return invalid_input(ErrorCode::kBadArgument, "\"" + std::string(text.substr(0, 100)) + "\" is not an IP address");
}

std::string to_string(const IpAddress& address) {
  std::string out;
  if (!address.is_v6) {
    for (std::size_t i = 0; i < 4; ++i) out += (i == 0 ? "" : ".") + std::to_string(address.bytes[i]);
    return out;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i) {
    if (i > 0 && i % 2 == 0) out.push_back(':');
    out.append({kHex[address.bytes[i] >> 4], kHex[address.bytes[i] & 15]});
  }
  return out;
}

Result<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  GOUJI_ASSIGN(const IpAddress base, parse_ip(text.substr(0, slash)));
  const int bits = base.is_v6 ? 128 : 32;
  const auto prefix = slash == std::string_view::npos ? std::optional(bits) : number_from(text.substr(slash + 1), bits);
  if (!prefix) return invalid_input(ErrorCode::kBadArgument, "\"" + std::string(text) + "\": the prefix is 0…" + std::to_string(bits));
  for (int bit = *prefix; bit < bits; ++bit) {
    if ((base.bytes[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0) {
      return invalid_input(ErrorCode::kBadArgument, "\"" + std::string(text) + "\": bits behind the prefix are set; write the first address of the block");
    }
  }
  return Cidr{base, *prefix};
}

bool contains(const Cidr& block, const IpAddress& address) {
  if (block.base.is_v6 != address.is_v6) return false;
  const auto whole = static_cast<std::size_t>(block.prefix / 8);
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(whole), block.base.bytes.begin())) return false;
  const int rest = block.prefix % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (address.bytes[whole] & mask) == (block.base.bytes[whole] & mask);
}

bool is_global(const IpAddress& address) {
  static const std::vector<Cidr> not_v4 = blocks_of(kNotGlobalV4);
  static const std::vector<Cidr> not_v6 = blocks_of(kNotGlobalV6);
  static const Cidr unicast = known("2000::/3");
  if (!address.is_v6) return !is_in(not_v4, address);
  return contains(unicast, address) && !is_in(not_v6, address);
}

bool AddressGuard::is_named(const IpAddress& address) const { return is_in(allowed_, address); }

bool AddressGuard::is_allowed(const IpAddress& address) const {
  if (is_named(address)) return true;
  // The kernel sends a mapped address to the IPv4 host: it is that host.
  if (is_mapped(address)) return is_allowed(v4_at(address, 12, 0));
  if (!is_global(address)) return false;
  if (!address.is_v6) return true;
  const auto inside = embedded(address);
  return std::all_of(inside.begin(), inside.end(), [](const IpAddress& v4) { return is_global(v4); });
}

}  // namespace gouji::crawler
