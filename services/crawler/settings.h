// The crawler's settings: one list, used by the service, by the command and for their help.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/runtime/settings.h"
#include "services/crawler/core/shard.h"

namespace gouji::crawler {

struct CrawlerSettings {
  std::string data_folder = "gouji-data";  // holds crawler.db and blobs/
  std::int64_t document_bytes_max = 64LL * 1024 * 1024;
  std::chrono::milliseconds rescan_interval{30'000};  // of files
  std::chrono::milliseconds settle{500};              // a file younger than this may still be written
  std::chrono::milliseconds file_gone_after{1'000};   // and in two readings
  std::chrono::milliseconds page_gone_after{86'400'000};
  std::chrono::milliseconds host_delay{1'000};        // between two requests to one host
  std::chrono::milliseconds request_timeout{60'000};  // of one hop
  std::int64_t host_requests_a_day = 20'000;
  std::int64_t host_concurrency = 1;                  // requests in flight on one host
  std::int64_t fetches_in_flight = 256;               // over all hosts
  Shard shard;                                        // which hosts are this crawler's
  std::int64_t list_bytes_max = 5LL * 1024 * 1024;
  std::vector<std::string> allow_net;  // CIDR blocks that are not public and still may be fetched from
  bool archive = true;                 // what portals answer is kept in warc/
  std::int64_t archive_bytes_max = 1LL << 30;               // of one file
  std::chrono::milliseconds archive_age_max{86'400'000};  // of a file that is written
  std::string contact;                 // for the user agent: an address for the people of a portal
  bool obey_robots = true;
  std::string version = "0";           // of this build, for the user agent
};

// "GoujiCrawler/1.2 (+mailto:…)": says who asks, to every portal.
std::string user_agent_of(const CrawlerSettings& settings);

// The settings of crawling itself.
std::vector<runtime::SettingSpec> setting_specs();
// kFatal BAD_SETTINGS with all mistakes that the specs cannot see, such as a bad CIDR block.
Result<CrawlerSettings> read_settings(const runtime::Settings& settings, std::string data_folder);

}  // namespace gouji::crawler
