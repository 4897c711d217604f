#include "services/crawler/crawler.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "services/crawler/archive.h"
#include "services/crawler/crawl_stage.h"
#include "services/crawler/file_crawl.h"
#include "services/crawler/io/blob_store.h"
#include "services/crawler/io/file_watch.h"
#include "services/crawler/io/http_fetcher.h"
#include "services/crawler/io/state.h"
#include "services/crawler/recorder.h"
#include "services/crawler/web_crawl.h"

namespace gouji::crawler {

namespace {

// No wait is longer, so that heartbeats go on.
constexpr std::chrono::milliseconds kTurn{500};
// After an error that passes, such as a full disk.
constexpr std::chrono::milliseconds kRetry{5'000};

Result<void> make_data_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return ok();
  return fatal(ErrorCode::kUnreadable, "data folder " + path + ": " + std::strerror(errno) + "; choose another with --data");
}

Result<std::vector<Cidr>> blocks_of(const std::vector<std::string>& texts) {
  std::vector<Cidr> blocks;
  for (const std::string& text : texts) {
    auto block = parse_cidr(text);
    if (!block) return fatal(ErrorCode::kBadSettings, "allow_net: " + block.error().message);
    blocks.push_back(*block);
  }
  return blocks;
}

HttpFetcherOptions fetcher_options(const CrawlerSettings& settings, std::vector<Cidr> allow_net) {
  HttpFetcherOptions options;
  options.user_agent = user_agent_of(settings);
  options.limits.total = settings.request_timeout;
  options.allow_net = std::move(allow_net);
  options.keeps_exchanges = settings.archive;
  return options;
}

}  // namespace

struct Crawler::Impl {
  CrawlerSettings settings;
  std::vector<Source> sources;
  CrawlerParts parts;
  std::unique_ptr<State> state;
  BlobStore blobs;
  FileWatch watch;
  std::atomic<bool> stopping = false;
  std::unique_ptr<HttpFetcher> fetcher;  // null without a source on the web
  std::unique_ptr<Archive> archive;      // null as well where none is kept
  Publisher publisher;

  Impl(CrawlerSettings with, std::vector<Source> from, CrawlerParts using_parts, std::unique_ptr<State> opened, BlobStore store,
       FileWatch watching)
      : settings(std::move(with)), sources(std::move(from)), parts(using_parts), state(std::move(opened)),
        blobs(std::move(store)), watch(std::move(watching)), publisher(*state, parts.log, parts.observer, {}, [this] { stop_crawl(); }) {}

  void stop();
  void stop_crawl();
  bool is_stopping() const { return stopping; }
  Result<void> open_web();
  std::vector<Source> web_sources() const;
  WebCrawlOptions web_options() const;
  Result<void> with_web(const std::function<Result<void>(WebCrawl&)>& work);
  Result<void> read_web_once(CrawlSummary& summary);
  Result<void> watch_web();
  std::function<void()> after_commit();
  FileCrawlOptions file_options(std::chrono::milliseconds settle) const;
  Result<void> read_files_once(CrawlSummary& summary);
  Result<void> watch_files();
  std::chrono::milliseconds turn(FileCrawl& crawl, std::size_t source, std::optional<Error>& error);
};

void Crawler::Impl::stop() {
  stop_crawl();
  publisher.stop();
}

// Without the publisher, which calls this itself when it cannot go on.
void Crawler::Impl::stop_crawl() {
  stopping = true;
  if (fetcher) fetcher->wake();
  watch.wake();
}

std::vector<Source> Crawler::Impl::web_sources() const {
  std::vector<Source> found;
  std::copy_if(sources.begin(), sources.end(), std::back_inserter(found), [](const Source& source) { return source.kind != SourceKind::kFiles; });
  return found;
}

Result<void> Crawler::Impl::open_web() {
  GOUJI_ASSIGN(auto blocks, blocks_of(settings.allow_net));
  if (web_sources().empty()) return ok();
  GOUJI_ASSIGN(fetcher, HttpFetcher::create(fetcher_options(settings, std::move(blocks)), parts.clock, [this] { return is_stopping(); }));
  if (!settings.archive) return ok();
  const std::vector<WarcField> info{{"software", user_agent_of(settings)}, {"robots", settings.obey_robots ? "obey" : "ignore"}};
  GOUJI_ASSIGN(archive, Archive::open({settings.data_folder + "/warc", "gouji", settings.archive_bytes_max, settings.archive_age_max, info}, parts.clock, parts.observer));
  return ok();
}

WebCrawlOptions Crawler::Impl::web_options() const {
  WebCrawlOptions options;
  options.document_bytes_max = settings.document_bytes_max;
  options.list_bytes_max = settings.list_bytes_max;
  options.gone.apart = settings.page_gone_after.count();
  options.retry_wait = settings.host_delay;
  options.obey_robots = settings.obey_robots;
  options.pace.delay_min = settings.host_delay;
  options.pace.requests_a_day = settings.host_requests_a_day;
  options.pace.concurrency = static_cast<std::uint32_t>(settings.host_concurrency);
  options.frontier.in_flight_max = static_cast<std::size_t>(settings.fetches_in_flight);
  options.shard = settings.shard;
  return options;
}

Result<void> Crawler::Impl::with_web(const std::function<Result<void>(WebCrawl&)>& work) {
  if (!fetcher) return ok();
  // Wakes the publisher and goes on: a full outbox stops what is new, not what is in flight.
  Recorder recorder(*state, blobs, parts.observer, [this] { publisher.wake(); }, [this] { return archive ? archive->sync() : ok(); });
  WebCrawl crawl(web_sources(), web_options(),
                 {*state, recorder, *fetcher, parts.pages, parts.observer, parts.clock, [this] { return is_stopping(); }, [this] { return publisher.has_room(); }, archive.get()});
  GOUJI_TRY(work(crawl));
  return archive ? archive->close() : ok();
}

Result<void> Crawler::Impl::read_web_once(CrawlSummary& summary) {
  return with_web([&summary](WebCrawl& crawl) -> Result<void> {
    GOUJI_ASSIGN(const WebResult result, crawl.read_once());
    summary.documents += result.documents;
    summary.failures += result.failures;
    return ok();
  });
}

Result<void> Crawler::Impl::watch_web() {
  return with_web([](WebCrawl& crawl) { return crawl.watch(); });
}

std::function<void()> Crawler::Impl::after_commit() {
  return [this] {
    publisher.wake();
    publisher.wait_for_room();
  };
}

FileCrawlOptions Crawler::Impl::file_options(std::chrono::milliseconds settle) const {
  FileCrawlOptions options;
  options.document_bytes_max = settings.document_bytes_max;
  options.settle = settle.count();
  options.gone.apart = settings.file_gone_after.count();
  // A source may hold the data folder: state and log are no documents.
  const std::unique_ptr<char, decltype(&std::free)> own(::realpath(settings.data_folder.c_str(), nullptr), &std::free);
  if (own) options.tree.own_folder = own.get();
  return options;
}

Result<void> Crawler::Impl::read_files_once(CrawlSummary& summary) {
  Recorder recorder(*state, blobs, parts.observer, after_commit());
  for (const Source& source : sources) {
    if (source.kind != SourceKind::kFiles) continue;
    FileCrawl crawl(source, file_options(std::chrono::milliseconds{0}), {*state, recorder, parts.pages, parts.observer});
    GOUJI_ASSIGN(const PassResult result, crawl.pass(parts.clock, [this] { return is_stopping(); }));
    summary.documents += result.documents;
    summary.failures += result.failures;
  }
  return ok();
}

// One pass; how long until the next is due. `error` is set when the crawler cannot go on.
std::chrono::milliseconds Crawler::Impl::turn(FileCrawl& crawl, std::size_t source, std::optional<Error>& error) {
  const auto result = crawl.pass(parts.clock, [this] { return is_stopping(); });
  if (result) {
    bool is_new = false;
    for (const std::string& folder : result->folders) is_new = watch.add(folder, source) || is_new;
    const std::string& root = crawl.source().address;
    if (result->folders.empty()) is_new = watch.add(root.substr(0, std::max<std::size_t>(root.rfind('/'), 1)), source);
    // What changed between the reading of a folder and its first watch is seen by reading once more.
    if (is_new) return std::chrono::milliseconds{0};
    const auto soon = std::max(settings.settle, settings.file_gone_after);
    return result->wants_more ? std::min(soon, settings.rescan_interval) : settings.rescan_interval;
  }
  if (result.error().kind == ErrorKind::kFatal) {
    error = result.error();
  } else {
    parts.observer.postponed(FetchClass::kUnreadable, result.error().message);
  }
  return kRetry;
}

Result<void> Crawler::Impl::watch_files() {
  Recorder recorder(*state, blobs, parts.observer, after_commit());
  std::vector<FileCrawl> crawls;
  for (const Source& source : sources) {
    if (source.kind == SourceKind::kFiles) crawls.emplace_back(source, file_options(settings.settle), FileCrawl::Parts{*state, recorder, parts.pages, parts.observer});
  }
  std::vector<std::chrono::nanoseconds> due(crawls.size(), parts.clock.monotonic());
  while (!stopping) {
    parts.observer.heartbeat();
    auto next = parts.clock.monotonic() + kTurn;
    for (std::size_t i = 0; i < crawls.size() && !stopping; ++i) {
      std::optional<Error> error;
      if (due[i] <= parts.clock.monotonic()) {
        due[i] = std::chrono::nanoseconds::max();
        const auto wait = turn(crawls[i], i, error);
        if (error) return *error;
        due[i] = parts.clock.monotonic() + wait;
      }
      next = std::min(next, due[i]);
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - parts.clock.monotonic());
    for (const std::size_t i : watch.wait(std::max(wait, std::chrono::milliseconds{0}))) {
      // A short while, so that a burst of changes is one pass.
      due[i] = std::min(due[i], parts.clock.monotonic() + std::chrono::milliseconds{20});
    }
  }
  return ok();
}

Crawler::Crawler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Crawler::~Crawler() = default;

Result<std::unique_ptr<Crawler>> Crawler::open(CrawlerSettings settings, std::vector<Source> sources, CrawlerParts parts) {
  GOUJI_TRY(make_data_folder(settings.data_folder));
  GOUJI_ASSIGN(auto state, State::open(settings.data_folder + "/crawler.db"));
  GOUJI_ASSIGN(auto blobs, BlobStore::open(settings.data_folder + "/blobs"));
  GOUJI_ASSIGN(auto watch, FileWatch::open());
  GOUJI_TRY(blocks_of(settings.allow_net));
  auto impl = std::make_unique<Impl>(std::move(settings), std::move(sources), parts, std::move(state), std::move(blobs), std::move(watch));
  GOUJI_TRY(impl->open_web());
  return std::unique_ptr<Crawler>(new Crawler(std::move(impl)));
}

void Crawler::stop() { impl_->stop(); }

Result<CrawlSummary> Crawler::run_once() {
  CrawlSummary summary;
  GOUJI_TRY(impl_->read_files_once(summary));
  GOUJI_TRY(impl_->read_web_once(summary));
  GOUJI_TRY(impl_->publisher.drain());
  if (impl_->is_stopping()) return unavailable(ErrorCode::kTimeout, "stopped before every source was read");
  return summary;
}

Result<void> Crawler::run() {
  Result<void> web;
  // Whichever side ends first for good takes the other with it.
  std::thread web_thread([this, &web] {
    web = impl_->watch_web();
    if (!web) stop();
  });
  const Result<void> files = impl_->watch_files();
  if (!files) stop();
  web_thread.join();
  if (!files) return files;
  return web ? impl_->publisher.failure() : web;
}

}  // namespace gouji::crawler
