#include "services/crawler/worker.h"

#include <utility>

#include "services/crawler/core/attachment_list.h"
#include "services/crawler/core/list_page.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kRequestBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kPageBodyMax = kRequestBytesMax - 1024 * 1024;

static_assert(kListedMax <= events::kListRowsMax);

Result<events::ListAnswer> answer(std::string_view bytes) {
  GOUJI_ASSIGN(events::ListRequest request, events::decode_list_request(bytes));
  GOUJI_ASSIGN(const Url base, parse_url(request.url));
  ListRules rules{request.format, request.title_accept, request.title_refuse, request.url_accept,
                  request.rows_pointer, request.url_field, request.title_field, request.date_field};
  GOUJI_ASSIGN(ListPage page, request.format == kAttachmentFormat
                                  ? read_attachment_list(request.body, request.media_type, base)
                                  : read_list(request.body, request.media_type, base, rules));
  events::ListAnswer answer;
  answer.cut = page.cut;
  for (ListedDocument& row : page.documents) answer.rows.push_back({std::move(row.url), std::move(row.title), std::move(row.date)});
  return answer;
}

}  // namespace

runtime::WorkerPoolOptions worker_options() {
  runtime::WorkerPoolOptions options;
  options.kind = kWorkerKind;
  options.workers = 1;
  options.request_bytes_max = kRequestBytesMax;
  return options;
}

Result<PageAnswer> WorkerListReader::read_page(const PageRequest& request) {
  if (request.body.size() > kPageBodyMax) {
    return invalid_input(ErrorCode::kTooLarge, request.url + ": a page of " + std::to_string(request.body.size()) + " bytes is too large to be read");
  }
  GOUJI_ASSIGN(const std::string bytes, pool_.call(events::encode(request)));
  return events::decode_page_answer(bytes);
}

Result<events::ListAnswer> WorkerListReader::read(const events::ListRequest& request) {
  GOUJI_ASSIGN(const std::string bytes, pool_.call(events::encode(request)));
  return events::decode_list_answer(bytes);
}

std::string answer_list_request(std::string_view request) {
  auto answered = answer(request);
  if (answered) return events::encode(*answered);
  events::ListAnswer failed;
  failed.error = answered.error().message;
  return events::encode(failed);
}

}  // namespace gouji::crawler
