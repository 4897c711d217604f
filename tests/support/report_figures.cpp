#include <iconv.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

#include "tests/support/render_html.h"

namespace gouji::testing {
namespace {

constexpr std::size_t kApplicants = 6;
constexpr std::size_t kTable4Cells = 15;

std::string text_of(std::int64_t value) { return std::to_string(value); }

// Rows of 7: new, carried in, outcomes, total, carried out, all identities satisfied.
std::vector<std::vector<std::string>> made_up_table3(std::size_t rows, std::mt19937& random) {
  std::vector<std::array<std::int64_t, 7>> values(rows);
  const auto draw = [&](int most) {
    return static_cast<std::int64_t>(random() % static_cast<unsigned>(most));
  };
  const std::size_t total = rows - 2, carried_out = rows - 1;
  for (std::size_t column = 0; column < kApplicants; ++column) {
    for (std::size_t row = 2; row < total; ++row) {
      values[row][column] = draw(column == 0 ? 400 : 12);
      values[total][column] += values[row][column];
    }
    values[carried_out][column] = draw(9);
    values[1][column] = draw(5);
    values[0][column] = values[total][column] + values[carried_out][column] - values[1][column];
  }
  std::vector<std::vector<std::string>> table;
  for (auto& row : values) {
    for (std::size_t column = 0; column < kApplicants; ++column) row[kApplicants] += row[column];
    std::vector<std::string>& cells = table.emplace_back();
    for (std::int64_t value : row) cells.push_back(text_of(value));
  }
  return table;
}

std::vector<std::string> made_up_table4(std::mt19937& random) {
  std::vector<std::string> cells;
  for (int group = 0; group < 3; ++group) {
    std::int64_t sum = 0;
    for (int result = 0; result < 4; ++result) {
      const auto value = static_cast<std::int64_t>(random() % 60);
      sum += value;
      cells.push_back(text_of(value));
    }
    cells.push_back(text_of(sum));
  }
  return cells;
}

std::vector<std::string> strings_of(simdjson::dom::array values) {
  std::vector<std::string> cells;
  for (simdjson::dom::element value : values) {
    const bool is_figure = !value.is_null() && !value.is_string();
    cells.push_back(is_figure ? std::string(simdjson::minify(value)) : std::string());
  }
  return cells;
}

std::optional<ReportFigures> figures_of(simdjson::dom::element root) {
  constexpr const char* kTable2Rows[] = {"规章",     "规范性文件", "行政许可", "其他对外",
                                         "行政处罚", "行政强制",   "收费",     "采购"};
  constexpr const char* kTable3Rows[] = {"new",  "cin",  "r1",   "r2",   "r3_1", "r3_2", "r3_3",
                                         "r3_4", "r3_5", "r3_6", "r3_7", "r3_8", "r4_1", "r4_2",
                                         "r4_3", "r5_1", "r5_2", "r5_3", "r5_4", "r5_5", "r6",
                                         "r6_1", "r6_2", "r6_3", "tot",  "cout"};
  ReportFigures figures;
  figures.organ = std::string(std::string_view(root["agency"]));
  figures.year = static_cast<int>(std::int64_t(root["year"]));
  simdjson::dom::array cells;  // a surplus that was printed is left out
  for (const char* row : kTable2Rows) {
    if (root["t2"][row].get(cells) == simdjson::SUCCESS)
      figures.table2.push_back(strings_of(cells));
  }
  for (const char* row : kTable3Rows) {
    if (root["t3"][row].get(cells) != simdjson::SUCCESS) continue;
    figures.table3.push_back(strings_of(cells));
    figures.table3.back().resize(kApplicants + 1);
  }
  figures.table4 = strings_of(root["t4"]);
  if (figures.table4.size() > kTable4Cells) figures.table4.resize(kTable4Cells);
  if (figures.table2.size() == 8 && figures.table2.back().size() != 2) figures.table2.back() = {"0", "0"};
  figures.table2_edition = figures.table2.size() == 8 ? 2019 : 2021;
  figures.table3_edition = figures.table3.size() == 23 ? 2019 : 2021;
  const bool is_whole = (figures.table2.size() == 8 || figures.table2.size() == 6) &&
                        (figures.table3.size() == 23 || figures.table3.size() == 25) &&
                        figures.table4.size() == kTable4Cells;
  return is_whole ? std::optional(figures) : std::nullopt;
}

std::string converted(const std::string& text, const char* from, const char* to) {
  const iconv_t handle = iconv_open(to, from);
  if (handle == reinterpret_cast<iconv_t>(-1))
    throw std::runtime_error("iconv does not know the charset");
  std::string input = text, output(text.size() * 4 + 16, '\0');
  char *in = input.data(), *out = output.data();
  std::size_t in_left = input.size(), out_left = output.size();
  const std::size_t result = iconv(handle, &in, &in_left, &out, &out_left);
  iconv_close(handle);
  if (result == static_cast<std::size_t>(-1))
    throw std::runtime_error("iconv cannot convert the text");
  output.resize(output.size() - out_left);
  return output;
}

}  // namespace

ReportFigures made_up_figures(int table2_edition, int table3_edition, std::uint32_t seed) {
  std::mt19937 random(seed);
  ReportFigures figures;
  figures.table2_edition = table2_edition;
  figures.table3_edition = table3_edition;
  figures.year = table2_edition == 2019 ? 2020 : 2021;
  if (table2_edition == 2019) {
    figures.table2 = {{"2", "2", "31"},       {"117", "96", "1204"}, {"568", "12", "14358"},
                      {"380", "-7", "24814"}, {"1140", "0", "243"},  {"61", "3", "16"},
                      {"15", "-2"},           {"279", "123253.0625"}};
  } else {
    figures.table2 = {{"2", "1", "30"}, {"88", "55", "698"}, {"10690"}, {"2113"},
                      {"47"},           {"9116.36"}};
  }
  figures.table3 = made_up_table3(table3_edition == 2019 ? 23 : 25, random);
  figures.table4 = made_up_table4(random);
  return figures;
}

void thin_out(ReportFigures& figures, std::uint32_t seed) {
  std::mt19937 random(seed);
  auto& table = figures.table3;
  const std::size_t total = table.size() - 2;
  std::vector<std::array<std::int64_t, 7>> values(table.size());
  for (std::size_t column = 0; column < kApplicants; ++column) {
    for (std::size_t row = 1; row < table.size(); ++row) {
      if (row != total && random() % 10 == 0) values[row][column] = static_cast<std::int64_t>(random() % 30);
    }
    for (std::size_t row = 2; row < total; ++row) values[total][column] += values[row][column];
    values[0][column] = values[total][column] + values[total + 1][column];
    values[1][column] = std::min(values[1][column], values[0][column]);
    values[0][column] -= values[1][column];
  }
  for (std::size_t row = 0; row < table.size(); ++row) {
    for (std::size_t column = 0; column < kApplicants; ++column) values[row][kApplicants] += values[row][column];
    for (std::size_t column = 0; column <= kApplicants; ++column) table[row][column] = text_of(values[row][column]);
  }
  for (std::size_t group = 0; group < 3; ++group) {
    const std::int64_t upheld = random() % 3 == 0 ? static_cast<std::int64_t>(random() % 5) : 0;
    for (std::size_t result = 0; result < 5; ++result) {
      figures.table4[group * 5 + result] = text_of(result == 0 || result == 4 ? upheld : 0);
    }
  }
}

std::optional<ReportFigures> figures_from_grid_file(const std::string& path) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.load(path).get(root) != simdjson::SUCCESS) return std::nullopt;
  try {
    return figures_of(root);
  } catch (const simdjson::simdjson_error&) {
    return std::nullopt;
  }
}

std::vector<std::string> all_figures(const ReportFigures& figures) {
  std::vector<std::string> all;
  for (const auto& row : figures.table2) all.insert(all.end(), row.begin(), row.end());
  for (const auto& row : figures.table3) all.insert(all.end(), row.begin(), row.end());
  all.insert(all.end(), figures.table4.begin(), figures.table4.end());
  return all;
}

std::string gb18030_by_iconv(const std::string& utf8) {
  return converted(utf8, "UTF-8", "GB18030");
}
std::string utf8_by_iconv(const std::string& bytes, const char* charset) {
  return converted(bytes, charset, "UTF-8");
}

}  // namespace gouji::testing
