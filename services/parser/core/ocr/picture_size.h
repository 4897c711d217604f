// How large a picture is, by its header alone: what is too large is refused before it is decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gouji::parser {

struct PictureSize {
  std::int64_t width = 0;
  std::int64_t height = 0;
};

// PNG, JPEG, GIF, BMP, TIFF (the first of its pages) and PGM/PPM. nullopt where the header is none,
// or cut off.
std::optional<PictureSize> picture_size(std::string_view bytes);

inline constexpr std::int64_t kPicturePixelsMax = 50'000'000;
inline constexpr std::int64_t kPictureSideMax = 29'999;
// A side of zero is as wrong as one that is too long.
bool is_within_limits(PictureSize size);

}  // namespace gouji::parser
