// The frames between a service and its worker processes, as plain structs. Internal to a build.
// Answers come from a process that read hostile bytes: decoding checks sizes, enums and bounds.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/result.h"
#include "common/report/aid.h"
#include "common/report/raw_report.h"
#include "common/report/reading.h"

namespace gouji::events {

struct ReadRequest {
  std::string body;
  std::vector<Content> attachments;  // with bytes
  std::string media_type;
  std::string url;
  std::string location_id;
  std::vector<Hint> hints;
};

// A request as it is sent: the head, then the documents, which lie in the request and in the aids.
struct RequestFrame {
  std::string head;
  std::vector<std::string_view> documents;
};
RequestFrame encode(const ReadRequest& request, std::span<const Aid> aids = {});

// A request as the worker sees it; documents lie in the frame's bytes, which must outlive it.
struct AttachmentView {
  std::string name;
  std::string url;
  std::string media_type;
  std::string_view bytes;
};
struct RequestView {
  std::string_view body;
  std::vector<AttachmentView> attachments;
  std::string media_type;
  std::string url;
  std::string location_id;
  std::vector<Hint> hints;
  std::vector<Aid> aids;
};
Result<RequestView> decode_read_request(std::string_view frame);
inline constexpr std::size_t kNeedPagesMax = 1'000;
inline constexpr std::int32_t kNeedPageMax = 100'000;
std::string encode(const ReadAnswer& answer);
Result<ReadAnswer> decode_read_answer(std::string_view bytes);

}  // namespace gouji::events
