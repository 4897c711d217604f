// Both ends of the parser's worker process: what it answers, and how to ask it.
#pragma once

#include <string>
#include <string_view>

#include "common/report/organs.h"
#include "common/runtime/worker_pool.h"
#include "services/parser/parse_stage.h"

namespace gouji::parser {

inline constexpr std::string_view kWorkerKind = "parser";

// The organs that are embedded at build (deploy/organs.json).
const OrganDirectory& embedded_organs();
// Of this build with those organs.
std::string this_extractor();

// In the worker: one request, one answer. Never throws.
std::string answer_read(std::string_view request);

// In the service: asks a worker of the pool, which outlives the reader, and checks the answer.
DocumentReader reader_over(runtime::WorkerPool& pool);

}  // namespace gouji::parser
