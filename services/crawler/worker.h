// List pages, and pages with attachments, are read by a worker process, because they are hostile bytes: the request goes to the
// pool, and what comes back is checked again before anything trusts it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/events/worker_codec.h"
#include "common/runtime/worker_pool.h"

namespace gouji::crawler {

// The kind of the crawler's workers, after runtime::kWorkerArgument.
inline constexpr std::string_view kWorkerKind = "crawler";
runtime::WorkerPoolOptions worker_options();

class ListReader {
 public:
  virtual ~ListReader() = default;
  // Rows in the order of the page, at most events::kListRowsMax. kInvalidInput when the page cannot
  // be read as the rules say, or kills the worker; kUnavailable when no worker can be had.
  virtual Result<events::ListAnswer> read(const events::ListRequest& request) = 0;
};

class WorkerListReader : public ListReader {
 public:
  explicit WorkerListReader(runtime::WorkerPool& pool) : pool_(pool) {}
  Result<events::ListAnswer> read(const events::ListRequest& request) override;

 private:
  runtime::WorkerPool& pool_;
};

// In the worker: an encoded ListRequest in, an encoded ListAnswer out. Never throws.
std::string answer_list_request(std::string_view request);

}  // namespace gouji::crawler
