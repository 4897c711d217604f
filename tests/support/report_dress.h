// How organs and portals vary the wording and the figures of the official tables, without changing
// what they say. Every option is a variant that real reports show.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>

#include "tests/support/report_tables.h"

namespace gouji::testing {

enum class MoneyStyle : std::uint8_t { kUnitInHeader, kYuanInHeader, kUnitInCell, kShortUnitInCell, kYuanInCell, kNoUnit };

struct Dress {
  bool has_typos = false;         // labels with a letter lost, doubled or changed
  bool is_traditional = false;
  bool has_pinyin = false;        // 公(gōng)开
  bool has_notes = false;         // notes in labels, with numbers in them
  bool has_other_wording = false; // 本年新制作数 for 本年新制作数量
  bool has_breaks = false;        // labels and headers broken over two lines of their cell
  bool has_cut_headers = false;   // "本年新" twice
  bool has_extra_rows = false;    // local rows that the form does not have
  bool has_repeated_headers = false;  // the header once more inside table 3, after a page break
  bool is_full_width = false;     // digits
  bool has_thousands = false;     // 1,234
  bool has_signs = false;         // +43, 增1423, －8 in the column of changes
  bool has_item_units = false;    // 12件
  bool has_spaces = false;        // NBSP around figures
  int enumerators = 0;            // 0 "1.", 1 "1、", 2 "1. ", 3 "（1）", 4 none
  MoneyStyle money = MoneyStyle::kUnitInHeader;
};

// Stands in a cell's text where its lines break; renderers write what their format has for it.
inline constexpr char kBreak = '\x01';

Dress random_dress(std::mt19937& random);
// Names of the options that are on, for a failing test's message.
std::string describe(const Dress& dress);

void dress_tables(std::array<TableRows, 3>& tables, const Dress& dress, std::mt19937& random);

// Words of the forms in traditional characters.
std::string traditional(std::string text);

// UTF-8 text as its characters.
std::vector<std::string> characters_of(const std::string& text);

}  // namespace gouji::testing
