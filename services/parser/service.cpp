#include "services/parser/service.h"

#include "common/eventlog/topics.h"
#include "services/parser/io/blob_reader.h"
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
  OwningStage(std::unique_ptr<runtime::WorkerPool> workers, const std::string& blobs, telemetry::Metrics& metrics)
      : Parts{std::move(workers), Telemetry(metrics)},
        ParseStage(reader_over(*pool), [blobs](const std::string& reference) { return read_blob(blobs, reference); },
                   Parts::telemetry, {this_extractor(), pool->size()}) {}

  void prepare(std::span<const eventlog::StoredRecord> batch) override {
    ParseStage::prepare(batch);
    const runtime::WorkerPoolCounts counts = pool->counts();
    Parts::telemetry.workers(counts.requests, counts.deaths, counts.timeouts);
  }
};

}  // namespace

Result<std::unique_ptr<eventlog::Stage>> make_stage(const StageParts& parts, telemetry::Metrics& metrics) {
  runtime::WorkerPoolOptions options;
  options.kind = kWorkerKind;
  options.workers = parts.workers;
  GOUJI_ASSIGN(auto pool, runtime::WorkerPool::create(options));
  return std::unique_ptr<eventlog::Stage>(std::make_unique<OwningStage>(std::move(pool), parts.blobs, metrics));
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
  service.outputs = {std::string(eventlog::kParsedTopic)};
  service.make_stage = [](const host::ServiceContext& context) {
    return make_stage({context.settings.text("blobs"), static_cast<std::size_t>(context.settings.integer("workers"))},
                      context.metrics);
  };
  return service;
}

}  // namespace gouji::parser
