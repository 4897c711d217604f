#include "services/crawler/settings.h"

#include <utility>

#include "services/crawler/core/address_guard.h"

namespace gouji::crawler {

namespace {

using runtime::SettingKind;

constexpr std::int64_t kMillisMax = 400LL * 86'400'000;
constexpr std::int64_t kContactBytesMax = 200;

bool is_plain(const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) return false;
  }
  return text.size() <= kContactBytesMax;
}

std::string mistakes_of(const CrawlerSettings& settings) {
  std::string mistakes;
  for (const std::string& block : settings.allow_net) {
    const auto parsed = parse_cidr(block);
    if (!parsed) mistakes += (mistakes.empty() ? "" : "\n") + std::string("allow_net: ") + parsed.error().message;
  }
  if (!is_plain(settings.contact)) {
    mistakes += (mistakes.empty() ? "" : "\n") + std::string("contact: expected at most 200 ASCII characters, such as mailto:people@example.org");
  }
  return mistakes;
}

}  // namespace

std::vector<runtime::SettingSpec> setting_specs() {
  return {
      {"document_bytes_max", SettingKind::kBytes, "64MiB", "接收的最大文档", "largest document that is taken", false, 1'024, 64LL * 1024 * 1024},
      {"list_bytes_max", SettingKind::kBytes, "5MiB", "接收的最大列表页", "largest list page that is taken", false, 1'024, 8LL * 1024 * 1024},
      {"rescan_interval", SettingKind::kDuration, "30s", "重新扫描目录的间隔", "between two readings of a directory", false, 100, kMillisMax},
      {"settle", SettingKind::kDuration, "500ms", "比这更新的文件可能还在写入，稍后再读", "a file younger than this may still be written and is read later", false, 0, 3'600'000},
      {"file_gone_after", SettingKind::kDuration, "1s", "文件至少消失这么久（且两次扫描均不见）才算撤回", "a file is withdrawn when it is missing in two readings this far apart", false, 0, kMillisMax},
      {"page_gone_after", SettingKind::kDuration, "24h", "网页 404/410 至少两次且相隔这么久才算撤回", "a page is withdrawn when it is gone twice this far apart", false, 0, kMillisMax},
      {"host_delay", SettingKind::kDuration, "1s", "对同一主机两次请求的间隔", "between two requests to one host", false, 0, 3'600'000},
      {"request_timeout", SettingKind::kDuration, "60s", "一次请求的时限（每次重定向另计）", "limit of a request; each redirect is one", false, 100, 600'000},
      {"host_requests_a_day", SettingKind::kInteger, "20000", "每台主机每日请求上限", "requests to one host in a day", false, 1, 10'000'000},
      {"host_concurrency", SettingKind::kInteger, "1", "对同一主机同时进行的请求数", "requests to one host at a time", false, 1, 64},
      {"fetches_in_flight", SettingKind::kInteger, "256", "同时进行的请求总数", "requests at a time over all hosts", false, 1, 4'096},
      {"shard", SettingKind::kText, "0/1", "本采集器负责的主机分片 i/N", "which share of the hosts this crawler fetches from: i/N"},
      {"allow_net", SettingKind::kTextList, "", "允许访问的非公网地址段（CIDR）", "blocks that are not public and may be fetched from (CIDR)"},
      {"contact", SettingKind::kText, "", "写入 User-Agent 的联系方式", "address for the people of a portal, part of the user agent"},
      {"archive", SettingKind::kBool, "true", "把网站的应答存入 warc 目录，作为证据", "keep what portals answer in warc/, as evidence"},
      {"archive_bytes_max", SettingKind::kBytes, "1GiB", "一个存档文件的大小上限", "largest file of the archive", false, 1'048'576, 64LL << 30},
      {"archive_age_max", SettingKind::kDuration, "24h", "一个存档文件写到多久为止", "an archive file is closed when it is as old as this", false, 60'000, kMillisMax},
      {"obey_robots", SettingKind::kBool, "true", "遵守 robots.txt", "follow robots.txt"},
  };
}

std::string user_agent_of(const CrawlerSettings& settings) {
  return "GoujiCrawler/" + settings.version + (settings.contact.empty() ? "" : " (+" + settings.contact + ")");
}

Result<CrawlerSettings> read_settings(const runtime::Settings& settings, std::string data_folder) {
  CrawlerSettings read;
  read.data_folder = std::move(data_folder);
  read.document_bytes_max = settings.bytes("document_bytes_max");
  read.list_bytes_max = settings.bytes("list_bytes_max");
  read.rescan_interval = settings.duration("rescan_interval");
  read.settle = settings.duration("settle");
  read.file_gone_after = settings.duration("file_gone_after");
  read.page_gone_after = settings.duration("page_gone_after");
  read.host_delay = settings.duration("host_delay");
  read.request_timeout = settings.duration("request_timeout");
  read.host_requests_a_day = settings.integer("host_requests_a_day");
  read.host_concurrency = settings.integer("host_concurrency");
  read.fetches_in_flight = settings.integer("fetches_in_flight");
  read.allow_net = settings.list("allow_net");
  read.contact = settings.text("contact");
  read.obey_robots = settings.flag("obey_robots");
  read.archive = settings.flag("archive");
  read.archive_bytes_max = settings.bytes("archive_bytes_max");
  read.archive_age_max = settings.duration("archive_age_max");
  const auto shard = parse_shard(settings.text("shard"));
  std::string mistakes = mistakes_of(read);
  if (shard) {
    read.shard = *shard;
  } else {
    mistakes += (mistakes.empty() ? "" : "\n") + shard.error().message;
  }
  if (!mistakes.empty()) return fatal(ErrorCode::kBadSettings, mistakes);
  return read;
}

}  // namespace gouji::crawler
