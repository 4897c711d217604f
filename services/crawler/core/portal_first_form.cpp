// The first form of portal files: one page, and what is wanted of it.
#include "services/crawler/core/portal_fields.h"
#include "services/crawler/core/portal_file.h"

namespace gouji::crawler {

namespace {

std::vector<Pattern> globs(const std::vector<std::string>& texts) {
  std::vector<Pattern> patterns;
  for (const std::string& text : texts) patterns.push_back(Pattern::glob(text));
  return patterns;
}

std::string pointer_from(ObjectReader& rows, std::string_view key) {
  const std::string pointer = rows.text(key).value_or("");
  if (!pointer.empty() && pointer.front() != '/') rows.mistake(key, "expected a JSON pointer, which begins with /");
  return pointer;
}

std::vector<FieldRule> pointer_field(const std::string& pointer) {
  FieldRule rule;
  rule.pointer = pointer;
  return pointer.empty() ? std::vector<FieldRule>{} : std::vector<FieldRule>{rule};
}

// Every link is a row; its day stands beside it.
RowRule link_rows() {
  RowRule rows;
  rows.select = *Selector::parse("a[href]");
  FieldRule address, text, day;
  address.attribute = "href";
  day.from = FieldFrom::kAround;
  day.type = FieldType::kDate;
  rows.url = {address};
  rows.title = {text};
  rows.date = {day};
  return rows;
}

void read_list(ObjectReader& reader, const std::string& url, Portal& portal) {
  ListRule list;
  list.id = "list";
  list.request.url = url;
  list.max_pages = 1;
  const bool is_json = reader.choice("format", {"html", "json"}).value_or(0) == 1;
  ObjectReader rows = reader.object("rows");
  const std::string array = pointer_from(rows, "pointer"), address = pointer_from(rows, "url"), title = pointer_from(rows, "title"), date = pointer_from(rows, "date");
  rows.finish();
  list.rows = link_rows();
  if (is_json) {
    list.response.format = ListFormat::kJsonp;
    list.rows = RowRule{};
    list.rows.pointers = {array};
    list.rows.url = pointer_field(address);
    list.rows.title = pointer_field(title.empty() ? address : title);
    list.rows.date = pointer_field(date);
    if (address.empty()) rows.mistake("url", "missing: the JSON pointer to the address within a row");
  }
  portal.lists.push_back(std::move(list));
}

}  // namespace

Portal read_first_form(const JsonValue& root, Mistakes& mistakes) {
  ObjectReader reader(&root, "", mistakes);
  Portal portal;
  if (reader.member("schema") == nullptr) reader.mistake("schema", "missing; expected 1");
  (void)reader.number("schema", 1, 1);
  if (const auto id = reader.text("id"); id && is_portal_id(*id)) {
    portal.id = *id;
  } else {
    reader.mistake("id", "expected a name of a-z, 0-9, - and . of at most 64 bytes, other than \"files\" and \"web\"");
  }
  const std::string kind = reader.text("kind").value_or("");
  if (kind != "list" && kind != "url") reader.mistake("kind", "expected \"list\" or \"url\"");
  const auto address = parse_url(reader.text("url").value_or(""));
  if (!address) reader.mistake("url", address.error().message);
  portal.hosts = reader.texts("hosts");
  if (address && portal.hosts.empty()) portal.hosts.push_back(address->host);
  portal.organ.name = reader.text("organ").value_or("");
  if (!portal.organ.name.empty()) portal.hints.push_back({"organ", portal.organ.name, "portal_file"});
  if (const auto year = reader.number("year", 2008, 2100)) portal.hints.push_back({"year", std::to_string(*year), "portal_file"});
  if (const auto scope = read_scope(reader)) portal.hints.push_back({"scope", *scope, "portal_file"});
  portal.season = SeasonProfile::kSteady;
  if (const auto interval = read_interval(reader, "interval")) portal.interval = *interval;
  ObjectReader accept = reader.object("accept");
  portal.accept = {globs(accept.texts("title")), globs(accept.texts("title_not")), globs(accept.texts("url"))};
  accept.finish();
  const std::string url = address ? to_string(*address) : "";
  read_list(reader, url, portal);
  if (kind == "url") {
    portal.lists.clear();
    portal.documents.push_back(url);
  }
  reader.finish();
  return portal;
}

}  // namespace gouji::crawler
