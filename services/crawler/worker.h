// Pages are read by a worker process, because they are hostile bytes: the request goes to the pool,
// and what comes back is checked again before anything trusts it.
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.h"
#include "common/events/page_codec.h"
#include "common/report/portal_page.h"
#include "common/runtime/worker_pool.h"

namespace gouji::crawler {

// The kind of the crawler's workers, after runtime::kWorkerArgument.
inline constexpr std::string_view kWorkerKind = "crawler";
runtime::WorkerPoolOptions worker_options();

// Bootstrap values, lists, articles, attachments. The body is at most worker_options()'s
// request_bytes_max less 1 MiB; larger ones are refused with kInvalidInput TOO_LARGE.
class PageReader {
 public:
  virtual ~PageReader() = default;
  // What a page is and says; a page that cannot be read is an answer with its class. kInvalidInput
  // when it kills the worker; kUnavailable when no worker can be had.
  virtual Result<PageAnswer> read_page(const PageRequest& request) = 0;
};

class WorkerPageReader : public PageReader {
 public:
  explicit WorkerPageReader(runtime::WorkerPool& pool) : pool_(pool) {}
  Result<PageAnswer> read_page(const PageRequest& request) override;

 private:
  runtime::WorkerPool& pool_;
};

// In the worker: an encoded PageRequest in, an encoded PageAnswer out. Never throws.
std::string answer_page_request(std::string_view request);

}  // namespace gouji::crawler
