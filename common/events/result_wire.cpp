#include "common/events/result_wire.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

#include "common/events/enums.h"
#include "gouji/v1/ledger.pb.h"

namespace gouji::events {
namespace {

// Wire types of protobuf's encoding (https://protobuf.dev/programming-guides/encoding).
enum class Wire : std::uint8_t { kVarint = 0, kBytes = 2 };

// A tag and a number, or a tag and a length, take no more bytes than this.
constexpr std::size_t kFieldHeadMost = 16;

// Writes fields in rising order to where there is room for them; a field with its default value is
// left out, as proto3 does.
class FieldWriter {
 public:
  explicit FieldWriter(char* at) : at_(at) {}
  char* end() const { return at_; }

  void text(int number, std::string_view value) {
    if (!value.empty()) bytes(number, value);
  }
  void bytes(int number, std::string_view value) {
    tag(number, Wire::kBytes);
    varint(value.size());
    at_ = std::copy(value.begin(), value.end(), at_);
  }
  // Fields that are bytes already.
  void fields(std::string_view value) { at_ = std::copy(value.begin(), value.end(), at_); }
  void number(int field, int value) {
    if (value == 0) return;
    tag(field, Wire::kVarint);
    varint(static_cast<std::uint64_t>(value));
  }
  void present_signed(int field, std::int64_t value) {
    tag(field, Wire::kVarint);
    varint((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }

 private:
  void tag(int number, Wire type) { varint(static_cast<std::uint64_t>(number) << 3U | static_cast<std::uint64_t>(type)); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) *at_++ = static_cast<char>(value | 0x80U);
    *at_++ = static_cast<char>(value);
  }

  char* at_;
};

std::size_t room_for(const Operand& operand) { return operand.cell.size() + 4 * kFieldHeadMost; }
std::size_t room_for(const RuleResult& result) {
  std::size_t room = result.rule.size() + result.instance.size() + result.reason.size() + 8 * kFieldHeadMost;
  for (const Operand& operand : result.operands) room += room_for(operand);
  return room;
}

std::string_view written(const Operand& operand, std::string& buffer) {
  buffer.resize(std::max(buffer.size(), room_for(operand)));
  FieldWriter writer(buffer.data());
  writer.text(pb::CellValue::kCellFieldNumber, operand.cell);
  writer.number(pb::CellValue::kStateFieldNumber, to_proto(kCellStates, operand.value.state));
  if (operand.value.value != 0) writer.present_signed(pb::CellValue::kValueFieldNumber, operand.value.value);
  return {buffer.data(), static_cast<std::size_t>(writer.end() - buffer.data())};
}

std::string_view written(const RuleResult& result, std::string& buffer) {
  buffer.resize(std::max(buffer.size(), room_for(result)));
  FieldWriter writer(buffer.data());
  writer.text(pb::RuleResult::kRuleFieldNumber, result.rule);
  writer.text(pb::RuleResult::kInstanceFieldNumber, result.instance);
  writer.number(pb::RuleResult::kStatusFieldNumber, to_proto(kRuleStatuses, result.status));
  writer.text(pb::RuleResult::kReasonFieldNumber, result.reason);
  writer.number(pb::RuleResult::kSeverityFieldNumber, to_proto(kSeverities, result.severity));
  std::string operand_buffer;
  for (const Operand& operand : result.operands)
    writer.bytes(pb::RuleResult::kOperandsFieldNumber, written(operand, operand_buffer));
  if (result.difference) writer.present_signed(pb::RuleResult::kDifferenceFieldNumber, *result.difference);
  return {buffer.data(), static_cast<std::size_t>(writer.end() - buffer.data())};
}

std::size_t room_for(std::span<const RuleResult> results) {
  std::size_t room = 0;
  for (const RuleResult& result : results) room += room_for(result) + kFieldHeadMost;
  return room;
}

constexpr int kOfVerdict = pb::ReportVerdict::kResultsFieldNumber;
constexpr int kOfLedger = pb::LedgerEntry::kDocumentResultsFieldNumber;

void write(std::span<const RuleResult> results, int field, FieldWriter& writer) {
  std::string buffer;
  for (const RuleResult& result : results) writer.bytes(field, written(result, buffer));
}

// Bytes of lists that never change; who makes them bounds their number.
template <int kField>
const std::string& bytes_of(const SharedResults& shared) {
  thread_local std::unordered_map<const SharedResults*, std::string> known;
  std::string& bytes = known[&shared];
  if (!bytes.empty()) return bytes;
  bytes.resize(room_for(shared.results));
  FieldWriter writer(bytes.data());
  write(shared.results, kField, writer);
  bytes.resize(static_cast<std::size_t>(writer.end() - bytes.data()));
  return bytes;
}

}  // namespace

std::string results_field(const Verdict& verdict) {
  std::size_t room = room_for(verdict.results);
  for (const Verdict::Shared& place : verdict.shared) room += bytes_of<kOfVerdict>(*place.list).size();
  std::string out(room, '\0');
  FieldWriter writer(out.data());
  const std::span<const RuleResult> all(verdict.results);
  std::size_t done = 0;
  for (const Verdict::Shared& place : verdict.shared) {
    write(all.subspan(done, place.before - done), kOfVerdict, writer);
    done = place.before;
    writer.fields(bytes_of<kOfVerdict>(*place.list));
  }
  write(all.subspan(done), kOfVerdict, writer);
  out.resize(static_cast<std::size_t>(writer.end() - out.data()));
  return out;
}

std::string document_results_field(const LedgerEntry& entry) {
  if (entry.shared_document_results != nullptr) return bytes_of<kOfLedger>(*entry.shared_document_results);
  std::string out(room_for(entry.document_results), '\0');
  FieldWriter writer(out.data());
  write(entry.document_results, kOfLedger, writer);
  out.resize(static_cast<std::size_t>(writer.end() - out.data()));
  return out;
}

}  // namespace gouji::events
