#include "services/parser/core/office/doc_sprms.h"

#include "services/parser/core/office/part.h"

namespace gouji::parser {
namespace {

constexpr std::uint32_t kTableDefinition = 0xD608;
constexpr std::uint32_t kTabs = 0xC615;

struct Extent {
  std::size_t header = 0;  // bytes that say how long the operand is
  std::size_t size = 0;
};

// By the three highest bits of the code; lists state their length.
std::optional<Extent> extent_of(std::uint32_t code, std::string_view rest) {
  static constexpr std::size_t kFixed[] = {1, 1, 2, 4, 2, 2, 0, 3};
  const std::size_t kind = code >> 13;
  if (kind != 6) return Extent{0, kFixed[kind]};
  if (rest.empty()) return std::nullopt;
  if (code != kTableDefinition) {
    // 255 says that the length must be computed; the tabs of a paragraph mean nothing here.
    const bool is_computed = code == kTabs && u8_at(rest, 0) == 255;
    return is_computed ? std::nullopt : std::optional(Extent{1, u8_at(rest, 0)});
  }
  if (rest.size() < 2 || u16_at(rest, 0) == 0) return std::nullopt;
  return Extent{2, u16_at(rest, 0) - 1};
}

}  // namespace

std::uint32_t Sprm::number() const {
  switch (operand.size()) {
    case 0: return 0;
    case 1: return u8_at(operand, 0);
    case 2: return u16_at(operand, 0);
    case 3: return u16_at(operand, 0) | u8_at(operand, 2) << 16;
    default: return u32_at(operand, 0);
  }
}

std::optional<Sprm> SprmWalk::next() {
  if (rest_.size() < 3) return std::nullopt;
  Sprm sprm;
  sprm.code = u16_at(rest_, 0);
  rest_.remove_prefix(2);
  const std::optional<Extent> extent = extent_of(sprm.code, rest_);
  if (!extent || rest_.size() - extent->header < extent->size) return std::nullopt;
  sprm.operand = rest_.substr(extent->header, extent->size);
  rest_.remove_prefix(extent->header + extent->size);
  return sprm;
}

}  // namespace gouji::parser
