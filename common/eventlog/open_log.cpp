// The one place that knows both logs.
#include "common/eventlog/kafka/kafka_log.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/log.h"

namespace gouji::eventlog {

Result<std::unique_ptr<EventLog>> open_log(const LogAddress& address, const OpenOptions& options) {
  return address.is_kafka ? open_kafka_log(address, options) : open_local_log(address, options);
}

}  // namespace gouji::eventlog
