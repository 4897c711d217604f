#include "common/events/worker_codec.h"

#include <algorithm>

#include "common/events/convert.h"
#include "common/events/raw_convert.h"
#include "gouji/worker/v1/worker.pb.h"

namespace gouji::events {

namespace wk = ::gouji::worker::v1;

namespace {

constexpr std::size_t kWhyBytesMax = 200;
constexpr std::size_t kLengthBytes = 4;

// The first bytes of a frame, which loses them.
Result<std::string_view> taken(std::string_view& frame, std::uint64_t size) {
  if (size > frame.size()) return invalid_input(ErrorCode::kMalformed, "a frame between service and worker is cut off");
  const std::string_view bytes = frame.substr(0, size);
  frame.remove_prefix(size);
  return bytes;
}

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

RequestFrame encode(const ReadRequest& request, std::span<const Aid> aids) {
  RequestFrame frame;
  wk::ReadRequest out;
  out.set_body_size(request.body.size());
  frame.documents.push_back(request.body);
  for (const Content& attachment : request.attachments) {
    auto* item = out.add_attachments();
    item->set_name(attachment.name);
    item->set_url(attachment.url);
    item->set_media_type(attachment.media_type);
    item->set_size(attachment.bytes.size());
    frame.documents.push_back(attachment.bytes);
  }
  out.set_media_type(request.media_type);
  out.set_url(request.url);
  out.set_location_id(request.location_id);
  for (const Hint& hint : request.hints) {
    auto* item = out.add_hints();
    item->set_field(hint.field);
    item->set_value(hint.value);
    item->set_origin(hint.origin);
  }
  for (const Aid& aid : aids) {
    auto* item = out.add_aids();
    item->set_program(to_proto(aid.program));
    item->set_part(aid.part);
    item->set_output_size(aid.output.size());
    frame.documents.push_back(aid.output);
    if (!aid.failure) continue;
    item->mutable_failure()->set_code(aid.failure->code);
    item->mutable_failure()->set_message(aid.failure->message);
  }
  const std::string message = out.SerializeAsString();
  for (std::size_t i = 0; i < kLengthBytes; ++i) frame.head.push_back(static_cast<char>(message.size() >> (8 * i) & 0xFF));
  frame.head += message;
  return frame;
}

Result<RequestView> decode_read_request(std::string_view frame) {
  GOUJI_ASSIGN(const std::string_view prefix, taken(frame, kLengthBytes));
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) length |= std::uint64_t{static_cast<unsigned char>(prefix[i])} << (8 * i);
  GOUJI_ASSIGN(const std::string_view message, taken(frame, length));
  GOUJI_ASSIGN(const wk::ReadRequest in, parse_message<wk::ReadRequest>(message));
  RequestView request;
  GOUJI_ASSIGN(request.body, taken(frame, in.body_size()));
  for (const auto& item : in.attachments()) {
    GOUJI_ASSIGN(const std::string_view bytes, taken(frame, item.size()));
    request.attachments.push_back({item.name(), item.url(), item.media_type(), bytes});
  }
  request.media_type = in.media_type();
  request.url = in.url();
  request.location_id = in.location_id();
  for (const auto& hint : in.hints()) request.hints.push_back({hint.field(), hint.value(), hint.origin()});
  for (const auto& item : in.aids()) {
    GOUJI_ASSIGN(const Program program, from_proto(item.program()));
    GOUJI_ASSIGN(const std::string_view output, taken(frame, item.output_size()));
    Aid aid{program, item.part(), std::string(output), std::nullopt};
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

}  // namespace gouji::events
