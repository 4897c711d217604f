// What a PDF may cost. A limit that cuts something is named in PdfContent::limits; one that makes
// the file pointless to read is a refusal.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gouji::parser {

inline constexpr std::size_t kPdfPagesMax = 1'000;
inline constexpr std::size_t kPdfPageTreeDepthMax = 64;
// Nodes of the page tree that are looked at: pages, and the folders between them.
inline constexpr std::size_t kPdfPageTreeNodesMax = 20'000;

inline constexpr std::size_t kPdfStreamBytesMax = 64U << 20;     // inflated, one stream
inline constexpr std::size_t kPdfInflatedBytesMax = 256U << 20;  // inflated, the whole file
inline constexpr std::size_t kPdfFiltersMax = 2;                 // on one stream
// Object and cross-reference streams are turned into objects many times their size.
inline constexpr std::size_t kPdfStructureBytesMax = 8U << 20;
inline constexpr std::size_t kPdfStructureBytesInAllMax = 32U << 20;

inline constexpr std::int64_t kPdfPageOperatorsMax = 5'000'000;
inline constexpr std::int64_t kPdfOperatorsMax = 20'000'000;
inline constexpr std::size_t kPdfOperandsMax = 1U << 16;  // of one operator, array items included
inline constexpr std::size_t kPdfStateDepthMax = 512;     // q without Q
inline constexpr std::size_t kPdfFormDepthMax = 8;
inline constexpr std::size_t kPdfMarkDepthMax = 256;  // marked content inside marked content

inline constexpr std::size_t kPdfFontsMax = 4'096;
inline constexpr std::size_t kPdfFontRangesMax = 65'536;    // of one map of one font
inline constexpr std::size_t kPdfRangesInAllMax = 2U << 20;  // of all fonts

inline constexpr std::size_t kPdfGlyphsMax = 2'000'000;
inline constexpr std::size_t kPdfRulingsMax = 1'000'000;
inline constexpr std::size_t kPdfPicturesMax = 100'000;

}  // namespace gouji::parser
