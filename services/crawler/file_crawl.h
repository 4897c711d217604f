// One pass over a source of files: what is there, what changed, what is gone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "services/crawler/core/source.h"
#include "services/crawler/io/file_tree.h"
#include "services/crawler/recorder.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {

struct FileCrawlOptions {
  std::int64_t document_bytes_max = 64LL * 1024 * 1024;
  FileTreeLimits tree;
  // A file younger than this is left for the next pass: it may still be written. 0 = read at once.
  UnixMillis settle = 0;
  GoneRule gone{2, 1'000};
};

// What one pass over a source came to.
struct PassResult {
  std::int64_t documents = 0;      // that the source names now
  std::int64_t failures = 0;       // that could not be read this time
  bool wants_more = false;         // something is left for a pass that should come soon
  std::vector<std::string> folders;  // read, for a watch
};

class FileCrawl {
 public:
  // What a source's files are read with; all of it outlives the crawl.
  struct Parts {
    State& state;
    Recorder& recorder;
    PageReader& pages;  // reads what pages have attached in a worker process
    CrawlerObserver& observer;
  };
  FileCrawl(Source source, FileCrawlOptions options, Parts parts);

  // `stopping` ends the pass early; what was taken by then is committed.
  Result<PassResult> pass(const Clock& clock, const std::function<bool()>& stopping);
  const Source& source() const { return source_; }

 private:
  Result<void> look_at(const FoundFile& file, UnixMillis now, PassResult& result);
  Result<void> read(const FoundFile& file, Location location, UnixMillis now, PassResult& result);
  Result<std::vector<Location>> missing_from(const FileTree& tree);
  Result<void> take_missing(const FileTree& tree, UnixMillis now, PassResult& result);
  Result<void> take_health(const FileTree& tree, const PassResult& result, UnixMillis now);
  void tell(const FileProblem& problem);
  std::string take_attachments(const std::string& path, RawReport& report);

  Source source_;
  FileCrawlOptions options_;
  State& state_;
  Recorder& recorder_;
  PageReader& pages_;
  CrawlerObserver& observer_;
  // Problems told already, so that each is one message and not one a pass.
  std::map<std::string, std::string> told_, still_;
  bool is_elsewhere_ = false;
};

}  // namespace gouji::crawler
