#include "common/events/worker_codec.h"

#include "common/events/convert.h"
#include "common/events/raw_convert.h"
#include "gouji/worker/v1/worker.pb.h"

namespace gouji::events {

namespace wk = ::gouji::worker::v1;

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
  return request;
}

std::string encode(const ReadOutcome& outcome) {
  wk::ReadAnswer out;
  if (const auto* reading = std::get_if<Reading>(&outcome)) {
    to_proto(*reading, out.mutable_reading());
  } else {
    const auto& refusal = std::get<Refusal>(outcome);
    out.mutable_refusal()->set_not_a_report(refusal.refusal_class == RefusalClass::kNotAReport);
    out.mutable_refusal()->mutable_reason()->set_code(refusal.reason.code);
    out.mutable_refusal()->mutable_reason()->set_message(refusal.reason.message);
  }
  return out.SerializeAsString();
}

Result<ReadOutcome> decode_read_outcome(std::string_view bytes) {
  GOUJI_ASSIGN(const wk::ReadAnswer in, parse_message<wk::ReadAnswer>(bytes));
  switch (in.outcome_case()) {
    case wk::ReadAnswer::kReading: {
      GOUJI_ASSIGN(Reading reading, from_proto(in.reading()));
      return ReadOutcome(std::move(reading));
    }
    case wk::ReadAnswer::kRefusal:
      return ReadOutcome(Refusal{in.refusal().not_a_report() ? RefusalClass::kNotAReport : RefusalClass::kPoison,
                                 {in.refusal().reason().code(), in.refusal().reason().message()}});
    case wk::ReadAnswer::kNeeds:
    case wk::ReadAnswer::OUTCOME_NOT_SET:
      break;
  }
  return invalid_input(ErrorCode::kMalformed, "the worker's answer holds neither a reading nor a refusal");
}

std::string encode(const ListRequest& request) {
  wk::ListRequest out;
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
  return out.SerializeAsString();
}

Result<ListRequest> decode_list_request(std::string_view bytes) {
  GOUJI_ASSIGN(wk::ListRequest in, parse_message<wk::ListRequest>(bytes));
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
