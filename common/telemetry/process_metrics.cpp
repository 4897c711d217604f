#include "common/telemetry/process_metrics.h"

#include <dirent.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include <prometheus/metric_family.h>

namespace gouji::telemetry {

namespace {

std::optional<double> resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  if (!(file >> all >> resident)) return std::nullopt;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE));
}

std::optional<double> open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  if (!folder) return std::nullopt;
  int count = -1;  // the folder's own
  while (const dirent* entry = readdir(folder.get()))  // NOLINT: this stream is nobody else's
    if (entry->d_name[0] != '.') ++count;
  return count;
}

std::optional<double> cpu_seconds() {
  timespec used{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return std::nullopt;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

// Field 22 of /proc/self/stat counts ticks since the boot, whose time stands in /proc/stat.
std::optional<double> start_time() {
  std::string stat;
  std::getline(std::ifstream("/proc/self/stat"), stat);
  const auto name_end = stat.rfind(')');  // the name may hold spaces
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int i = 3; i < 22; ++i) fields >> skipped;
  std::int64_t ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  std::ifstream system("/proc/stat");
  for (std::string word; system >> word;) {
    std::int64_t boot = 0;
    if (word == "btime" && system >> boot)
      return static_cast<double>(boot) + static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return std::nullopt;
}

struct ProcessMetric {
  const char* name;
  const char* help;
  prometheus::MetricType type;
  std::optional<double> (*read)();
};

constexpr ProcessMetric kProcessMetrics[] = {
    {"process_cpu_seconds_total", "User and system CPU time spent in seconds.", prometheus::MetricType::Counter,
     cpu_seconds},
    {"process_open_fds", "Number of open file descriptors.", prometheus::MetricType::Gauge, open_descriptors},
    {"process_resident_memory_bytes", "Resident memory size in bytes.", prometheus::MetricType::Gauge,
     resident_bytes},
    {"process_start_time_seconds", "Start time of the process since the Unix epoch in seconds.",
     prometheus::MetricType::Gauge, start_time},
};

}  // namespace

void append_process_metrics(std::vector<prometheus::MetricFamily>& families) {
  for (const auto& metric : kProcessMetrics) {
    const auto value = metric.read();
    if (!value) continue;
    prometheus::ClientMetric sample;
    sample.counter.value = *value;
    sample.gauge.value = *value;
    prometheus::MetricFamily family;
    family.name = metric.name;
    family.help = metric.help;
    family.type = metric.type;
    family.metric.push_back(sample);
    families.push_back(family);
  }
}

}  // namespace gouji::telemetry
