#include "tests/support/report_dress.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gouji::testing {
namespace {

bool draw(std::mt19937& random, int percent) { return static_cast<int>(random() % 100) < percent; }

std::size_t pick(std::mt19937& random, std::size_t count) { return random() % count; }

std::string joined(const std::vector<std::string>& characters) {
  std::string text;
  for (const std::string& character : characters) text += character;
  return text;
}

bool replace(std::string& text, const std::string& word, const std::string& by) {
  const std::size_t at = text.find(word);
  if (at == std::string::npos) return false;
  text.replace(at, word.size(), by);
  return true;
}

bool is_figure(const TableCell& cell) {
  return cell.kind == CellKind::kFigure && !cell.text.empty() &&
         cell.text.find_first_not_of("0123456789.-") == std::string::npos && cell.text != "-";
}

// A character of the middle lost, doubled, swapped with its neighbour or mistaken for another.
std::string misspelt(const std::string& text, std::mt19937& random) {
  std::vector<std::string> characters = characters_of(text);
  const std::size_t at = characters.size() / 2 + pick(random, characters.size() / 2 - 1);
  switch (random() % 4) {
    case 0: characters.erase(characters.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 1: characters.insert(characters.begin() + static_cast<std::ptrdiff_t>(at), characters[at]); break;
    case 2: std::swap(characters[at], characters[at - 1]); break;
    default: characters[at] = "己"; break;
  }
  return joined(characters);
}

void add_typos(TableRows& rows, std::mt19937& random) {
  constexpr std::size_t kLongLabel = 8 * 3;
  int left = 2;
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      if (cell.kind != CellKind::kLabel || cell.text.size() < kLongLabel || left == 0 || !draw(random, 15)) continue;
      cell.text = misspelt(cell.text, random);
      --left;
    }
  }
}

void add_notes(TableRows& rows) {
  const std::pair<std::string, std::string> kNotes[] = {
      {"本年增/减", "(减用负值表示,如-8)"}, {"处理决定数量", "（指2020年办件量）"},
      {"上一年项目数量", "(指2019年事项数)"}, {"规章", "（设区的市、自治州人民政府填报）"},
      {"规范性文件", "（含以本级政府名义印发的,共2类）"}, {"本年新收政府信息公开申请数量", "（不含上年结转）"},
      {"现行有效件数", "（截至12月31日）"}};
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      for (const auto& [word, note] : kNotes) {
        if (cell.text.ends_with(word)) cell.text += note;
      }
    }
  }
}

void change_wording(TableRows& rows, std::mt19937& random) {
  const std::pair<std::string, std::string> kWordings[] = {
      {"本年新制作数量", "本年新制作数"},   {"对外公开总数量", "对外公开总数"},     {"其他法律行政法规", "其他法律、行政法规"},
      {"或重新出具", "或者重新出具"},       {"没有现成信息需要", "没有现成信息、需要"}, {"予以公开", "予以公开"},
      {"本年制发件数", "本年制发件数"},     {"总计", "总 计"},                      {"危及“三安全一稳定”", "危及\"三安全一稳定\""},
      {"行政处罚", "行政处罚"},             {"法人或其他组织", "法人或其它组织"},     {"结果维持", "结果\x01维持"}};
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      for (const auto& [word, other] : kWordings) {
        if (cell.kind != CellKind::kFigure && draw(random, 60)) replace(cell.text, word, other);
      }
    }
  }
}

void break_lines(TableRows& rows, std::mt19937& random) {
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      if (cell.kind == CellKind::kFigure || !draw(random, 30) || cell.text.find(kBreak) != std::string::npos) continue;
      std::vector<std::string> characters = characters_of(cell.text);
      if (characters.size() < 6 || characters[0] == "第") continue;
      characters.insert(characters.begin() + 3 + static_cast<std::ptrdiff_t>(pick(random, characters.size() - 4)), std::string(1, kBreak));
      cell.text = joined(characters);
    }
  }
}

void cut_headers(TableRows& rows) {
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      replace(cell.text, "本年新制作数量", "本年新");
      replace(cell.text, "本年新公开数量", "本年新");
      replace(cell.text, "现行有效件数", "现行有效件");
    }
  }
}

void add_extra_rows(std::array<TableRows, 3>& tables) {
  const auto row_of = [](const TableRow& like, const std::string& label, const char* values[]) {
    TableRow row = like;
    std::size_t next = 0;
    for (TableCell& cell : row) {
      if (cell.kind == CellKind::kLabel) cell.text = label;
      if (cell.kind == CellKind::kFigure) cell.text = values[next++];
    }
    return row;
  };
  const char* documents[] = {"186", "86", "255"};
  const char* requests[] = {"3", "1", "0", "0", "0", "0", "4"};
  tables[0].insert(tables[0].begin() + 4, row_of(tables[0][3], "其他主动公开文件", documents));
  tables[1].insert(tables[1].begin() + 4, row_of(tables[1][3], "其中：网络平台提交", requests));
}

// Table 3 goes on behind a page break: its header once more, and the merged labels with it.
void repeat_headers(TableRows& rows, std::mt19937& random) {
  const std::size_t at = 9 + pick(random, rows.size() - 13);
  const TableRows head(rows.begin(), rows.begin() + 3);
  for (std::size_t row = 0; row < at; ++row) {
    for (TableCell& cell : rows[row]) {
      const int below = static_cast<int>(row) + cell.rows - static_cast<int>(at);
      if (cell.kind != CellKind::kGroup || below <= 0) continue;
      const std::size_t into = at;
      TableCell rest = cell;
      rest.rows = below;
      cell.rows -= below;
      const auto place = rest.text.starts_with("三") ? rows[into].begin()
                                                     : rows[into].begin() + (rows[into][0].kind == CellKind::kGroup ? 1 : 0);
      rows[into].insert(place, rest);
    }
  }
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), head.begin(), head.end());
}

void renumber(TableRows& rows, int style) {
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      if (cell.kind != CellKind::kLabel || cell.text.size() < 3 || cell.text[1] != '.') continue;
      const std::string digit = cell.text.substr(0, 1), words = cell.text.substr(2);
      if (style == 1) cell.text = digit + "、" + words;
      if (style == 2) cell.text = digit + ". " + words;
      if (style == 3) cell.text = "（" + digit + "）" + words;
      if (style == 4) cell.text = words;
    }
  }
}

std::string with_thousands(const std::string& text) {
  const std::size_t begin = text.starts_with('-') ? 1 : 0;
  std::size_t end = text.find('.');
  if (end == std::string::npos) end = text.size();
  std::string result = text.substr(0, begin);
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && (end - i) % 3 == 0) result += ',';
    result += text[i];
  }
  return result + text.substr(end);
}

std::string full_width(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c < '!' || c > '~') {
      result += c;
    } else {
      const unsigned code = 0xFF01U + static_cast<unsigned>(c - '!');
      result += {static_cast<char>(0xE0U | (code >> 12)), static_cast<char>(0x80U | ((code >> 6) & 0x3FU)),
                 static_cast<char>(0x80U | (code & 0x3FU))};
    }
  }
  return result;
}

std::string signed_text(const std::string& text, std::mt19937& random) {
  const bool is_negative = text.starts_with('-');
  const std::string digits = is_negative ? text.substr(1) : text;
  const std::string kNegative[] = {"-", "－", "−", "减", "减少", "—", "–"};
  const std::string kPositive[] = {"+", "增", "增加", "＋", ""};
  if (digits == "0") return text;
  return (is_negative ? kNegative[pick(random, std::size(kNegative))] : kPositive[pick(random, std::size(kPositive))]) + digits;
}

// The figure times 10^4, its point moved.
std::string in_yuan(const std::string& wan) {
  std::string digits = wan;
  std::size_t point = digits.find('.');
  if (point == std::string::npos) {
    point = digits.size();
  } else {
    digits.erase(point, 1);
  }
  while (digits.size() < point + 4) digits += '0';
  digits.insert(point + 4, ".");
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  const std::size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  return digits[first] == '.' ? "0" + digits.substr(first) : digits.substr(first);
}

void dress_money(TableRows& rows, MoneyStyle style) {
  for (TableRow& row : rows) {
    for (TableCell& cell : row) {
      const std::size_t note = cell.text.find("（单位");
      if (cell.kind == CellKind::kHeader && note != std::string::npos && style != MoneyStyle::kUnitInHeader) {
        cell.text.erase(note);
        if (style == MoneyStyle::kYuanInHeader) cell.text += "（单位：元）";
      }
      if (!cell.is_money || !is_figure(cell)) continue;
      if (style == MoneyStyle::kYuanInHeader) cell.text = in_yuan(cell.text);
      if (style == MoneyStyle::kYuanInCell) cell.text = in_yuan(cell.text) + "元";
      if (style == MoneyStyle::kUnitInCell) cell.text += "万元";
      if (style == MoneyStyle::kShortUnitInCell) cell.text += "万";
    }
  }
}

void dress_figure(TableCell& cell, const Dress& dress, std::mt19937& random) {
  if (is_figure(cell) && cell.is_change && dress.has_signs) cell.text = signed_text(cell.text, random);
  if (is_figure(cell) && dress.has_thousands) cell.text = with_thousands(cell.text);
  if (dress.is_full_width) cell.text = full_width(cell.text);
  if (dress.has_item_units && !cell.is_money && !cell.text.empty() && cell.text.find_first_of("0123456789") != std::string::npos && draw(random, 30)) cell.text += "件";
  if (dress.has_spaces && !cell.text.empty()) cell.text = "\xC2\xA0" + cell.text + "\xC2\xA0";
}

std::string with_pinyin(const std::string& text) {
  std::string result = text;
  const std::pair<const char*, const char*> kSounds[] = {{"公", "公(gōng)"}, {"行", "行(xíng)"}, {"数", "数(shù)"}, {"申", "申(shēn)"}};
  for (const auto& [word, sound] : kSounds) replace(result, word, sound);
  return result;
}

}  // namespace

std::vector<std::string> characters_of(const std::string& text) {
  std::vector<std::string> characters;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U && !characters.empty()) {
      characters.back() += c;
    } else {
      characters.emplace_back(1, c);
    }
  }
  return characters;
}

std::string traditional(std::string text) {
  static const std::pair<std::string, std::string> kWords[] = {
      {"文件", "檔案"}, {"规", "規"}, {"机", "機"}, {"关", "關"}, {"开", "開"}, {"请", "請"}, {"数", "數"}, {"项", "項"}, {"总", "總"}, {"计", "計"},
      {"结", "結"}, {"转", "轉"}, {"业", "業"}, {"构", "構"}, {"会", "會"}, {"组织", "組織"}, {"办", "辦"}, {"务", "務"}, {"处", "處"}, {"罚", "罰"},
      {"强", "強"}, {"费", "費"}, {"采购", "採購"}, {"额", "額"}, {"单", "單"}, {"万", "萬"}, {"类", "類"}, {"属", "屬"}, {"于", "於"}, {"国", "國"},
      {"许", "許"}, {"执", "執"}, {"询", "詢"}, {"补", "補"}, {"没", "沒"}, {"现", "現"}, {"复", "複"}, {"诉", "訴"}, {"讼", "訟"}, {"经", "經"},
      {"维", "維"}, {"纠", "糾"}, {"审", "審"}, {"继续", "繼續"}, {"内", "內"}, {"过", "過"}, {"护", "護"}, {"权", "權"}, {"举", "舉"}, {"报", "報"},
      {"认", "認"}, {"获", "獲"}, {"缴", "繳"}, {"纳", "納"}, {"无", "無"}, {"后", "後"}, {"条", "條"}, {"决", "決"}, {"对", "對"}, {"发", "發"},
      {"废", "廢"}, {"减", "減"}, {"制作", "製作"}, {"动", "動"}, {"问", "問"}, {"题", "題"}, {"进", "進"}, {"体", "體"}};
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::find_if(std::begin(kWords), std::end(kWords), [&](const auto& word) { return text.compare(at, word.first.size(), word.first) == 0; });
    if (found == std::end(kWords)) {
      result += text[at++];
    } else {
      result += found->second;
      at += found->first.size();
    }
  }
  return result;
}

Dress random_dress(std::mt19937& random) {
  Dress dress;
  dress.has_typos = draw(random, 15);
  dress.is_traditional = draw(random, 8);
  dress.has_pinyin = draw(random, 5);
  dress.has_notes = draw(random, 15);
  dress.has_other_wording = draw(random, 20);
  dress.has_breaks = draw(random, 20);
  dress.has_cut_headers = draw(random, 8);
  dress.has_extra_rows = draw(random, 12);
  dress.has_repeated_headers = draw(random, 12);
  dress.is_full_width = draw(random, 10);
  dress.has_thousands = draw(random, 10);
  dress.has_signs = draw(random, 30);
  dress.has_item_units = draw(random, 5);
  dress.has_spaces = draw(random, 10);
  dress.enumerators = draw(random, 40) ? static_cast<int>(pick(random, 5)) : 0;
  if (draw(random, 50)) dress.money = static_cast<MoneyStyle>(pick(random, 6));
  return dress;
}

std::string describe(const Dress& dress) {
  std::string text;
  const std::pair<bool, const char*> kOptions[] = {
      {dress.has_typos, "typos"}, {dress.is_traditional, "traditional"}, {dress.has_pinyin, "pinyin"}, {dress.has_notes, "notes"},
      {dress.has_other_wording, "wording"}, {dress.has_breaks, "breaks"}, {dress.has_cut_headers, "cut"}, {dress.has_extra_rows, "extra"},
      {dress.has_repeated_headers, "repeated"}, {dress.is_full_width, "wide"}, {dress.has_thousands, "thousands"}, {dress.has_signs, "signs"},
      {dress.has_item_units, "items"}, {dress.has_spaces, "nbsp"}};
  for (const auto& [is_on, name] : kOptions) {
    if (is_on) text += std::string(name) + " ";
  }
  return text + "enumerators" + std::to_string(dress.enumerators) + " money" + std::to_string(static_cast<int>(dress.money));
}

void dress_tables(std::array<TableRows, 3>& tables, const Dress& dress, std::mt19937& random) {
  dress_money(tables[0], dress.money);
  if (dress.has_extra_rows) add_extra_rows(tables);
  if (dress.has_repeated_headers) repeat_headers(tables[1], random);
  if (dress.has_cut_headers) cut_headers(tables[0]);
  for (TableRows& rows : tables) {
    if (dress.has_other_wording) change_wording(rows, random);
    renumber(rows, dress.enumerators);
    if (dress.has_typos) add_typos(rows, random);
    if (dress.has_notes) add_notes(rows);
    if (dress.has_breaks) break_lines(rows, random);
    for (TableRow& row : rows) {
      for (TableCell& cell : row) {
        if (cell.kind == CellKind::kFigure) {
          dress_figure(cell, dress, random);
          continue;
        }
        if (dress.has_pinyin) cell.text = with_pinyin(cell.text);
        if (dress.is_traditional) cell.text = traditional(cell.text);
      }
    }
  }
}

}  // namespace gouji::testing
