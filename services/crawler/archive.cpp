#include "services/crawler/archive.h"

#include <fstream>
#include <utility>

#include "common/events/envelope.h"
#include "services/crawler/io/warc_files.h"
#include "services/crawler/io/warc_reader.h"

namespace gouji::crawler {

namespace {

// Some 300 bytes each. What falls out is written in full once more.
constexpr std::size_t kKnownMax = 20'000;
constexpr std::int64_t kIndexBytesMax = 64LL * 1024 * 1024;
constexpr std::int64_t kHeadBytesMax = 4 * 1024;  // of a block

std::string truncation_of(const FetchResult& fetched) {
  if (fetched.exchange.is_whole) return {};
  switch (fetched.result) {
    case FetchClass::kTooLarge: return "length";
    case FetchClass::kTimeout: return "time";
    default: return "disconnect";
  }
}

}  // namespace

Result<std::unique_ptr<Archive>> Archive::open(WarcOptions options, const Clock& clock, CrawlerObserver& observer) {
  std::string folder = options.folder;
  GOUJI_ASSIGN(auto writer, WarcWriter::open(std::move(options), clock));
  for (const WarcRepair& repair : writer->repairs()) {
    observer.passed_over("archive " + repair.file + ": was left open; " + std::to_string(repair.records) + " records are kept, " + std::to_string(repair.cut_bytes) +
                         " bytes behind the last of them are cut off");
  }
  std::unique_ptr<Archive> archive(new Archive(std::move(writer), std::move(folder)));
  archive->read_index();
  return archive;
}

// The latest capture of each address, the newest files first. An index that cannot be read costs space
// and nothing else.
void Archive::read_index() {
  const auto names = names_ending(folder_, ".cdxj");
  if (!names) return;
  std::int64_t bytes = 0;
  for (auto name = names->rbegin(); name != names->rend() && index_.size() < kKnownMax && bytes < kIndexBytesMax; ++name) {
    std::unordered_map<std::string, CdxjEntry> latest;  // lines of an address are sorted by time
    std::ifstream file(folder_ + "/" + *name);
    for (std::string line; index_.size() + latest.size() < kKnownMax && std::getline(file, line);) {
      bytes += static_cast<std::int64_t>(line.size());
      auto entry = cdxj_entry(line);
      if (entry && !entry->is_revisit) latest.insert_or_assign(entry->url, std::move(*entry));
    }
    index_.merge(latest);
  }
}

// The record itself is looked at, so that a file that was deleted is never referred to.
std::optional<WarcReference> Archive::indexed(const WarcExchange& exchange) {
  auto found = index_.extract(exchange.url);
  if (found.empty()) return std::nullopt;
  const CdxjEntry& entry = found.mapped();
  auto reader = WarcReader::open(folder_ + "/" + entry.file, kHeadBytesMax);
  if (!reader) return std::nullopt;
  reader->seek(entry.offset);
  const auto record = reader->next();
  if (!record || !*record || (*record)->field("WARC-Type") != "response" || (*record)->field("WARC-Target-URI") != entry.url) return std::nullopt;
  const auto at = events::from_rfc3339((*record)->field("WARC-Date"));
  if (!at || !(*record)->field("WARC-Truncated").empty()) return std::nullopt;
  return WarcReference{entry.url, *at, std::string((*record)->field("WARC-Record-ID")), entry.digest, entry.file};
}

Result<std::optional<WarcPosition>> Archive::keep(const FetchResult& fetched) {
  const Exchange& made = fetched.exchange;
  if (made.response_head.empty()) return std::optional<WarcPosition>();
  WarcExchange exchange;
  exchange.url = made.url;
  exchange.at = made.began_at;
  exchange.ip_address = made.peer_address;
  exchange.protocol = made.protocol;
  exchange.request_head = made.request_head;
  exchange.request_body = made.request_body;
  exchange.response_head = made.response_head;
  exchange.body = made.encoded_body;
  exchange.truncated = truncation_of(fetched);
  exchange.metadata = {{"fetchClass", std::string(to_string(fetched.result))}, {"fetchTimeMs", std::to_string(made.took.count())}};
  if (!made.tls.empty()) exchange.metadata.push_back({"tlsRelaxed", made.tls});
  if (const auto known = known_.find(made.url); known != known_.end()) {
    exchange.earlier = known->second.reference;
  } else if (auto earlier = indexed(exchange)) {
    remember(*earlier);
    exchange.earlier = std::move(earlier);
  }
  GOUJI_ASSIGN(WarcPosition position, writer_->write(exchange));
  const bool is_new = !exchange.earlier || exchange.earlier->digest != position.digest;
  if (is_new && fetched.result == FetchClass::kOk) remember({exchange.url, exchange.at, position.record_id, position.digest, position.file});
  return std::optional(std::move(position));
}

void Archive::remember(WarcReference reference) {
  if (const auto known = known_.find(reference.url); known != known_.end()) {
    ages_.erase(known->second.age);
    known_.erase(known);
  }
  const auto age = ages_.insert(ages_.end(), reference.url);
  std::string url = reference.url;
  known_[std::move(url)] = {std::move(reference), age};
  if (known_.size() <= kKnownMax) return;
  known_.erase(ages_.front());
  ages_.pop_front();
}

}  // namespace gouji::crawler
