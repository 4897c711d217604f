// Names of organs and years of report as titles and prose write them. All texts are folded
// (common/text/fold.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gouji::parser {

// A year of report in `text` at or behind `from`: four digits, or four Chinese numerals, followed
// by 年, with no digit in front. 1990 to 2099.
struct FoundYear {
  std::int32_t year = 0;
  std::size_t begin = 0;
  std::size_t end = 0;  // behind 年 and 度
};
std::optional<FoundYear> find_year(std::string_view text, std::size_t from = 0);

// How much of a name is said.
enum class NameKind : std::uint8_t {
  kNone,     // no name of an organ
  kGeneric,  // 我局, 市教育局: names a thousand organs and so none
  kFull,     // 许昌市交通运输局, 中扬镇
};
NameKind name_kind(std::string_view name);

// A full name that begins with its county or a higher division, which tells it from its namesakes
// elsewhere: 桃江县鲊埠回族乡, not 中扬镇.
bool has_division(std::string_view name);

// 人民政府 of a province, city or county: it reports for all below it, too.
bool is_government(std::string_view name);

// The name of a place and of no organ: 耀州区.
bool is_bare_division(std::string_view name);

// A title of an annual report, taken apart.
struct TitleParts {
  bool is_report = false;   // speaks of 信息公开 and 年度报告, 年报 or 工作报告
  std::string organ;        // empty when there is none in it; may be generic
  std::optional<std::int32_t> year;
};
TitleParts parse_title(std::string_view folded_title);

// The longest full name at the start of `text` that what follows allows to be a name: the subject
// of a sentence. Empty when there is none.
std::string leading_name(std::string_view text);

}  // namespace gouji::parser
