#include "services/crawler/core/portal.h"

#include <algorithm>
#include <utility>

#include "common/markup/html_tree.h"
#include "common/text/ascii.h"
#include "services/crawler/core/pattern.h"

namespace gouji::crawler {

namespace {

constexpr int kRewritesMax = 4;

bool is_any_host(const std::vector<std::string>& patterns, std::string_view host) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return pattern == host || (pattern.find_first_of("*?") != std::string::npos && is_glob_match(pattern, host));
  });
}

std::string without_parameters(const std::string& query, const std::vector<std::string>& names) {
  std::string out;
  std::string_view rest = query;
  if (rest.starts_with("?")) rest.remove_prefix(1);
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const std::string_view name = part.substr(0, part.find('='));
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    out += (out.empty() ? '?' : '&') + std::string(part);
  }
  return out;
}

}  // namespace

const ListRule* find_list(const Portal& portal, std::string_view id) {
  const auto found = std::find_if(portal.lists.begin(), portal.lists.end(), [&](const ListRule& list) { return list.id == id; });
  return found == portal.lists.end() ? nullptr : &*found;
}

bool is_host_allowed(const Portal& portal, std::string_view host, HostUse use) {
  if (portal.hosts.empty()) return true;  // no portal file: an address that the operator named
  return is_any_host(portal.hosts, host) || (use == HostUse::kAttachment && is_any_host(portal.attachment_hosts, host));
}

bool is_wanted(const Portal& portal, const ListRule& list, std::string_view url, std::string_view title) {
  const AcceptRule& accept = list.accept ? *list.accept : portal.accept;
  return (accept.url.empty() || is_any_in(accept.url, url)) && (accept.title.empty() || is_any_in(accept.title, title)) &&
         !is_any_in(accept.title_not, title);
}

Result<Url> canonical(const Portal& portal, const Url& url) {
  const CanonicalRule& rule = portal.canonical;
  Url found = url;
  for (int i = 0; i < kRewritesMax; ++i) {
    const Url before = found;
    if (!rule.scheme.empty() && found.scheme != rule.scheme && found.port == (found.scheme == "http" ? 80 : 443)) {
      found.scheme = rule.scheme;
      found.port = rule.scheme == "https" ? 443 : 80;
    }
    if (!rule.drop_query.empty() && !found.query.empty()) found.query = without_parameters(found.query, rule.drop_query);
    if (!rule.rewrite.empty()) {
      std::string address = to_string(found);
      for (const auto& [pattern, with] : rule.rewrite) address = pattern.replace(std::move(address), with);
      GOUJI_ASSIGN(found, parse_url(address));
    }
    if (found == before) break;
  }
  return found;
}

PageClass class_of_answer(const Portal& portal, std::int32_t status, const std::vector<HttpHeader>& headers) {
  const auto& own = portal.gate.challenge_status;
  if (std::find(own.begin(), own.end(), status) != own.end()) return PageClass::kChallenge;
  if (status == 412 || status == 512 || status == 521) return PageClass::kChallenge;
  const auto has_header = [&](std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [&](const HttpHeader& header) { return equals_ignoring_case(header.name, name); });
  };
  if (status >= 200 && status < 300) return has_header("Retry-After") ? PageClass::kThrottled : PageClass::kOk;
  if (status == 404 || status == 410) return PageClass::kGone;
  if (status == 429 || status == 503) return PageClass::kThrottled;
  if (status == 401 || status == 403 || status == 451) return PageClass::kBlocked;
  return PageClass::kServerError;
}

}  // namespace gouji::crawler
