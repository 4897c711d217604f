// Keeps what goes over the wire in the archive of evidence, and knows what is in it already.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "services/crawler/io/http_fetcher.h"
#include "services/crawler/io/cdxj.h"
#include "services/crawler/io/warc.h"
#include "services/crawler/observer.h"

namespace gouji::crawler {

// The thread of the web crawl.
class Archive {
 public:
  // Repairs what an earlier run left; the observer is told of it. Clock and observer outlive this.
  static Result<std::unique_ptr<Archive>> open(WarcOptions options, const Clock& clock, CrawlerObserver& observer);

  // One hop, redirects and robots.txt too; nothing where no answer came. A payload that is in the
  // archive, also of an earlier process, and that is the same, is written as a revisit.
  Result<std::optional<WarcPosition>> keep(const FetchResult& fetched);
  // Afterwards what was kept is safe: before an event that names it is.
  Result<void> sync() { return writer_->sync(); }
  Result<void> close() { return writer_->close(); }

 private:
  struct Known {
    WarcReference reference;
    std::list<std::string>::iterator age;
  };
  Archive(std::unique_ptr<WarcWriter> writer, std::string folder) : writer_(std::move(writer)), folder_(std::move(folder)) {}
  void read_index();
  std::optional<WarcReference> indexed(const WarcExchange& exchange);
  void remember(WarcReference reference);

  std::unique_ptr<WarcWriter> writer_;
  std::unordered_map<std::string, Known> known_;  // by address
  std::list<std::string> ages_;                   // addresses, the oldest first
  std::string folder_;
  std::unordered_map<std::string, CdxjEntry> index_;  // of files that earlier processes closed, by address
};

}  // namespace gouji::crawler
