// gouji: the command, and the worker processes of the services that it runs.
#include "common/runtime/program_run.h"
#include "common/runtime/worker_pool.h"
#include "services/crawler/worker.h"
#include "services/gouji/commands.h"
#include "services/parser/worker.h"

int main(int argc, char** argv) {
  gouji::runtime::become_program_if_asked(argc, argv);
  const std::string_view kind = gouji::runtime::worker_kind(argc, argv);
  if (kind == gouji::parser::kWorkerKind) return gouji::runtime::run_worker(gouji::parser::answer_read);
  if (kind == gouji::crawler::kWorkerKind) return gouji::runtime::run_worker(gouji::crawler::answer_page_request);
  return gouji::command::dispatch(argc, argv);
}
