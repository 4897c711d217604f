#include <cstdio>

#include <fmt/format.h>

#include "common/text/fold.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/parser/core/report_identity.h"
#include "services/parser/worker.h"

namespace gouji::command {
namespace {

constexpr std::size_t kFoundMax = 50;
constexpr std::size_t kFileBytesMax = 32 * 1024 * 1024;

// What the directory says about a name.
struct Found {
  std::vector<const Organ*> organs;        // listed, by id, name or a part of one
  std::vector<const Division*> divisions;  // of exactly this name, or the one with this code
  std::optional<LeadingDivision> leading;
  std::optional<std::string> id;           // the organ id of a report under this name
};

bool holds(const Organ& organ, const std::string& folded) {
  if (organ.id == folded || fold_label(organ.name).find(folded) != std::string::npos) return true;
  for (const std::string& alias : organ.aliases)
    if (fold_label(alias).find(folded) != std::string::npos) return true;
  return false;
}

Found look_up(const OrganDirectory& directory, const std::string& name) {
  const std::string folded = fold_label(name);
  Found found;
  if (folded.empty()) return found;
  for (const Organ& organ : directory.organs())
    if (found.organs.size() < kFoundMax && holds(organ, folded)) found.organs.push_back(&organ);
  found.divisions = directory.divisions().named(folded);
  if (const Division* division = directory.divisions().by_code(folded)) found.divisions.push_back(division);
  found.leading = directory.divisions().leading(folded);
  const bool is_division_alone = !found.divisions.empty();
  if (!is_division_alone) found.id = parser::organ_id(name, directory);
  return found;
}

void write_division(JsonWriter& json, const DivisionTable& table, const Division& division) {
  json.begin_object().key("code").text(division.code).key("name").text(table.full_name(division)).end_object();
}

std::string found_json(const Found& found, const DivisionTable& table) {
  JsonWriter json;
  json.begin_object().key("organ_id");
  if (found.id)
    json.text(*found.id);
  else
    json.null();
  json.key("organs").begin_array();
  for (const Organ* organ : found.organs)
    json.begin_object().key("id").text(organ->id).key("name").text(organ->name).key("division").text(organ->division).end_object();
  json.end_array().key("divisions").begin_array();
  for (const Division* division : found.divisions) write_division(json, table, *division);
  json.end_array().key("begins_with");
  if (found.leading && found.leading->is_unique)
    write_division(json, table, *found.leading->division);
  else
    json.null();
  return json.end_object().str() + "\n";
}

std::string found_text(const Found& found, const DivisionTable& table, Language language) {
  std::string text;
  for (const Organ* organ : found.organs) text += fmt::format("{}  {}  {}\n", organ->id, organ->name, organ->division);
  for (const Division* division : found.divisions) text += fmt::format("{}  {}\n", division->code, table.full_name(*division));
  if (found.id) text += fmt::format("{}{}\n", in(language, "报告键中的机关：", "organ of a report's key: "), *found.id);
  if (!found.id && found.leading && !found.leading->is_unique)
    text += fmt::format("{}{}\n", in(language, "同名行政区划不止一个，须写明上级：", "several divisions have this name, say in which one: "), found.leading->division->name);
  return text;
}

int find(const OrgansRequest& request) {
  const OrganDirectory& directory = parser::embedded_organs();
  const Found found = look_up(directory, request.argument);
  fmt::print("{}", request.format == "json" ? found_json(found, directory.divisions())
                                            : found_text(found, directory.divisions(), request.language));
  if (found.id || !found.organs.empty() || !found.divisions.empty()) return kOk;
  fmt::print(stderr, "gouji organs: {}：{}\n", request.argument,
             in(request.language, "不能确定是哪个机关", "this name does not tell which organ it is"));
  return kFindings;
}

// One line a mistake, as compilers write them.
int check_file(const OrgansRequest& request) {
  const auto json = read_argument(request.argument, kFileBytesMax);
  if (!json) return fail("organs", json.error());
  const auto directory = OrganDirectory::parse(*json);
  if (!directory) {
    std::string mistakes = directory.error().message;
    for (std::size_t at = mistakes.find('\n'); at != mistakes.npos; at = mistakes.find('\n', at + 1)) mistakes.replace(at, 1, "\n" + request.argument + ": ");
    fmt::print("{}: {}\n", request.argument, mistakes);
    return kFindings;
  }
  fmt::print("{}: {} {}, {} {}\n", request.argument, directory->organs().size(), in(request.language, "个机关", "organs"),
             directory->divisions().all().size(), in(request.language, "个行政区划", "divisions"));
  return kOk;
}

}  // namespace

int organs(const OrgansRequest& request) { return request.action == "find" ? find(request) : check_file(request); }

}  // namespace gouji::command
