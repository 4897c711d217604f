// What goes wrong between a printed table and its text: fields lost or doubled, lines lost, joined or
// swapped, letters lost; never a figure changed. Used to measure how far a reading can be trusted.
#pragma once

#include <random>
#include <string>

namespace gouji::testing {

// The text with `count` injuries to its lines between the headings 二 and 五.
std::string damaged_text(const std::string& text, int count, std::mt19937& random);

// The page with `count` cells lost or doubled.
std::string damaged_page(const std::string& html, int count, std::mt19937& random);

}  // namespace gouji::testing
