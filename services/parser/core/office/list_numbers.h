// Automatic numbers of paragraphs: 一、（一）1. and what else lists are numbered with.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gouji::parser {

inline constexpr std::size_t kListLevels = 9;

// The number in the format that OOXML calls `format` ("decimal", "chineseCounting", ...; ECMA-376
// part 1, 17.18.59); decimal where the format is not known, empty for "bullet" and "none".
std::string format_list_number(std::int64_t number, std::string_view format);

struct ListLevel {
  std::int64_t start = 1;
  std::string format = "decimal";
  std::string text;  // "（%1）"; %n is the number of level n
  bool is_legal = false;  // all numbers in it are decimal
  bool restarts = true;
};

struct List {
  std::array<ListLevel, kListLevels> levels;
};

// Counts the paragraphs of one list.
class ListCounter {
 public:
  // The number of the next paragraph of this level, as it is printed; empty for bullets.
  std::string next(const List& list, std::size_t level);
  // The next paragraph of this level has this number.
  void restart_at(std::size_t level, std::int64_t number);

 private:
  std::array<std::int64_t, kListLevels> counts_{};
  std::array<bool, kListLevels> is_started_{};
};

}  // namespace gouji::parser
