#include <chrono>

#include "common/eventlog/local/local_log.h"
#include "tests/integration/eventlog_conformance.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {

namespace {

class LocalBackend final : public LogBackend {
 public:
  std::unique_ptr<eventlog::EventLog> open() override {
    eventlog::OpenOptions options;
    options.mode = eventlog::LocalMode::kOwner;
    auto log = eventlog::open_local_log({false, folder_.file("log.db"), {}}, options);
    if (!log) ADD_FAILURE() << log.error().message;
    return log ? std::move(*log) : nullptr;
  }
  std::string unique(const std::string& name) override { return name; }
  bool maintain(eventlog::EventLog& log, UnixMillis now) override {
    EXPECT_TRUE(eventlog::maintain_local_log(log, now, {1000}).has_value());
    return true;
  }

 private:
  TempFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Local, EventLogConformance,
                         ::testing::Values(LogBackendFactory([] { return std::make_unique<LocalBackend>(); })),
                         [](const auto&) { return std::string("log"); });

}  // namespace

}  // namespace gouji::testing
