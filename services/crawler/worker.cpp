#include "services/crawler/worker.h"

#include <map>
#include <memory>
#include <utility>

#include "services/crawler/core/portal.h"
#include "services/crawler/core/portal_file.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kPortalsKept = 32;
constexpr std::size_t kRequestBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kPageBodyMax = kRequestBytesMax - 1024 * 1024;

// The same few portals are asked about again and again: the compiled rules are kept.
Result<std::shared_ptr<const Portal>> portal_of(const std::string& definition) {
  static std::map<std::string, std::shared_ptr<const Portal>> known;
  if (const auto found = known.find(definition); found != known.end()) return found->second;
  GOUJI_ASSIGN(Portal portal, definition.empty() ? Result<Portal>(Portal{}) : portal_from_definition(definition));
  if (known.size() >= kPortalsKept) known.clear();
  return known.emplace(definition, std::make_shared<const Portal>(std::move(portal))).first->second;
}

}  // namespace

runtime::WorkerPoolOptions worker_options() {
  runtime::WorkerPoolOptions options;
  options.kind = kWorkerKind;
  options.workers = 1;
  options.request_bytes_max = kRequestBytesMax;
  return options;
}

Result<PageAnswer> WorkerPageReader::read_page(const PageRequest& request) {
  if (request.body.size() > kPageBodyMax) {
    return invalid_input(ErrorCode::kTooLarge, request.url + ": a page of " + std::to_string(request.body.size()) + " bytes is too large to be read");
  }
  GOUJI_ASSIGN(const std::string bytes, pool_.call(events::encode(request)));
  return events::decode_page_answer(bytes);
}

std::string answer_page_request(std::string_view bytes) {
  PageAnswer answer;
  const auto request = events::decode_page_request(bytes);
  const auto portal = request ? portal_of(request->portal) : Result<std::shared_ptr<const Portal>>(request.error());
  if (portal) return events::encode(read_page(**portal, *request));
  answer.page_class = PageClass::kUnreadable;
  answer.why = portal.error().message;
  return events::encode(answer);
}

}  // namespace gouji::crawler
