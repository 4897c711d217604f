// gouji-crawler: sources in, raw reports out, on Kafka.
#include "common/runtime/worker_pool.h"
#include "services/crawler/service.h"
#include "services/crawler/worker.h"

int main(int argc, char** argv) {
  if (gouji::runtime::worker_kind(argc, argv) == gouji::crawler::kWorkerKind)
    return gouji::runtime::run_worker(gouji::crawler::answer_page_request);
  return gouji::crawler::run_service(argc, argv);
}
