#include "services/parser/service.h"

#include <malloc.h>

#include "common/eventlog/topics.h"
#include "common/runtime/landlock.h"
#include "common/runtime/sandbox.h"
#include "common/telemetry/log.h"
#include "services/parser/io/blob_reader.h"
#include "services/parser/io/programs.h"
#include "services/parser/worker.h"
#include "gouji/version.h"

namespace gouji::parser {
namespace {

// What the stage refers to; a base of its own, so that it is there before the stage.
struct Parts {
  std::unique_ptr<runtime::WorkerPool> pool;
  Telemetry telemetry;
};

class OwningStage : private Parts, public ParseStage {
 public:
  OwningStage(std::unique_ptr<runtime::WorkerPool> workers, const std::string& blobs, ProgramRunner programs,
              telemetry::Metrics& metrics)
      : Parts{std::move(workers), Telemetry(metrics)},
        ParseStage(reader_over(*pool, std::move(programs)), [blobs](const std::string& reference) { return read_blob(blobs, reference); },
                   Parts::telemetry, {this_extractor(), pool->size()}) {}

  void prepare(std::span<const eventlog::StoredRecord> batch) override {
    ParseStage::prepare(batch);
    const runtime::WorkerPoolCounts counts = pool->counts();
    Parts::telemetry.workers(counts.requests, counts.deaths, counts.timeouts);
  }
};

// What stands between a document and the machine, once, so that an operator sees what this kernel lacks.
void log_walls(const runtime::WorkerPoolOptions& options) {
  const int landlock = runtime::landlock_version();
  const bool is_partial = runtime::is_sandbox_partial();
  telemetry::log_info("worker.walls", {{"seccomp", is_partial ? "off: a build with sanitizers" : "on"},
                                       {"landlock", is_partial || landlock == 0 ? "none" : std::to_string(landlock)},
                                       {"memory_bytes", is_partial ? "no limit" : std::to_string(options.memory_bytes_max)},
                                       {"seconds", std::to_string(options.deadline.count() / 1000)},
                                       {"workers", std::to_string(options.workers)}});
}

}  // namespace

Result<std::unique_ptr<eventlog::Stage>> make_stage(const StageParts& parts, telemetry::Metrics& metrics) {
  runtime::WorkerPoolOptions options;
  options.kind = kWorkerKind;
  options.workers = parts.workers;
  GOUJI_ASSIGN(auto pool, runtime::WorkerPool::create(options));
  log_walls(options);
  // Else each thread keeps the memory of the last large document that it held.
  mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024);
  return std::unique_ptr<eventlog::Stage>(
      std::make_unique<OwningStage>(std::move(pool), parts.blobs, parts.programs, metrics));
}

std::vector<runtime::SettingSpec> program_settings() {
  const auto program = [](std::string name, std::string package) -> runtime::SettingSpec {
    return {"programs." + name, runtime::SettingKind::kText, "",
            "程序的路径；空 = 自动查找，off = 不用（" + package + "）",
            "path of the program; empty = looked for, off = not used (" + package + ")"};
  };
  return {program("ocr", "gouji-ocr"),
          {"programs.ocr_models", runtime::SettingKind::kText, "", "tesseract 模型目录；空 = 系统目录",
           "folder of tesseract's models chi_sim and eng; empty = the system's"},
          program("pdftoppm", "poppler-utils"),
          program("pdftotext", "poppler-utils"),
          program("soffice", "libreoffice-writer-nogui"),
          {"programs.deadline", runtime::SettingKind::kDuration, "60s", "每份文件使用外部程序的时限",
           "time for the programs over one document", false, 1'000, 100'000}};
}

ProgramRunner programs_of(const runtime::Settings& settings) {
  const ProgramPaths wanted{settings.text("programs.ocr"), settings.text("programs.ocr_models"),
                            settings.text("programs.pdftoppm"), settings.text("programs.pdftotext"),
                            settings.text("programs.soffice")};
  const Programs programs(find_programs(wanted), settings.duration("programs.deadline"));
  return [programs](const Need& need, std::string_view bytes) { return programs.run(need, bytes); };
}

Result<ProgramRunner> programs_of_environment() {
  runtime::SettingSources sources;
  for (auto& [name, value] : runtime::gouji_environment())
    if (name.starts_with("GOUJI_PROGRAMS__")) sources.environment.emplace(name, value);
  GOUJI_ASSIGN(const runtime::Settings settings, runtime::load_settings(program_settings(), sources));
  return programs_of(settings);
}

host::StageService service() {
  host::StageService service;
  service.program = "gouji-parser";
  service.summary = "把原始报告解析为表格与文字 / reads raw reports into tables and prose";
  service.version = gouji::version();
  service.admin_default = "127.0.0.1:9466";
  service.settings = {
      {"blobs", runtime::SettingKind::kText, "", "大文件的内容寻址目录（与 crawler 相同）",
       "content-addressed folder of large documents, the crawler's own"},
      {"workers", runtime::SettingKind::kInteger, "2", "解析子进程数", "worker processes", false, 1, 64},
  };
  for (runtime::SettingSpec& spec : program_settings()) service.settings.push_back(std::move(spec));
  service.outputs = {std::string(eventlog::kParsedTopic)};
  service.make_stage = [](const host::ServiceContext& context) {
    return make_stage({context.settings.text("blobs"), static_cast<std::size_t>(context.settings.integer("workers")),
                       programs_of(context.settings)},
                      context.metrics);
  };
  return service;
}

}  // namespace gouji::parser
