#include "tests/support/damage.h"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

#include "tests/support/report_dress.h"

namespace gouji::testing {
namespace {

std::size_t pick(std::mt19937& random, std::size_t count) { return random() % count; }

// The fields of a line between its separators, separators kept with what they follow.
std::vector<std::string> pieces_of(const std::string& line) {
  std::vector<std::string> pieces(1);
  for (const char c : line) {
    pieces.back() += c;
    if (c == '|' || c == '\t' || c == ' ') pieces.emplace_back();
  }
  return pieces;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string line;
  for (const std::string& piece : pieces) line += piece;
  return line;
}

// Figures stay whole: a figure without a digit is another figure, not a figure misread.
std::vector<std::string> without_a_letter(const std::string& line, std::mt19937& random) {
  std::vector<std::string> characters = characters_of(line);
  const std::size_t at = pick(random, std::max<std::size_t>(1, characters.size()));
  if (at < characters.size() && characters[at].size() == 3) characters.erase(characters.begin() + static_cast<std::ptrdiff_t>(at));
  return characters;
}

void injure(std::vector<std::string>& lines, std::size_t first, std::size_t last, std::mt19937& random) {
  const std::size_t at = first + pick(random, last - first);
  std::vector<std::string> pieces = pieces_of(lines[at]);
  const std::size_t piece = pick(random, pieces.size());
  switch (random() % 6) {
    case 0: pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(piece)); break;
    case 1: pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(piece), pieces[piece]); break;
    case 2: lines[at].clear(); return;
    case 3: if (at + 1 < lines.size()) lines[at] += std::exchange(lines[at + 1], ""); return;
    case 4: if (at + 1 < lines.size()) std::swap(lines[at], lines[at + 1]); return;
    default: pieces = without_a_letter(lines[at], random);
  }
  lines[at] = joined(pieces);
}

}  // namespace

std::string damaged_text(const std::string& text, int count, std::mt19937& random) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  std::size_t first = 0, last = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find("二、") < 4 || lines[i].find("二．") < 4) first = i + 1;
    if ((lines[i].find("五、") < 4 || lines[i].find("五．") < 4) && i > first) last = i;
  }
  for (int i = 0; i < count && first + 1 < last; ++i) injure(lines, first, last - 1, random);
  std::string result;
  for (const std::string& line : lines) result += line + "\n";
  return result;
}

std::string damaged_page(const std::string& html, int count, std::mt19937& random) {
  std::vector<std::size_t> cells;
  for (std::size_t at = html.find("<td"); at != html.npos; at = html.find("<td", at + 3)) cells.push_back(at);
  std::string result = html;
  if (cells.size() < 60) return result;
  for (int i = 0; i < count; ++i) {
    const std::size_t cell = 20 + pick(random, cells.size() - 40);
    const std::size_t begin = result.find("<td", cells[cell]);
    const std::size_t end = begin == result.npos ? result.npos : result.find("<td", begin + 3);
    if (end == result.npos) continue;
    const std::string text = result.substr(begin, end - begin);
    if (random() % 2 == 0) {
      result.erase(begin, text.size());
    } else {
      result.insert(begin, text);
    }
  }
  return result;
}

}  // namespace gouji::testing
