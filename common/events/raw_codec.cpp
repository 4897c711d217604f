#include <zstd.h>

#include <fmt/format.h>

#include "common/core/id.h"
#include "common/events/codec.h"
#include "common/events/convert.h"
#include "common/events/raw_convert.h"

namespace gouji::events {
namespace {

constexpr int kCompressionLevel = 3;

Result<std::string> decompress(const std::string& stored, std::int64_t size) {
  std::string bytes(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(bytes.data(), bytes.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) != 0 || got != bytes.size())
    return invalid_input(ErrorCode::kMalformed, fmt::format("content does not decompress to {} bytes", size));
  return bytes;
}

Envelope raw_envelope(std::string id, std::string_view type, std::string_view source_id,
                      const std::string& location, UnixMillis time) {
  return {std::move(id), std::string(type), fmt::format("/crawler/{}", source_id), location, time};
}

Result<RawEvent> decode_report(const Record& record) {
  GOUJI_ASSIGN(const pb::RawReport in, parse_value<pb::RawReport>(record));
  RawReport report;
  report.location_id = in.location_id();
  report.source_id = in.source_id();
  report.fetch_sequence = in.fetch_sequence();
  report.url = in.url();
  report.final_url = in.final_url();
  report.fetched_at = in.fetched_at();
  report.http_status = in.http_status();
  for (const auto& header : in.headers()) report.headers.push_back({header.name(), header.value()});
  GOUJI_ASSIGN(report.body, from_proto(in.body()));
  for (const auto& attachment : in.attachments()) {
    GOUJI_ASSIGN(Content content, from_proto(attachment));
    report.attachments.push_back(std::move(content));
  }
  report.payload_digest = in.payload_digest();
  for (const auto& hint : in.hints()) report.hints.push_back({hint.field(), hint.value(), hint.origin()});
  if (report.location_id.empty()) return invalid_input(ErrorCode::kMalformed, "a raw report without a location id");
  return RawEvent(std::move(report));
}

Result<RawEvent> decode_withdrawn(const Record& record) {
  GOUJI_ASSIGN(const pb::RawWithdrawn in, parse_value<pb::RawWithdrawn>(record));
  GOUJI_ASSIGN(const WithdrawalReason reason, from_proto(kWithdrawalReasons, in.reason()));
  if (in.location_id().empty()) return invalid_input(ErrorCode::kMalformed, "a withdrawal without a location id");
  return RawEvent(RawWithdrawn{in.location_id(), in.source_id(), in.fetch_sequence(), in.url(), in.seen_at(), reason});
}

}  // namespace

void to_proto(const Content& content, pb::Content* out) {
  out->set_name(content.name);
  out->set_url(content.url);
  out->set_media_type(content.media_type);
  out->set_sha256(content.sha256);
  out->set_size(content.size);
  out->set_reference(content.reference);
  if (content.warc) {
    auto* warc = out->mutable_warc();
    warc->set_file(content.warc->file);
    warc->set_offset(content.warc->offset);
    warc->set_length(content.warc->length);
    warc->set_record_id(content.warc->record_id);
    warc->set_digest(content.warc->digest);
  }
  if (!content.reference.empty() || content.bytes.empty()) return;
  std::string packed(ZSTD_compressBound(content.bytes.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), content.bytes.data(), content.bytes.size(),
                                         kCompressionLevel);
  if (ZSTD_isError(size) == 0 && size < content.bytes.size()) {
    packed.resize(size);
    out->set_bytes(std::move(packed));
    out->set_compression(pb::COMPRESSION_ZSTD);
  } else {
    out->set_bytes(content.bytes);
  }
}

Result<Content> from_proto(const pb::Content& in) {
  Content content{in.name(), in.url(), in.media_type(), in.sha256(), in.size(), {}, in.reference()};
  if (in.size() < 0 || in.size() > kContentBytesMax)
    return invalid_input(ErrorCode::kTooLarge,
                         fmt::format("content of {} bytes, at most {} are taken", in.size(), kContentBytesMax));
  if (in.has_warc()) {
    const auto& warc = in.warc();
    content.warc = WarcPosition{warc.file(), warc.offset(), warc.length(), warc.record_id(), warc.digest()};
  }
  if (!content.reference.empty()) return content;
  if (in.compression() == pb::COMPRESSION_ZSTD) {
    GOUJI_ASSIGN(content.bytes, decompress(in.bytes(), in.size()));
  } else if (in.compression() == pb::COMPRESSION_UNSPECIFIED) {
    content.bytes = in.bytes();
  } else {
    return invalid_input(ErrorCode::kUnknownVersion, "content in a compression that this version does not know");
  }
  if (content.bytes.size() != static_cast<std::size_t>(in.size()))
    return invalid_input(ErrorCode::kMalformed, "content has another size than it says");
  return content;
}

std::string raw_id(const RawReport& report) {
  return uuid5({report.location_id, report.payload_digest, fmt::format("{}", report.fetch_sequence)});
}

std::string raw_id(const RawWithdrawn& withdrawn) {
  return uuid5({withdrawn.location_id, "withdrawn", fmt::format("{}", withdrawn.fetch_sequence)});
}

Record encode(const RawReport& report) {
  pb::RawReport out;
  out.set_location_id(report.location_id);
  out.set_source_id(report.source_id);
  out.set_fetch_sequence(report.fetch_sequence);
  out.set_url(report.url);
  out.set_final_url(report.final_url);
  out.set_fetched_at(report.fetched_at);
  out.set_http_status(report.http_status);
  for (const HttpHeader& header : report.headers) {
    auto* item = out.add_headers();
    item->set_name(header.name);
    item->set_value(header.value);
  }
  to_proto(report.body, out.mutable_body());
  for (const Content& attachment : report.attachments) to_proto(attachment, out.add_attachments());
  out.set_payload_digest(report.payload_digest);
  for (const Hint& hint : report.hints) {
    auto* item = out.add_hints();
    item->set_field(hint.field);
    item->set_value(hint.value);
    item->set_origin(hint.origin);
  }
  if (report.body.warc) out.set_warc_position(fmt::format("{}:{}", report.body.warc->file, report.body.warc->offset));
  return make_record(raw_envelope(raw_id(report), kRawType, report.source_id, report.location_id, report.fetched_at),
                     report.location_id, out.SerializeAsString());
}

Record encode(const RawWithdrawn& withdrawn) {
  pb::RawWithdrawn out;
  out.set_location_id(withdrawn.location_id);
  out.set_source_id(withdrawn.source_id);
  out.set_fetch_sequence(withdrawn.fetch_sequence);
  out.set_url(withdrawn.url);
  out.set_seen_at(withdrawn.seen_at);
  out.set_reason(to_proto(kWithdrawalReasons, withdrawn.reason));
  return make_record(raw_envelope(raw_id(withdrawn), kRawWithdrawnType, withdrawn.source_id, withdrawn.location_id,
                                  withdrawn.seen_at),
                     withdrawn.location_id, out.SerializeAsString());
}

Result<RawEvent> decode_raw(const Record& record) {
  const std::string type = read_envelope(record).type;
  if (type == kRawWithdrawnType) return decode_withdrawn(record);
  if (type.empty() || type == kRawType) return decode_report(record);
  return invalid_input(ErrorCode::kUnknownVersion, fmt::format("ce_type \"{}\" does not belong on this topic", type));
}

}  // namespace gouji::events
