#include "services/crawler/core/portal_file.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "common/core/digest.h"
#include "common/text/ascii.h"
#include "services/crawler/core/families.h"
#include "services/crawler/core/json_mistake.h"
#include "services/crawler/core/portal_fields.h"
#include "services/crawler/core/request_template.h"

namespace gouji::crawler {

namespace {

const std::vector<std::string_view> kSeasons = {"department", "government", "ministry", "steady"};

// What a file says over what its family says; `list` of the family lies under each list.
JsonValue with_family(const JsonValue& root, const Family& family) {
  JsonValue common = find_family("generic")->file;
  std::erase_if(common.members, [](const auto& member) { return member.name == "list"; });
  JsonValue whole = merged(merged(std::move(common), family.file), root);
  const JsonValue* list = family.file.member("list");
  std::erase_if(whole.members, [](const auto& member) { return member.name == "list" || member.name == "family"; });
  for (auto& [name, value] : whole.members) {
    if (name != "lists" || list == nullptr) continue;
    for (JsonValue& item : value.items) item = merged(*list, item);
  }
  return whole;
}

void read_identity(ObjectReader& root, Portal& portal) {
  if (root.member("schema") == nullptr) root.mistake("schema", "missing; expected 1");
  (void)root.number("schema", 1, 1);
  (void)root.text("about");
  (void)root.member("family");  // laid over the file already
  if (const auto id = root.text("id"); id && is_portal_id(*id)) {
    portal.id = *id;
  } else {
    root.mistake("id", "expected a name of a-z, 0-9, - and . of at most 64 bytes, other than \"files\" and \"web\"");
  }
  ObjectReader organ = root.object("organ");
  portal.organ.id = organ.text("id", 100).value_or("");
  portal.organ.name = organ.text("name", 300).value_or("");
  portal.organ.division = organ.text("division", 12).value_or("");
  portal.organ.site_id = organ.text("site_id_code", 32).value_or("");
  if (organ.choice("level", {"national", "province", "city", "county", "town"})) portal.organ.level = organ.text("level").value_or("");
  if (organ.choice("kind", {"government", "department", "town", "ministry"})) portal.organ.kind = organ.text("kind").value_or("");
  organ.finish();
  if (!portal.organ.name.empty()) portal.hints.push_back({"organ", portal.organ.name, "portal_file"});
  if (const auto year = root.number("year", 2008, 2100)) portal.hints.push_back({"year", std::to_string(*year), "portal_file"});
  if (const auto scope = read_scope(root)) portal.hints.push_back({"scope", *scope, "portal_file"});
}

void read_hosts(ObjectReader& root, Portal& portal) {
  const JsonValue* value = root.member("hosts");
  if (value != nullptr && value->is_object()) {
    ObjectReader hosts(value, root.place("hosts"), root.mistakes());
    portal.hosts = hosts.texts("allow");
    portal.attachment_hosts = hosts.texts("attachment_allow");
    if (hosts.choice("ip_family", {"any", "4", "6"})) portal.ip_family = hosts.text("ip_family").value_or("any");
    hosts.finish();
  } else {
    portal.hosts = root.texts("hosts");
  }
  for (const auto& [key, patterns] : {std::pair("hosts", &portal.hosts), std::pair("hosts/attachment_allow", &portal.attachment_hosts)}) {
    for (const std::string& pattern : *patterns) {
      const bool is_host = pattern.size() <= 253 && pattern.find_first_of("/:@ ?#\\") == std::string::npos;
      const auto dots = std::count(pattern.begin(), pattern.end(), '.');
      if (!is_host) root.mistake(key, "\"" + pattern.substr(0, 60) + "\" is no host: a name such as \"*.zj.gov.cn\", without scheme, port and path");
      if (is_host && pattern.find('*') != std::string::npos && dots < 2) root.mistake(key, "\"" + pattern + "\" allows too much: a pattern needs at least two dots, such as \"*.zj.gov.cn\"");
    }
  }
}

void read_tls(ObjectReader tls, Portal& portal) {
  portal.tls.verify = tls.flag("verify", true);
  portal.tls.legacy_renegotiation = tls.flag("legacy_renegotiation", false);
  if (tls.choice("min", {"1.0", "1.1", "1.2", "1.3"})) portal.tls.min_version = tls.text("min").value_or("1.2");
  portal.tls.reason = tls.text("reason").value_or("");
  const bool is_relaxed = !portal.tls.verify || portal.tls.legacy_renegotiation || portal.tls.min_version < "1.2";
  if (is_relaxed && portal.tls.reason.empty()) tls.mistake("reason", "missing: why this portal's TLS is relaxed; it is recorded with every document");
  tls.finish();
}

void read_http(ObjectReader http, Portal& portal) {
  portal.http.headers = http.pairs("headers");
  check_headers(http, portal.http.headers);
  portal.http.keeps_cookies = http.choice("cookies", {"none", "host"}).value_or(0) == 1;
  portal.http.user_agent = http.text("ua").value_or("");
  if (portal.http.user_agent == "default") portal.http.user_agent.clear();
  portal.http.user_agent_reason = http.text("ua_reason").value_or("");
  if (!portal.http.user_agent.empty() && portal.http.user_agent_reason.empty()) http.mistake("ua_reason", "missing: why this portal needs another user agent");
  http.finish();
}

// "08:00-20:00" in minutes of the day.
std::optional<std::pair<std::int32_t, std::int32_t>> hours_from(std::string_view text) {
  static const Pattern kHours = Pattern::known("^([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$");
  const auto match = kHours.find(text);
  if (!match) return std::nullopt;
  const auto minutes = [&](std::size_t at) { return std::stoi(match->groups[at]) * 60 + std::stoi(match->groups[at + 1]); };
  const std::pair hours(minutes(0), minutes(2));
  return hours.first <= 1'440 && hours.second <= 1'440 && hours.first != hours.second ? std::optional(hours) : std::nullopt;
}

void read_politeness(ObjectReader polite, Portal& portal) {
  if (const auto delay = polite.number("min_delay_ms", 100, 600'000)) portal.politeness.min_delay = std::chrono::milliseconds{*delay};
  if (const auto count = polite.number("concurrency", 1, 2)) portal.politeness.concurrency = static_cast<std::int32_t>(*count);
  if (const auto count = polite.number("max_requests_per_day", 1, 1'000'000)) portal.politeness.max_requests_per_day = static_cast<std::int32_t>(*count);
  portal.politeness.group = polite.text("group", 100).value_or("");
  if (const auto text = polite.text("active_hours", 11)) {
    const auto hours = hours_from(*text);
    if (hours) {
      std::tie(portal.politeness.active_from, portal.politeness.active_to) = *hours;
    } else {
      polite.mistake("active_hours", "expected hours of the day in China, such as \"22:00-06:00\"");
    }
  }
  polite.finish();
}

void read_robots(ObjectReader& root, Portal& portal) {
  portal.robots = root.choice("robots", {"obey", "ignore"}).value_or(0) == 1 ? RobotsPolicy::kIgnore : RobotsPolicy::kObey;
  portal.robots_reason = root.text("robots_reason").value_or("");
  if (portal.robots == RobotsPolicy::kIgnore && portal.robots_reason.empty()) root.mistake("robots_reason", "missing: why robots.txt is not obeyed here; it is recorded with every document");
}

void read_season(ObjectReader season, Portal& portal) {
  portal.season = static_cast<SeasonProfile>(season.choice("profile", kSeasons).value_or(portal.organ.kind == "government" ? 1 : portal.organ.kind == "ministry" ? 2 : 0));
  if (const auto interval = read_interval(season, "interval")) portal.interval = *interval;
  season.finish();
}

void read_lists(ObjectReader& root, Portal& portal) {
  std::vector<std::string> known;
  for (const VarRule& rule : portal.vars.vars) known.push_back(rule.name);
  for (const auto& [name, value] : portal.vars.fixed) known.push_back(name);
  const auto home = parse_url(portal.vars.from);
  if (home && !is_host_allowed(portal, home->host)) root.mistake("vars/from", "its host \"" + home->host + "\" is not among the hosts of the file");
  std::set<std::string> ids;
  for (ObjectReader& list : root.objects("lists")) {
    ObjectReader named = list;
    portal.lists.push_back(read_list_rule(list, known));
    if (!ids.insert(portal.lists.back().id).second) named.mistake("id", "the list \"" + portal.lists.back().id + "\" is there twice");
    // Of a template as much as is known: scheme and host.
    const std::string& text = portal.lists.back().request.url;
    const auto names = variables_of(text);
    const std::string origin = text.substr(0, text.find('/', std::min(text.find("//"), text.size()) + 2)) + "/";
    const auto address = parse_url(names.empty() ? text : origin);
    const bool needs_home = std::find(names.begin(), names.end(), "origin") != names.end() || std::find(names.begin(), names.end(), "vars.from") != names.end();
    if (needs_home && portal.vars.from.empty()) root.mistake("vars/from", "missing: the address of the column's page; {origin} comes from it");
    const bool is_plain = names.empty() || origin.find('{') == std::string::npos;
    if (is_plain && !text.empty() && !address) named.mistake("request/url", address.error().message);
    if (is_plain && address && !is_host_allowed(portal, address->host)) named.mistake("request/url", "its host \"" + address->host + "\" is not among the hosts of the file");
  }
  const auto documents = root.texts("documents");
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::string key = "documents/" + std::to_string(i);
    const auto address = parse_url(documents[i]);
    if (!address) root.mistake(key, address.error().message);
    else if (!is_host_allowed(portal, address->host)) root.mistake(key, "its host \"" + address->host + "\" is not among the hosts of the file");
    else portal.documents.push_back(to_string(*address));
  }
  if (portal.lists.empty() && portal.documents.empty()) root.mistake("lists", "missing: at least one list, or documents");
}

PortalSample read_sample(ObjectReader sample) {
  PortalSample found;
  found.file = sample.text("file", 200).value_or("");
  if (found.file.empty() || found.file.front() == '/' || found.file.find("..") != std::string::npos) sample.mistake("file", "expected the name of a file beside the portal file");
  if (sample.choice("purpose", {"list", "vars", "article"})) found.purpose = sample.text("purpose").value_or("");
  if (found.purpose.empty()) found.purpose = "list";
  found.list = sample.text("list", 64).value_or("");
  found.url = sample.text("url").value_or("");
  if (!parse_url(found.url)) sample.mistake("url", "expected the address that the page was recorded from");
  found.media_type = sample.text("media_type", 100).value_or("");
  if (const auto status = sample.number("status", 100, 599)) found.status = static_cast<std::int32_t>(*status);
  found.vars = sample.pairs("vars");
  found.expect = sample.pairs("expect");
  sample.finish();
  return found;
}

Portal read_portal(const JsonValue& whole, Mistakes& mistakes) {
  ObjectReader root(&whole, "", mistakes);
  Portal portal;
  read_identity(root, portal);
  read_hosts(root, portal);
  if (portal.hosts.empty()) root.mistake("hosts", "missing: where pages may be fetched from");
  read_tls(root.object("tls"), portal);
  read_http(root.object("http"), portal);
  read_robots(root, portal);
  read_politeness(root.object("politeness"), portal);
  read_season(root.object("season"), portal);
  portal.canonical = read_canonical_rule(root.object("canonical"));
  portal.vars = read_vars_rule(root.object("vars"));
  portal.accept = read_accept_rule(root.object("accept"));
  portal.article = read_article_rule(root.object("article"));
  portal.gate = read_gate_rule(root.object("challenge"), root.object("gate"));
  read_lists(root, portal);
  for (ObjectReader& sample : root.objects("samples")) {
    ObjectReader named = sample;
    portal.samples.push_back(read_sample(sample));
    const PortalSample& last = portal.samples.back();
    if (last.purpose == "list" && find_list(portal, last.list) == nullptr) named.mistake("list", "expected the id of one of the file's lists");
  }
  root.finish();
  return portal;
}

}  // namespace

namespace {
Result<Portal> portal_from(std::string_view bytes, std::string_view name);
}  // namespace

bool is_portal_id(std::string_view text) {
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
  return is_plain && !text.empty() && text.size() <= 64 && text != kFilesSource && text != kWebSource;
}

std::optional<std::string> read_scope(ObjectReader& reader) {
  auto scope = reader.text("scope");
  if (scope && *scope != "OWN" && *scope != "AGGREGATE" && *scope != "SYSTEM") reader.mistake("scope", "expected OWN, AGGREGATE or SYSTEM");
  return scope;
}

bool is_portal_file(std::string_view bytes) {
  const auto root = parse_json(bytes);
  return root && root->is_object() && root->member("schema") != nullptr;
}

Result<Portal> parse_portal(std::string_view bytes, std::string_view name) {
  if (bytes.size() <= kPortalFileBytesMax) return portal_from(bytes, name);
  Mistakes mistakes(name);
  mistakes.add("", "more than 1 MiB is no portal file");
  return mistakes.error();
}

Result<Portal> portal_from_definition(std::string_view definition) { return portal_from(definition, "portal"); }

namespace {

// Neither of them changes what is fetched and how it is read.
JsonValue without_samples(JsonValue file) {
  std::erase_if(file.members, [](const auto& member) { return member.name == "samples" || member.name == "about"; });
  return file;
}

std::string place_of_mistake(std::string_view text) {
  const auto at = json_mistake(text);
  return at ? line_and_column(text, *at) + ": " : "";
}

Result<Portal> portal_from(std::string_view bytes, std::string_view name) {
  Mistakes mistakes(name);
  const auto root = parse_json(bytes);
  if (!root) mistakes.add("", place_of_mistake(bytes) + root.error().message);
  else if (!root->is_object()) mistakes.add("", "expected one object {…}");
  if (!mistakes.all().empty()) return mistakes.error();
  const auto has = [&](std::string_view member) { return root->member(member) != nullptr; };
  const bool is_first_form = (has("kind") || has("url")) && !has("lists") && !has("family") && !has("documents");
  if (is_first_form) {
    Portal portal = read_first_form(*root, mistakes);
    if (!mistakes.all().empty()) return mistakes.error();
    portal.definition = to_text(*root);
    portal.rev = to_hex(sha256(portal.definition)).substr(0, 16);
    return portal;
  }
  std::string family_name;
  JsonValue whole = *root;
  if (const JsonValue* family = root->member("family")) {
    const Family* found = find_family(family->text);
    family_name = family->text;
    std::vector<std::string_view> names;
    for (const Family& one : families()) names.push_back(one.name);
    if (found == nullptr) mistakes.add("/family", "\"" + family->text.substr(0, 60) + "\" is unknown; " + name_hint(family->text, names));
    whole = with_family(*root, found == nullptr ? *find_family("generic") : *found);
  }
  Portal portal = read_portal(whole, mistakes);
  if (!mistakes.all().empty()) return mistakes.error();
  portal.family = std::move(family_name);
  portal.definition = to_text(without_samples(*root));
  portal.rev = to_hex(sha256(to_text(without_samples(std::move(whole))))).substr(0, 16);
  return portal;
}

}  // namespace

Source source_of(Portal portal) {
  Source source;
  source.id = source.location_source = portal.id;
  source.kind = portal.lists.empty() ? SourceKind::kUrl : SourceKind::kList;
  source.address = portal.lists.empty() ? portal.documents.front() : portal.lists.front().request.url;
  source.hints = portal.hints;
  source.interval = portal.interval;
  // How pages are read is the worker's half, and it has the definition: thousands of portals are kept here.
  for (ListRule& list : portal.lists) {
    list.rows = {};
    list.response = {};
    list.follow.reset();
  }
  portal.article = {};
  portal.gate = GateRule{portal.gate.challenge_status, {}, {}, {}, {}, portal.gate.challenge_bytes_max, {}};
  portal.samples = {};
  source.portal = std::make_shared<const Portal>(std::move(portal));
  return source;
}

Result<Source> parse_portal_file(std::string_view bytes, std::string_view name) {
  GOUJI_ASSIGN(Portal portal, parse_portal(bytes, name));
  return source_of(std::move(portal));
}

bool is_host_accepted(const Source& source, std::string_view host) {
  return !source.portal || is_host_allowed(*source.portal, host);
}

}  // namespace gouji::crawler
