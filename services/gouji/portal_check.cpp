// gouji portal check: the file, its recorded pages, and with --live one polite look at the portal.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "common/events/envelope.h"
#include "common/runtime/system_clock.h"
#include "common/runtime/worker_pool.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/core/portal_sample.h"
#include "services/crawler/host_gate.h"
#include "services/crawler/settings.h"
#include "services/crawler/worker.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/log_access.h"
#include "services/gouji/portal.h"

#include "gouji/version.h"

namespace gouji::command {
namespace {

constexpr std::size_t kSampleBytesMax = 8 * 1024 * 1024;
constexpr std::size_t kShownMax = 50;

class PoliteFetcher : public LiveFetcher {
 public:
  static Result<std::unique_ptr<LiveFetcher>> open(const PortalRequest& request) {
    crawler::CrawlerSettings settings;
    settings.version = version();
    settings.contact = request.contact;
    crawler::HttpFetcherOptions options;
    options.user_agent = crawler::user_agent_of(settings);
    for (const std::string& text : request.allow_net) {
      GOUJI_ASSIGN(const crawler::Cidr block, crawler::parse_cidr(text));
      options.allow_net.push_back(block);
    }
    auto fetcher = std::make_unique<PoliteFetcher>();
    GOUJI_ASSIGN(fetcher->fetcher_, crawler::HttpFetcher::create(std::move(options), fetcher->clock_, [] { return false; }));
    return std::unique_ptr<LiveFetcher>(std::move(fetcher));
  }

  Result<LivePage> fetch(const crawler::Portal& portal, const crawler::HttpRequest& wanted) override {
    const auto wait = [](std::chrono::milliseconds time) {
      std::this_thread::sleep_for(time);
      return true;
    };
    if (!gate_) gate_ = std::make_unique<crawler::HostGate>(crawler::HostGateOptions{portal.politeness.min_delay, portal.robots == crawler::RobotsPolicy::kObey, "GoujiCrawler"}, *fetcher_, clock_, wait);
    if (wanted.method != "GET") return unavailable(ErrorCode::kBadArgument, fmt::format("{}：{} 请求只由采集服务发出 / a {} request is made by the crawler only", to_string(wanted.url), wanted.method, wanted.method));
    crawler::FetchRequest request;
    request.url = wanted.url;
    request.bytes_max = kSampleBytesMax;
    request.admit = [&](const crawler::Url& url) {
      if (crawler::is_host_allowed(portal, url.host)) return gate_->admit(url);
      return crawler::Admission{crawler::FetchClass::kRefusedAddress, fmt::format("主机 {} 不在 hosts 之内 / is not among hosts", url.host)};
    };
    crawler::FetchResult fetched = fetcher_->fetch(request);
    if (fetched.status == 0) return unavailable(ErrorCode::kUnreadable, fmt::format("{}：{} {}", to_string(wanted.url), to_string(fetched.result), fetched.message));
    return LivePage{fetched.status, to_string(fetched.final_url), std::move(fetched.headers), std::move(fetched.media_type), std::move(fetched.body)};
  }

 private:
  runtime::SystemClock clock_;
  std::unique_ptr<crawler::HttpFetcher> fetcher_;
  std::unique_ptr<crawler::HostGate> gate_;
};

void print_rows(const PageAnswer& answer) {
  for (std::size_t i = 0; i < answer.list.rows.size() && i < kShownMax; ++i) {
    const PageRow& row = answer.list.rows[i];
    fmt::print("      + {:<10}  {}\n                    {}\n", row.date.empty() ? "----------" : row.date, row.title, row.url);
  }
  for (std::size_t i = 0; i < answer.list.dropped.size() && i < kShownMax; ++i) {
    const DroppedRow& row = answer.list.dropped[i];
    fmt::print("      - {:<13} {}  {}\n", to_string(row.why), row.title, row.url);
  }
}

void print_answer(const PageAnswer& answer, PagePurpose purpose, const std::string& format) {
  if (format == "json") {
    fmt::print("{}\n", crawler::to_text(crawler::json_of(answer)));
    return;
  }
  if (answer.page_class != PageClass::kOk) fmt::print("    {}：{}\n", to_string(answer.page_class), answer.why);
  if (purpose == PagePurpose::kVars) {
    for (const auto& [name, value] : answer.vars) fmt::print("      {} = {}\n", name, value.substr(0, 200));
  } else if (purpose == PagePurpose::kList) {
    print_rows(answer);
  } else if (answer.page_class == PageClass::kOk) {
    fmt::print("      {}  {}  {}\n", answer.article.date, answer.article.title, answer.article.content);
    for (const PageAttachment& attachment : answer.article.attachments) fmt::print("      @ {}  {}\n", attachment.name, attachment.url);
  }
}

PagePurpose purpose_of(const crawler::PortalSample& sample) {
  return sample.purpose == "vars" ? PagePurpose::kVars : sample.purpose == "article" ? PagePurpose::kArticle : PagePurpose::kList;
}

// True when every recorded page came out as promised.
bool check_samples(const PortalFile& file, const PortalRequest& request) {
  bool is_good = true;
  for (const crawler::PortalSample& sample : file.portal.samples) {
    const std::string path = (std::filesystem::path(file.path).parent_path() / sample.file).string();
    auto bytes = read_argument(path, kSampleBytesMax);
    if (!bytes) {
      fmt::print("  ✗ {}\n", bytes.error().message);
      is_good = false;
      continue;
    }
    const crawler::SampleResult result = crawler::check_sample(file.portal, sample, std::move(*bytes));
    is_good = is_good && result.mismatches.empty();
    if (request.format == "text") {
      fmt::print("  {} {}  {}  {}\n", result.mismatches.empty() ? "✓" : "✗", sample.file, sample.purpose, to_string(result.answer.page_class));
    }
    print_answer(result.answer, purpose_of(sample), request.format);
    for (const std::string& mismatch : result.mismatches) fmt::print(request.format == "text" ? stdout : stderr, "    不符 / differs: {}\n", mismatch);
  }
  if (file.portal.samples.empty()) fmt::print(stderr, "{}：没有样本页，只核对了写法 / no recorded pages; only the file itself was checked\n", file.path);
  return is_good;
}

// One page of every list, as the crawler would ask for it.
class LiveCheck {
 public:
  LiveCheck(const crawler::Portal& portal, LiveFetcher& fetcher, crawler::PageReader& reader, const std::string& format)
      : portal_(portal), fetcher_(fetcher), reader_(reader), format_(format) {}

  bool run(std::int32_t this_year) {
    bool is_good = true;
    for (const crawler::Url& page : crawler::vars_pages(portal_)) {
      const auto answer = ask(crawler::document_request(portal_, page), PagePurpose::kVars, {});
      if (answer) vars_.insert(answer->vars.begin(), answer->vars.end());
      is_good = is_good && answer && answer->page_class == PageClass::kOk;
    }
    for (const ListCursor& cursor : crawler::first_pages(portal_, this_year)) {
      const auto request = crawler::make_request(portal_, cursor, vars_);
      if (!request) fmt::print("  ✗ {}：{}\n", cursor.list, request.error().message);
      const auto answer = request ? ask(*request, PagePurpose::kList, cursor) : std::nullopt;
      is_good = is_good && answer && answer->page_class == PageClass::kOk && !answer->list.rows.empty();
    }
    return is_good;
  }

 private:
  std::optional<PageAnswer> ask(const crawler::HttpRequest& wanted, PagePurpose purpose, const ListCursor& cursor) {
    const std::string address = to_string(wanted.url);
    auto page = fetcher_.fetch(portal_, wanted);
    if (!page) {
      fmt::print("  ✗ {}\n", page.error().message);
      return std::nullopt;
    }
    PageRequest request{purpose, portal_.definition, cursor, vars_, address, page->final_url, page->status, std::move(page->headers), std::move(page->media_type), std::move(page->body)};
    auto answer = reader_.read_page(request);
    if (!answer) {
      fmt::print("  ✗ {}：{}\n", address, answer.error().message);
      return std::nullopt;
    }
    fmt::print("  {} {}\n", answer->page_class == PageClass::kOk ? "✓" : "✗", address);
    print_answer(*answer, purpose, format_);
    return std::move(*answer);
  }

  const crawler::Portal& portal_;
  LiveFetcher& fetcher_;
  crawler::PageReader& reader_;
  const std::string& format_;
  PageVars vars_;
};

Result<bool> check_live(const PortalFile& file, const PortalRequest& request) {
  GOUJI_ASSIGN(const auto fetcher, open_live_fetcher(request));
  GOUJI_ASSIGN(const auto pool, runtime::WorkerPool::create(crawler::worker_options()));
  crawler::WorkerPageReader reader(*pool);
  const std::string now = events::to_rfc3339(runtime::SystemClock().unix_millis());
  return LiveCheck(file.portal, *fetcher, reader, request.format).run(std::stoi(now.substr(0, 4)));
}

}  // namespace

Result<std::unique_ptr<LiveFetcher>> open_live_fetcher(const PortalRequest& request) { return PoliteFetcher::open(request); }

int portal_check(const PortalRequest& request) {
  if (request.arguments.empty()) return fail("portal check", fatal(ErrorCode::kBadArgument, "用法 / usage: gouji portal check FILE|DIR…"));
  const auto files = read_portal_files(request.arguments);
  if (!files) return fail("portal check", files.error());
  bool is_good = true;
  for (const PortalFile& file : *files) {
    if (request.format == "text") fmt::print("{}  {}  {}  rev {}\n", file.path, file.portal.id, file.portal.family.empty() ? "-" : file.portal.family, file.portal.rev);
    is_good = check_samples(file, request) && is_good;
    if (!request.live) continue;
    const auto live = check_live(file, request);
    if (!live) return fail("portal check", live.error());
    is_good = *live && is_good;
  }
  return is_good ? kOk : kFindings;
}

}  // namespace gouji::command
