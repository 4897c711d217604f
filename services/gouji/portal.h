// gouji portal: the parts that its actions share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/report/portal_page.h"
#include "services/crawler/core/families.h"
#include "services/crawler/core/portal.h"
#include "services/gouji/commands.h"

namespace gouji::command {

struct PortalFile {
  std::string path;
  crawler::Portal portal;
};

// The portal files behind the arguments, directories walked in order of name (documents beside them
// are left out). kFatal BAD_SETTINGS with every mistake of every file.
Result<std::vector<PortalFile>> read_portal_files(const std::vector<std::string>& arguments);

// One polite fetch after the other from this machine, for --live and for addresses: robots.txt obeyed
// unless the portal says otherwise, addresses that are not public refused.
struct LivePage {
  std::int32_t status = 0;
  std::string final_url;
  std::vector<HttpHeader> headers;
  std::string media_type;
  std::string body;
};
class LiveFetcher {
 public:
  virtual ~LiveFetcher() = default;
  virtual Result<LivePage> fetch(const crawler::Portal& portal, const crawler::HttpRequest& request) = 0;
};
Result<std::unique_ptr<LiveFetcher>> open_live_fetcher(const PortalRequest& request);

int portal_list(const PortalRequest& request);
int portal_check(const PortalRequest& request);
int portal_sniff(const PortalRequest& request);
int portal_explain(const PortalRequest& request);
int portal_import(const PortalRequest& request);

// What a page and its address say about the family, best first; empty where nothing is known.
struct FamilyGuess {
  const crawler::Family* family = nullptr;
  std::vector<std::string> evidence;  // the expressions that were found
};
std::vector<FamilyGuess> sniff_family(std::string_view page, std::string_view url);
// A portal file to begin with, as JSON of several lines.
std::string draft_portal(const FamilyGuess& guess, const crawler::Url& url);

}  // namespace gouji::command
