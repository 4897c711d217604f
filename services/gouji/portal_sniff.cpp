// gouji portal sniff: which system a portal runs on, by what its page and its address hold, and a
// portal file to begin with.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "common/text/utf8.h"
#include "services/crawler/core/page_text.h"
#include "services/crawler/core/portal_file.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/log_access.h"
#include "services/gouji/portal.h"

namespace gouji::command {
namespace {

using crawler::JsonValue;

constexpr std::size_t kPageBytesMax = 8 * 1024 * 1024;

JsonValue with_address(JsonValue value, const crawler::Url& url) {
  const std::pair<std::string_view, std::string> names[] = {{"{url}", to_string(url)}, {"{origin}", origin_of(url)}, {"{host}", url.host}};
  for (const auto& [name, text] : names) {
    for (auto at = value.text.find(name); at != std::string::npos; at = value.text.find(name, at + text.size())) value.text.replace(at, name.size(), text);
  }
  for (JsonValue& item : value.items) item = with_address(std::move(item), url);
  for (auto& member : value.members) member.value = with_address(std::move(member.value), url);
  return value;
}

void write(const JsonValue& value, const std::string& indent, std::string& out) {
  const bool is_leaf = value.members.empty() && value.items.empty();
  if (is_leaf) {
    out += to_text(value);
    return;
  }
  out += value.is_object() ? "{\n" : "[\n";
  std::size_t left = value.members.size() + value.items.size();
  for (const auto& [name, inner] : value.members) {
    out += indent + "  " + to_text(crawler::json_string(name)) + ": ";
    write(inner, indent + "  ", out);
    out += --left > 0 ? ",\n" : "\n";
  }
  for (const JsonValue& inner : value.items) {
    out += indent + "  ";
    write(inner, indent + "  ", out);
    out += --left > 0 ? ",\n" : "\n";
  }
  out += indent + (value.is_object() ? "}" : "]");
}

std::string id_of(std::string_view host) {
  std::string id;
  for (const char c : host.substr(0, 60)) id.push_back((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ? c : '-');
  return id;
}

struct Sniffed {
  std::string page;
  crawler::Url url;
};

Result<Sniffed> page_of(const PortalRequest& request) {
  const std::string& argument = request.arguments.front();
  if (argument.find("://") == std::string::npos) {
    GOUJI_ASSIGN(std::string bytes, read_argument(argument, kPageBytesMax));
    const auto url = crawler::parse_url(request.url.empty() ? "http://www.example.gov.cn/" : request.url);
    if (!url) return fatal(ErrorCode::kBadArgument, "--url " + url.error().message);
    return Sniffed{std::move(bytes), *url};
  }
  const auto url = crawler::parse_url(argument);
  if (!url) return fatal(ErrorCode::kBadArgument, url.error().message);
  crawler::Portal portal;
  portal.hosts = {url->host};
  LivePage page;
  {
    // The fetcher is gone before anything of the page is looked at.
    GOUJI_ASSIGN(const auto fetcher, open_live_fetcher(request));
    crawler::HttpRequest wanted;
    wanted.url = *url;
    GOUJI_ASSIGN(page, fetcher->fetch(portal, wanted));
  }
  const auto answered = crawler::parse_url(page.final_url);
  return Sniffed{std::move(page.body), answered ? *answered : *url};
}

}  // namespace

std::vector<FamilyGuess> sniff_family(std::string_view page, std::string_view url) {
  std::vector<FamilyGuess> guesses;
  for (const crawler::Family& family : crawler::families()) {
    FamilyGuess guess{&family, {}};
    for (const crawler::Pattern& pattern : family.page) {
      if (pattern.is_in(page)) guess.evidence.push_back(pattern.text());
    }
    for (const crawler::Pattern& pattern : family.url) {
      if (pattern.is_in(url)) guess.evidence.push_back("url " + pattern.text());
    }
    if (!guess.evidence.empty()) guesses.push_back(std::move(guess));
  }
  std::stable_sort(guesses.begin(), guesses.end(), [](const FamilyGuess& a, const FamilyGuess& b) { return a.evidence.size() > b.evidence.size(); });
  return guesses;
}

std::string draft_portal(const FamilyGuess& guess, const crawler::Url& url) {
  const crawler::Family& family = guess.family == nullptr ? *crawler::find_family("generic") : *guess.family;
  const auto base = crawler::parse_json(fmt::format(R"({{"schema":1,"id":{},"family":{},"organ":{{"name":"（机关全称）"}},"hosts":[{}]}})", to_text(crawler::json_string(id_of(url.host))),
                                                    to_text(crawler::json_string(family.name)), to_text(crawler::json_string(url.host))));
  std::string out;
  write(merged(*base, with_address(family.draft, url)), "", out);
  return out + "\n";
}

int portal_sniff(const PortalRequest& request) {
  if (request.arguments.size() != 1) return fail("portal sniff", fatal(ErrorCode::kBadArgument, "用法 / usage: gouji portal sniff FILE --url URL | URL"));
  const auto sniffed = page_of(request);
  if (!sniffed) return fail("portal sniff", sniffed.error());
  const auto text = crawler::page_text(sniffed->page, "");
  const auto guesses = sniff_family(text ? *text : repair_utf8(sniffed->page), to_string(sniffed->url));
  for (const FamilyGuess& guess : guesses) fmt::print(stderr, "{}  {}：{}\n", guess.family->name, guess.family->about, fmt::join(guess.evidence, "  "));
  if (guesses.empty()) fmt::print(stderr, "认不出所用系统，以 generic 起草 / no known system; the draft is of the family generic\n");
  fmt::print("{}", draft_portal(guesses.empty() ? FamilyGuess{} : guesses.front(), sniffed->url));
  return guesses.empty() ? kFindings : kOk;
}

}  // namespace gouji::command
