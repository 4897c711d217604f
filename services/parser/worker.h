// Both ends of the parser's worker process: what it answers, and how to ask it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "common/report/aid.h"
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

// Runs a program that a worker needs over the bytes of the document or attachment. Thread-safe.
using ProgramRunner = std::function<Aid(const Need& need, std::string_view bytes)>;

// In the service: asks a worker of the pool, which outlives the reader, and checks the answer. Where the
// worker needs a program first, runs it and asks again; without a runner no program is installed.
DocumentReader reader_over(runtime::WorkerPool& pool, ProgramRunner programs = {});

}  // namespace gouji::parser
