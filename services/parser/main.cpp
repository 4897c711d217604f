// gouji-parser: raw reports in, parsed reports out, on Kafka.
#include "common/host/stage_service.h"
#include "common/runtime/program_run.h"
#include "common/runtime/worker_pool.h"
#include "services/parser/service.h"
#include "services/parser/worker.h"

int main(int argc, char** argv) {
  gouji::runtime::become_program_if_asked(argc, argv);
  if (gouji::runtime::worker_kind(argc, argv) == gouji::parser::kWorkerKind)
    return gouji::runtime::run_worker(gouji::parser::answer_read);
  return gouji::host::run_stage_service(argc, argv, gouji::parser::service());
}
