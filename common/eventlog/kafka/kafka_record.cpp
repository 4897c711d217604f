#include "common/eventlog/kafka/kafka_record.h"

#include <fmt/format.h>

#include <array>

#include "common/eventlog/kafka/kafka_settings.h"

namespace gouji::eventlog {

namespace {

// What the wire adds at most: a batch header with a record's own fields, and two lengths a header.
constexpr std::size_t kRecordOverhead = 128;
constexpr std::size_t kHeaderOverhead = 10;

std::optional<std::string> text_of(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string(static_cast<const char*>(bytes), size);
}

std::vector<Header> headers_of(const rd_kafka_message_t* message) {
  std::vector<Header> headers;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
  headers.reserve(rd_kafka_header_cnt(list));
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(list, i, &name, &value, &size) ==
                          RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    headers.push_back({name, text_of(value, size)});
  }
  return headers;
}

RdHeaders make_headers(const std::vector<Header>& headers) {
  if (headers.empty()) return nullptr;
  RdHeaders list(rd_kafka_headers_new(headers.size()));
  for (const Header& header : headers) {
    rd_kafka_header_add(list.get(), header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value ? header.value->data() : nullptr,
                        header.value ? static_cast<ssize_t>(header.value->size()) : 0);
  }
  return list;
}

rd_kafka_vu_t memory(rd_kafka_vtype_t type, const std::optional<std::string>& text) {
  rd_kafka_vu_t field{};
  field.vtype = type;
  // librdkafka copies the bytes before the call returns and does not write to them.
  field.u.mem.ptr = text ? const_cast<char*>(text->data()) : nullptr;  // NOLINT
  field.u.mem.size = text ? text->size() : 0;
  return field;
}

}  // namespace

StoredRecord stored_record(const rd_kafka_message_t* message, std::string topic) {
  StoredRecord stored{{std::move(topic), message->partition}, message->offset, {}};
  stored.record.key = text_of(message->key, message->key_len);
  stored.record.value = text_of(message->payload, message->len);
  stored.record.headers = headers_of(message);
  const std::int64_t timestamp = rd_kafka_message_timestamp(message, nullptr);
  stored.record.timestamp = timestamp < 0 ? 0 : timestamp;
  return stored;
}

rd_kafka_resp_err_t produce(rd_kafka_t* producer, rd_kafka_topic_t* topic, std::int32_t partition,
                            const Record& record, void* opaque) {
  std::array<rd_kafka_vu_t, 8> fields{};
  std::size_t count = 0;
  const auto add = [&](rd_kafka_vtype_t type) -> rd_kafka_vu_t& {
    fields[count].vtype = type;
    return fields[count++];
  };
  add(RD_KAFKA_VTYPE_RKT).u.rkt = topic;
  add(RD_KAFKA_VTYPE_PARTITION).u.i32 = partition;
  add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
  add(RD_KAFKA_VTYPE_TIMESTAMP).u.i64 = record.timestamp;
  add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = opaque;
  fields[count++] = memory(RD_KAFKA_VTYPE_KEY, record.key);
  fields[count++] = memory(RD_KAFKA_VTYPE_VALUE, record.value);
  RdHeaders headers = make_headers(record.headers);
  if (headers) add(RD_KAFKA_VTYPE_HEADERS).u.headers = headers.get();
  const RdError error(rd_kafka_produceva(producer, fields.data(), count));
  if (!error) {
    static_cast<void>(headers.release());  // the message owns them now
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  return rd_kafka_error_code(error.get());
}

Result<void> check_record_size(const Outgoing& outgoing) {
  const std::size_t bytes = byte_size(outgoing.record);
  const std::size_t wire =
      bytes + kRecordOverhead + kHeaderOverhead * outgoing.record.headers.size();
  if (bytes <= kRecordBytesMax && wire <= kWireBytesMax) return ok();
  return invalid_input(ErrorCode::kTooLarge,
                       fmt::format("a record for {} has {} bytes in key, value and headers, and at "
                                   "most {} on the wire; the limits are {} and {}",
                                   outgoing.topic, bytes, wire, kRecordBytesMax, kWireBytesMax));
}

}  // namespace gouji::eventlog
