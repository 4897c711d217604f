#include "services/gouji/notify/refusal.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "services/gouji/notify/chat.h"

namespace gouji::command {
namespace {

using Kind = Refusal::Kind;

constexpr std::size_t kAnswerSaid = 200;

// Of the address, of who asks, or of the moment, not of what is said.
constexpr std::array<long, 10> kReceiverStatus = {401, 402, 403, 404, 405, 407, 408, 410, 421, 425};

struct Code {
  TargetShape shape;
  std::int64_t code;
  Kind kind;
};
// From the robots' manuals. What is not listed (a wrong key, signature, word or address) is the receiver's.
constexpr std::array<Code, 14> kCodes = {{
    {TargetShape::kWecom, 45009, Kind::kTooFast},     // frequency
    {TargetShape::kWecom, 45033, Kind::kTooFast},     // requests at a time
    {TargetShape::kWecom, 40058, Kind::kMessage},     // too long, or malformed
    {TargetShape::kWecom, 45002, Kind::kMessage},     // too long
    {TargetShape::kDingtalk, 130101, Kind::kTooFast},  // 20 a minute
    {TargetShape::kDingtalk, 410100, Kind::kTooFast},
    {TargetShape::kDingtalk, 430101, Kind::kMessage},  // an unsafe link
    {TargetShape::kDingtalk, 430102, Kind::kMessage},  // an unfit text
    {TargetShape::kDingtalk, 430103, Kind::kMessage},
    {TargetShape::kDingtalk, 430104, Kind::kMessage},
    {TargetShape::kDingtalk, 460101, Kind::kMessage},  // too long
    {TargetShape::kFeishu, 11232, Kind::kTooFast},
    {TargetShape::kFeishu, 99991400, Kind::kTooFast},
    {TargetShape::kFeishu, 9499, Kind::kMessage},  // malformed, or over 20 KB
}};

std::string one_line(std::string_view answer) {
  std::string out(answer.substr(0, kAnswerSaid));
  std::replace_if(out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return out;
}

Kind kind_of_status(long status) {
  if (status == 429) return Kind::kTooFast;
  const bool is_receiver = std::find(kReceiverStatus.begin(), kReceiverStatus.end(), status) != kReceiverStatus.end();
  return status >= 400 && status < 500 && !is_receiver ? Kind::kMessage : Kind::kReceiver;
}

Kind kind_of_code(TargetShape shape, std::int64_t code) {
  const auto found = std::find_if(kCodes.begin(), kCodes.end(), [&](const Code& each) { return each.shape == shape && each.code == code; });
  return found == kCodes.end() ? Kind::kReceiver : found->kind;
}

}  // namespace

Refusal refusal_of(const NotifyTarget& target, long status, std::string_view answer) {
  const bool is_good = status >= 200 && status <= 299;
  const bool has_code = is_chat(target.shape) && target.shape != TargetShape::kSlack;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(answer);
  const bool is_json = has_code && parser.parse(padded).get(object) == simdjson::SUCCESS;
  for (const char* name : {"errcode", "code", "StatusCode"}) {
    std::int64_t code = 0;
    if (is_json && object.at_key(name).get(code) == simdjson::SUCCESS && code != 0)
      return {kind_of_code(target.shape, code), fmt::format("{} {}: {}", name, code, one_line(answer))};
  }
  if (!is_good) return {kind_of_status(status), fmt::format("HTTP {} {}", status, one_line(answer))};
  if (has_code && !is_json) return {Kind::kReceiver, fmt::format("HTTP {}, 答复不是 JSON / the answer is no JSON", status)};
  return {};
}

}  // namespace gouji::command
