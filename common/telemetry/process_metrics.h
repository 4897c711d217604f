// The process_* metrics that Prometheus's own client libraries have, read from /proc.
#pragma once

#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace gouji::telemetry {

// A value that cannot be read is left out, never reported as zero.
void append_process_metrics(std::vector<prometheus::MetricFamily>& families);

}  // namespace gouji::telemetry
