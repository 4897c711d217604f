#include "common/events/worker_codec.h"

#include <algorithm>

#include "common/events/convert.h"
#include "common/events/raw_convert.h"
#include "gouji/worker/v1/worker.pb.h"

namespace gouji::events {

namespace wk = ::gouji::worker::v1;

namespace {

constexpr std::size_t kWhyBytesMax = 200;

wk::Program to_proto(Program program) {
  switch (program) {
    case Program::kPoppler: return wk::PROGRAM_POPPLER;
    case Program::kOcr: return wk::PROGRAM_OCR;
    case Program::kSoffice: return wk::PROGRAM_SOFFICE;
  }
  return wk::PROGRAM_UNSPECIFIED;
}

Result<Program> from_proto(wk::Program program) {
  switch (program) {
    case wk::PROGRAM_POPPLER: return Program::kPoppler;
    case wk::PROGRAM_OCR: return Program::kOcr;
    case wk::PROGRAM_SOFFICE: return Program::kSoffice;
    default: return invalid_input(ErrorCode::kMalformed, "an unknown program between service and worker");
  }
}

// Pages and part become arguments and places: only small, positive numbers pass.
Result<Need> need_from(const wk::Need& in) {
  GOUJI_ASSIGN(const Program program, from_proto(in.program()));
  const auto is_page = [](std::int32_t page) { return page > 0 && page <= kNeedPageMax; };
  if (static_cast<std::size_t>(in.pages_size()) > kNeedPagesMax || in.part() < 0 ||
      !std::all_of(in.pages().begin(), in.pages().end(), is_page))
    return invalid_input(ErrorCode::kMalformed, "the worker's answer needs pages or a part that cannot be");
  return Need{program, in.why().substr(0, kWhyBytesMax), {in.pages().begin(), in.pages().end()}, in.part()};
}

}  // namespace

std::string encode(const ReadRequest& request) {
  wk::ReadRequest out;
  out.set_body(request.body);
  for (const Content& attachment : request.attachments) to_proto(attachment, out.add_attachments());
  out.set_media_type(request.media_type);
  out.set_url(request.url);
  out.set_location_id(request.location_id);
  for (const Hint& hint : request.hints) {
    auto* item = out.add_hints();
    item->set_field(hint.field);
    item->set_value(hint.value);
    item->set_origin(hint.origin);
  }
  for (const Aid& aid : request.aids) {
    auto* item = out.add_aids();
    item->set_program(to_proto(aid.program));
    item->set_part(aid.part);
    item->set_output(aid.output);
    if (!aid.failure) continue;
    item->mutable_failure()->set_code(aid.failure->code);
    item->mutable_failure()->set_message(aid.failure->message);
  }
  return out.SerializeAsString();
}

Result<ReadRequest> decode_read_request(std::string_view bytes) {
  GOUJI_ASSIGN(wk::ReadRequest in, parse_message<wk::ReadRequest>(bytes));
  ReadRequest request;
  request.body = std::move(*in.mutable_body());
  for (const auto& attachment : in.attachments()) {
    GOUJI_ASSIGN(Content content, from_proto(attachment));
    request.attachments.push_back(std::move(content));
  }
  request.media_type = in.media_type();
  request.url = in.url();
  request.location_id = in.location_id();
  for (const auto& hint : in.hints()) request.hints.push_back({hint.field(), hint.value(), hint.origin()});
  for (auto& item : *in.mutable_aids()) {
    GOUJI_ASSIGN(const Program program, from_proto(item.program()));
    Aid aid{program, item.part(), std::move(*item.mutable_output()), std::nullopt};
    if (item.has_failure()) aid.failure = Reason{item.failure().code(), item.failure().message()};
    request.aids.push_back(std::move(aid));
  }
  return request;
}

std::string encode(const ReadAnswer& answer) {
  wk::ReadAnswer out;
  if (const auto* reading = std::get_if<Reading>(&answer)) {
    to_proto(*reading, out.mutable_reading());
  } else if (const auto* need = std::get_if<Need>(&answer)) {
    out.mutable_needs()->set_program(to_proto(need->program));
    out.mutable_needs()->set_why(need->why);
    for (const std::int32_t page : need->pages) out.mutable_needs()->add_pages(page);
    out.mutable_needs()->set_part(need->part);
  } else {
    const auto& refusal = std::get<Refusal>(answer);
    out.mutable_refusal()->set_not_a_report(refusal.refusal_class == RefusalClass::kNotAReport);
    out.mutable_refusal()->mutable_reason()->set_code(refusal.reason.code);
    out.mutable_refusal()->mutable_reason()->set_message(refusal.reason.message);
  }
  return out.SerializeAsString();
}

Result<ReadAnswer> decode_read_answer(std::string_view bytes) {
  GOUJI_ASSIGN(const wk::ReadAnswer in, parse_message<wk::ReadAnswer>(bytes));
  switch (in.outcome_case()) {
    case wk::ReadAnswer::kReading: {
      GOUJI_ASSIGN(Reading reading, from_proto(in.reading()));
      return ReadAnswer(std::move(reading));
    }
    case wk::ReadAnswer::kRefusal:
      return ReadAnswer(Refusal{in.refusal().not_a_report() ? RefusalClass::kNotAReport : RefusalClass::kPoison,
                                {in.refusal().reason().code(), in.refusal().reason().message()}});
    case wk::ReadAnswer::kNeeds: {
      GOUJI_ASSIGN(Need need, need_from(in.needs()));
      return ReadAnswer(std::move(need));
    }
    case wk::ReadAnswer::OUTCOME_NOT_SET:
      break;
  }
  return invalid_input(ErrorCode::kMalformed, "the worker's answer holds neither a reading, a refusal nor a need");
}

std::string encode(const ListRequest& request) {
  wk::CrawlerRequest whole;
  wk::ListRequest& out = *whole.mutable_list();
  out.set_body(request.body);
  out.set_media_type(request.media_type);
  out.set_url(request.url);
  out.set_format(request.format);
  for (const std::string& part : request.title_accept) out.add_title_accept(part);
  for (const std::string& part : request.title_refuse) out.add_title_refuse(part);
  for (const std::string& part : request.url_accept) out.add_url_accept(part);
  out.set_rows_pointer(request.rows_pointer);
  out.set_url_field(request.url_field);
  out.set_title_field(request.title_field);
  out.set_date_field(request.date_field);
  return whole.SerializeAsString();
}

Result<ListRequest> decode_list_request(std::string_view bytes) {
  GOUJI_ASSIGN(wk::CrawlerRequest whole, parse_message<wk::CrawlerRequest>(bytes));
  if (!whole.has_list()) return invalid_input(ErrorCode::kMalformed, "not a request about a list");
  wk::ListRequest& in = *whole.mutable_list();
  ListRequest request;
  request.body = std::move(*in.mutable_body());
  request.media_type = in.media_type();
  request.url = in.url();
  request.format = in.format();
  request.title_accept.assign(in.title_accept().begin(), in.title_accept().end());
  request.title_refuse.assign(in.title_refuse().begin(), in.title_refuse().end());
  request.url_accept.assign(in.url_accept().begin(), in.url_accept().end());
  request.rows_pointer = in.rows_pointer();
  request.url_field = in.url_field();
  request.title_field = in.title_field();
  request.date_field = in.date_field();
  return request;
}

std::string encode(const ListAnswer& answer) {
  wk::ListAnswer out;
  for (const ListRow& row : answer.rows) {
    auto* item = out.add_rows();
    item->set_url(row.url);
    item->set_title(row.title);
    item->set_date(row.date);
  }
  out.set_cut(answer.cut);
  out.set_error(answer.error);
  return out.SerializeAsString();
}

Result<ListAnswer> decode_list_answer(std::string_view bytes) {
  GOUJI_ASSIGN(const wk::ListAnswer in, parse_message<wk::ListAnswer>(bytes));
  if (static_cast<std::size_t>(in.rows_size()) > kListRowsMax)
    return invalid_input(ErrorCode::kTooLarge, "the worker's answer holds more rows than a list may have");
  ListAnswer answer;
  for (const auto& row : in.rows()) answer.rows.push_back({row.url(), row.title(), row.date()});
  answer.cut = in.cut();
  answer.error = in.error();
  return answer;
}

}  // namespace gouji::events
