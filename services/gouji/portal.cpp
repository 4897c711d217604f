// gouji portal: dispatch, files, list and explain.
#include "services/gouji/portal.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "common/markup/html_tree.h"
#include "services/crawler/core/address_guard.h"
#include "services/crawler/core/portal_file.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"

namespace gouji::command {
namespace fs = std::filesystem;

Result<std::vector<PortalFile>> read_portal_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> paths;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (!fs::is_directory(argument, error)) {
      paths.push_back(argument);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::directory_iterator(argument, error)) {
      const auto bytes = entry.path().extension() == ".json" ? read_argument(entry.path().string(), crawler::kPortalFileBytesMax) : Result<std::string>(std::string());
      if (bytes && crawler::is_portal_file(*bytes)) inside.push_back(entry.path().string());
    }
    std::sort(inside.begin(), inside.end());
    paths.insert(paths.end(), inside.begin(), inside.end());
  }
  std::vector<PortalFile> files;
  std::string mistakes;
  for (const std::string& path : paths) {
    const auto bytes = read_argument(path, crawler::kPortalFileBytesMax);
    auto portal = bytes ? crawler::parse_portal(*bytes, path) : Result<crawler::Portal>(bytes.error());
    if (portal) files.push_back({path, std::move(*portal)});
    else mistakes += (mistakes.empty() ? "" : "\n") + portal.error().message;
  }
  if (!mistakes.empty()) return fatal(ErrorCode::kBadSettings, mistakes);
  if (files.empty()) return fatal(ErrorCode::kNotFound, "没有门户文件 / there is no portal file");
  return files;
}

namespace {

int list_families(const PortalRequest& request) {
  for (const crawler::Family& family : crawler::families()) {
    JsonWriter json;
    if (request.format == "json") fmt::print("{}\n", json.begin_object().key("family").text(family.name).key("about").text(family.about).end_object().str());
    else fmt::print("{:<14} {}\n", family.name, family.about);
  }
  return kOk;
}

void print_portal(const PortalFile& file, const std::string& format) {
  const crawler::Portal& portal = file.portal;
  if (format == "json") {
    JsonWriter json;
    json.begin_object().key("id").text(portal.id).key("rev").text(portal.rev).key("family").text(portal.family).key("organ").text(portal.organ.name);
    json.key("robots").text(portal.robots == crawler::RobotsPolicy::kObey ? "obey" : "ignore").key("hosts").begin_array();
    for (const std::string& host : portal.hosts) json.text(host);
    json.end_array().key("lists").begin_array();
    for (const crawler::ListRule& list : portal.lists) json.text(list.request.url);
    for (const std::string& document : portal.documents) json.text(document);
    fmt::print("{}\n", json.end_array().key("file").text(file.path).end_object().str());
    return;
  }
  const bool is_special = portal.robots == crawler::RobotsPolicy::kIgnore || !portal.tls.reason.empty();
  fmt::print("{}  {}  {}  {}{}\n", portal.id, portal.family.empty() ? "-" : portal.family, portal.organ.name.empty() ? "-" : portal.organ.name, file.path,
             is_special ? "  [!] " + portal.robots_reason + portal.tls.reason : "");
  for (const crawler::ListRule& list : portal.lists) fmt::print("    {}  {}\n", list.id, list.request.url);
  for (const std::string& document : portal.documents) fmt::print("    {}\n", document);
}

// Whether one portal would fetch the address, and the rule that says so.
struct Reason {
  bool is_fetched = false;
  std::string text;
};

Reason reason_of(const crawler::Portal& portal, const crawler::Url& asked) {
  const auto url = crawler::canonical(portal, asked);
  if (!url) return {false, "canonical：" + url.error().message};
  const std::string address = crawler::to_string(*url);
  const std::string spelt = *url == asked ? "" : fmt::format("（规范为 / spelt {}）", address);
  const bool is_page = crawler::is_host_allowed(portal, url->host);
  const bool is_attachment = crawler::is_host_allowed(portal, url->host, crawler::HostUse::kAttachment);
  if (!is_page && !is_attachment) return {false, fmt::format("主机 {} 不在 hosts 之内 / its host is not among hosts{}", url->host, spelt)};
  const std::string robots = portal.robots == crawler::RobotsPolicy::kIgnore ? "不看 robots.txt：" + portal.robots_reason + " / robots.txt is ignored" : "还要看 robots.txt / robots.txt has its say";
  if (!is_page) return {true, fmt::format("仅作附件 / as an attachment only (hosts.attachment_allow)；{}{}", robots, spelt)};
  if (std::find(portal.documents.begin(), portal.documents.end(), address) != portal.documents.end()) return {true, fmt::format("documents；{}{}", robots, spelt)};
  for (const crawler::Url& page : crawler::vars_pages(portal)) {
    if (page == *url) return {true, fmt::format("vars.from；{}{}", robots, spelt)};
  }
  for (const ListCursor& cursor : crawler::first_pages(portal, 2026)) {
    const auto request = crawler::make_request(portal, cursor, {});
    if (request && request->url == *url) return {true, fmt::format("lists/{}；{}{}", cursor.list, robots, spelt)};
  }
  const auto& accept = portal.accept.url;
  const bool has_own = std::any_of(portal.lists.begin(), portal.lists.end(), [](const crawler::ListRule& list) { return list.accept.has_value(); });
  if (!accept.empty() && !has_own && !crawler::is_any_in(accept, address)) return {false, fmt::format("accept.url 不符 / accept.url does not hold{}", spelt)};
  return {true, fmt::format("列表中若有此址，且标题合 accept.title / when a list names it with a title that accept.title takes；{}{}", robots, spelt)};
}

}  // namespace

int portal_list(const PortalRequest& request) {
  if (request.arguments.empty()) return list_families(request);
  const auto files = read_portal_files(request.arguments);
  if (!files) return fail("portal list", files.error());
  for (const PortalFile& file : *files) print_portal(file, request.format);
  return kOk;
}

int portal_explain(const PortalRequest& request) {
  if (request.arguments.size() < 2) return fail("portal explain", fatal(ErrorCode::kBadArgument, "用法 / usage: gouji portal explain URL FILE|DIR…"));
  const auto url = crawler::parse_url(request.arguments.front());
  if (!url) {
    fmt::print("✗ {}\n", url.error().message);
    return kFindings;
  }
  const auto files = read_portal_files({request.arguments.begin() + 1, request.arguments.end()});
  if (!files) return fail("portal explain", files.error());
  bool is_fetched = false;
  for (const PortalFile& file : *files) {
    const Reason reason = reason_of(file.portal, *url);
    is_fetched = is_fetched || reason.is_fetched;
    if (request.format == "json") {
      JsonWriter json;
      fmt::print("{}\n", json.begin_object().key("portal").text(file.portal.id).key("fetched").boolean(reason.is_fetched).key("why").text(reason.text).end_object().str());
    } else {
      fmt::print("{} {}  {}\n", reason.is_fetched ? "✓" : "✗", file.portal.id, reason.text);
    }
  }
  return is_fetched ? kOk : kFindings;
}

int portal(const PortalRequest& request) {
  if (request.action == "list") return portal_list(request);
  if (request.action == "check") return portal_check(request);
  if (request.action == "sniff") return portal_sniff(request);
  if (request.action == "explain") return portal_explain(request);
  return portal_import(request);
}

}  // namespace gouji::command
