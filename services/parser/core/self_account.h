// What a report says of itself in prose: whose it is, who made it, whom to ask about it. Sentences
// are folded (common/text/fold.h); names are full ones (names.h), or empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gouji::parser {

// "现公布临河市水利局2023年政府信息公开工作年度报告": a report that a sentence names, not in quotes.
struct NamedReport {
  std::string organ;  // empty where it names none in full
  std::optional<std::int32_t> year;
  bool is_this = false;  // the sentence says that this is the one: 现公布, 特编制
};
std::optional<NamedReport> named_report(std::string_view sentence);

// "由临河市水利局办公室编制": who made the report; an office stands for its bureau.
std::string stated_author(std::string_view sentence);

// "国家税务总局临河市税务局(以下简称"临河税务")": the name in front of the bracket.
std::string abbreviated_name(std::string_view sentence);

// "请与临河市水利局办公室联系": whom to ask; an office stands for what it is the office of.
std::string stated_contact(std::string_view sentence);

}  // namespace gouji::parser
