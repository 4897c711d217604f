#include "services/crawler/archive.h"

#include <utility>

namespace gouji::crawler {

namespace {

// Some 300 bytes each. What falls out is written in full once more.
constexpr std::size_t kKnownMax = 20'000;

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
  GOUJI_ASSIGN(auto writer, WarcWriter::open(std::move(options), clock));
  for (const WarcRepair& repair : writer->repairs()) {
    observer.passed_over("archive " + repair.file + ": was left open; " + std::to_string(repair.records) + " records are kept, " + std::to_string(repair.cut_bytes) +
                         " bytes behind the last of them are cut off");
  }
  return std::unique_ptr<Archive>(new Archive(std::move(writer)));
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
  if (const auto known = known_.find(made.url); known != known_.end()) exchange.earlier = known->second.reference;
  GOUJI_ASSIGN(WarcPosition position, writer_->write(exchange));
  const bool is_new = !exchange.earlier || exchange.earlier->digest != position.digest;
  if (is_new && fetched.result == FetchClass::kOk) remember(exchange, position);
  return std::optional(std::move(position));
}

void Archive::remember(const WarcExchange& exchange, const WarcPosition& position) {
  if (const auto known = known_.find(exchange.url); known != known_.end()) {
    ages_.erase(known->second.age);
    known_.erase(known);
  }
  const auto age = ages_.insert(ages_.end(), exchange.url);
  known_[exchange.url] = {{exchange.url, exchange.at, position.record_id, position.digest}, age};
  if (known_.size() <= kKnownMax) return;
  known_.erase(ages_.front());
  ages_.pop_front();
}

}  // namespace gouji::crawler
