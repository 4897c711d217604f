// gouji portal import: a page that a person saved, from a portal that machines may not read, becomes
// a RawReport like any other. Its location is that of the address among manual documents, apart from
// the crawler's own, so that the two never number each other's events.
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/core/id.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/events/envelope.h"
#include "common/runtime/system_clock.h"
#include "common/runtime/worker_pool.h"
#include "services/crawler/attachments.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/io/blob_store.h"
#include "services/crawler/worker.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/log_access.h"
#include "services/gouji/portal.h"

namespace gouji::command {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManual = "manual";

void complete(Content& content) {
  content.sha256 = to_hex(sha256(content.bytes));
  content.size = static_cast<std::int64_t>(content.bytes.size());
}

// Every mistake of the command line at once.
Result<RawReport> order_of(const PortalRequest& request) {
  std::vector<std::string> mistakes;
  if (request.arguments.size() != 1) mistakes.emplace_back("用法 / usage: gouji portal import FILE --url URL [--portal FILE | --organ NAME] [--date DAY]");
  RawReport report;
  const auto url = crawler::parse_url(request.url);
  if (request.url.empty()) mistakes.emplace_back("缺 --url（网页原址）/ --url is missing: the address that the page was saved from");
  else if (!url) mistakes.push_back("--url " + url.error().message);
  else report.url = report.final_url = to_string(*url);
  report.fetched_at = runtime::SystemClock().unix_millis();
  if (!request.date.empty()) {
    const auto day = events::from_rfc3339(request.date.size() == 10 ? request.date + "T00:00:00Z" : request.date);
    if (!day || *day > report.fetched_at) mistakes.push_back(fmt::format("--date {}：应为保存网页的日期，不晚于今天 / expected the day on which the page was saved, not after today", request.date));
    else report.fetched_at = *day;
  }
  if (!request.portal.empty()) {
    const auto files = read_portal_files({request.portal});
    if (!files) {
      mistakes.push_back(files.error().message);
    } else {
      const crawler::Portal& portal = files->front().portal;
      for (Hint hint : portal.hints) report.hints.push_back(hint);
      if (url && !crawler::is_host_allowed(portal, url->host, crawler::HostUse::kAttachment))
        mistakes.push_back(fmt::format("--url 的主机 {} 不在 {} 的 hosts 之内 / its host is not among the hosts of {}", url->host, request.portal, request.portal));
      report.source_id = portal.id;
    }
  }
  if (!request.organ.empty()) {
    std::erase_if(report.hints, [](const Hint& hint) { return hint.field == "organ"; });
    report.hints.push_back({"organ", request.organ, std::string(kManual)});
  }
  if (request.year) report.hints.push_back({"year", std::to_string(*request.year), std::string(kManual)});
  if (!mistakes.empty()) return fatal(ErrorCode::kBadArgument, fmt::format("{}", fmt::join(mistakes, "\n  ")));
  if (report.source_id.empty()) report.source_id = kManual;
  report.location_id = location_id(std::string(kManual) + ":" + report.source_id, report.url);
  return report;
}

// The document and what lies beside it, as a browser saves a page.
Result<void> read_contents(const std::string& path, RawReport& report) {
  GOUJI_ASSIGN(report.body.bytes, read_argument(path, static_cast<std::size_t>(kContentBytesMax)));
  if (report.body.bytes.empty()) return fatal(ErrorCode::kBadArgument, path + "：空文件 / empty");
  const fs::path file = fs::absolute(path).lexically_normal();
  report.body.name = file.filename().string();
  const bool is_page = report.body.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF") != std::string::npos &&
                       report.body.bytes[report.body.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF")] == '<';
  report.body.media_type = is_page ? "text/html" : "";
  if (is_page) {
    GOUJI_ASSIGN(const auto pool, runtime::WorkerPool::create(crawler::worker_options()));
    crawler::WorkerPageReader pages(*pool);
    crawler::FileAttachments attachments(pages, file.parent_path().string(), [](const std::string& message) { fmt::print(stderr, "gouji portal import: {}\n", message); });
    report.attachments = attachments.read(file.string(), report.body.bytes, report.body.media_type);
  }
  complete(report.body);
  for (Content& attachment : report.attachments) complete(attachment);
  report.payload_digest = payload_digest(report.body, report.attachments);
  return ok();
}

// What the log has of the location: the highest sequence, and the digest that it had.
struct Before {
  std::int64_t sequence = 0;
  std::string payload_digest;
};

Result<Before> before_of(eventlog::EventLog& log, const std::string& location) {
  Before before;
  GOUJI_TRY(read_topic(log, eventlog::kRawTopic, [&](const eventlog::StoredRecord& stored) -> Result<void> {
    if (stored.record.key != location) return ok();
    const auto event = events::decode_raw(stored.record);
    const auto* report = event ? std::get_if<RawReport>(&*event) : nullptr;
    if (report != nullptr && report->fetch_sequence > before.sequence) before = {report->fetch_sequence, report->payload_digest};
    return ok();
  }));
  // A raw record may be past its retention; the parser remembers the sequence.
  GOUJI_ASSIGN(const auto state, read_state(log, eventlog::kParserStateTopic));
  for (const auto& [id, record] : state) {
    if (id != location || !record.value) continue;
    GOUJI_ASSIGN(const ParserLocation known, events::decode_parser_location(*record.value));
    if (known.fetch_sequence > before.sequence) before = {known.fetch_sequence, ""};
  }
  return before;
}

// Large content goes where the crawler puts it.
Result<void> store_large(const std::string& data, RawReport& report) {
  std::vector<Content*> contents{&report.body};
  for (Content& attachment : report.attachments) contents.push_back(&attachment);
  std::size_t bytes = 0;
  for (const Content* content : contents) bytes += content->bytes.size();
  if (bytes <= kInlineBytesMax) return ok();
  GOUJI_ASSIGN(crawler::BlobStore blobs, crawler::BlobStore::open(data + "/blobs"));
  for (Content* content : contents) {
    GOUJI_ASSIGN(content->reference, blobs.put(content->bytes));
    content->bytes.clear();
  }
  return ok();
}

}  // namespace

int portal_import(const PortalRequest& request) {
  auto report = order_of(request);
  if (!report) return fail("portal import", report.error());
  if (const auto read = read_contents(request.arguments.front(), *report); !read) return fail("portal import", read.error());
  auto log = open_log(request.where, eventlog::LocalMode::kAppend);
  if (!log) return fail("portal import", log.error());
  const auto before = before_of(**log, report->location_id);
  if (!before) return fail("portal import", before.error());
  if (before->payload_digest == report->payload_digest) {
    fmt::print("已导入过，内容相同 / imported before, with the same content  {}\n", report->url);
    return kOk;
  }
  report->fetch_sequence = before->sequence + 1;
  if (const auto stored = store_large(request.where.data, *report); !stored) return fail("portal import", stored.error());
  const auto appender = (*log)->open_appender();
  if (!appender) return fail("portal import", appender.error());
  const std::vector<eventlog::Outgoing> records{{std::string(eventlog::kRawTopic), std::nullopt, events::encode(*report)}};
  if (const auto sent = (*appender)->append(records); !sent) return fail("portal import", sent.error());
  fmt::print("已导入 / imported  {}  {}  第 {} 次 / sequence {}，附件 {} / attachments {}\n", report->url, report->location_id, report->fetch_sequence, report->fetch_sequence,
             report->attachments.size(), report->attachments.size());
  return kOk;
}

}  // namespace gouji::command
