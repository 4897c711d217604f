#include "services/parser/service.h"

#include "common/eventlog/topics.h"
#include "services/parser/io/blob_reader.h"
#include "services/parser/worker.h"
#include "gouji/version.h"

namespace gouji::parser {
namespace {

// The stage together with what it refers to.
class OwningStage : public eventlog::Stage {
 public:
  OwningStage(std::unique_ptr<runtime::WorkerPool> pool, std::string blobs, telemetry::Metrics& metrics)
      : pool_(std::move(pool)),
        blobs_(std::move(blobs)),
        telemetry_(metrics),
        stage_(reader_over(*pool_), [this](const std::string& reference) { return read_blob(blobs_, reference); },
               telemetry_, {this_extractor(), pool_->size()}) {}

  std::string_view name() const override { return stage_.name(); }
  const std::vector<std::string>& inputs() const override { return stage_.inputs(); }
  std::optional<std::string> state_topic() const override { return stage_.state_topic(); }
  std::size_t prepares_at_once() const override { return stage_.prepares_at_once(); }
  void prepare(std::span<const eventlog::StoredRecord> batch) override {
    stage_.prepare(batch);
    const runtime::WorkerPoolCounts counts = pool_->counts();
    telemetry_.workers(counts.requests, counts.deaths, counts.timeouts);
  }
  Result<void> process(const eventlog::StoredRecord& record, eventlog::StageContext& context) override {
    return stage_.process(record, context);
  }

 private:
  const std::unique_ptr<runtime::WorkerPool> pool_;
  const std::string blobs_;
  Telemetry telemetry_;
  ParseStage stage_;
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
