#include "services/crawler/crawler.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "services/crawler/crawl_stage.h"
#include "services/crawler/file_crawl.h"
#include "services/crawler/io/blob_store.h"
#include "services/crawler/io/file_watch.h"
#include "services/crawler/io/state.h"
#include "services/crawler/recorder.h"

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

}  // namespace

struct Crawler::Impl {
  CrawlerSettings settings;
  std::vector<Source> sources;
  CrawlerParts parts;
  std::unique_ptr<State> state;
  BlobStore blobs;
  FileWatch watch;
  std::atomic<bool> stopping = false;
  Publisher publisher;

  Impl(CrawlerSettings with, std::vector<Source> from, CrawlerParts using_parts, std::unique_ptr<State> opened, BlobStore store,
       FileWatch watching)
      : settings(std::move(with)), sources(std::move(from)), parts(using_parts), state(std::move(opened)),
        blobs(std::move(store)), watch(std::move(watching)), publisher(*state, parts.log, parts.observer, {}) {}

  void stop();
  bool is_stopping() const { return stopping; }
  std::function<void()> after_commit();
  FileCrawlOptions file_options(std::chrono::milliseconds settle) const;
  Result<void> read_files_once(CrawlSummary& summary);
  Result<void> watch_files();
  std::chrono::milliseconds turn(FileCrawl& crawl, std::size_t source, std::optional<Error>& error);
};

void Crawler::Impl::stop() {
  stopping = true;
  watch.wake();
  publisher.stop();
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
  return options;
}

Result<void> Crawler::Impl::read_files_once(CrawlSummary& summary) {
  Recorder recorder(*state, blobs, parts.observer, after_commit());
  for (const Source& source : sources) {
    if (source.kind != SourceKind::kFiles) continue;
    FileCrawl crawl(source, file_options(std::chrono::milliseconds{0}), *state, recorder, parts.observer);
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
    for (const std::string& folder : result->folders) watch.add(folder, source);
    const std::string& root = crawl.source().address;
    if (result->folders.empty()) watch.add(root.substr(0, std::max<std::size_t>(root.rfind('/'), 1)), source);
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
    if (source.kind == SourceKind::kFiles) crawls.emplace_back(source, file_options(settings.settle), *state, recorder, parts.observer);
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
  auto impl = std::make_unique<Impl>(std::move(settings), std::move(sources), parts, std::move(state), std::move(blobs), std::move(watch));
  return std::unique_ptr<Crawler>(new Crawler(std::move(impl)));
}

void Crawler::stop() { impl_->stop(); }

Result<CrawlSummary> Crawler::run_once() {
  CrawlSummary summary;
  GOUJI_TRY(impl_->read_files_once(summary));
  GOUJI_TRY(impl_->publisher.drain());
  return summary;
}

Result<void> Crawler::run() {
  GOUJI_TRY(impl_->watch_files());
  return ok();
}

}  // namespace gouji::crawler
