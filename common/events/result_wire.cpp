#include "common/events/result_wire.h"

#include <cstdint>
#include <string_view>

#include "common/events/enums.h"

namespace gouji::events {
namespace {

// Wire types of protobuf's encoding (https://protobuf.dev/programming-guides/encoding).
enum class Wire : std::uint8_t { kVarint = 0, kBytes = 2 };

// Appends fields in rising order; a field with its default value is left out, as proto3 does.
class FieldWriter {
 public:
  explicit FieldWriter(std::string& out) : out_(out) {}

  void text(int number, std::string_view value) {
    if (!value.empty()) bytes(number, value);
  }
  void bytes(int number, std::string_view value) {
    tag(number, Wire::kBytes);
    varint(value.size());
    out_.append(value);
  }
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
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }

  std::string& out_;
};

void write_operand(const Operand& operand, std::string& out) {
  FieldWriter writer(out);
  writer.text(pb::CellValue::kCellFieldNumber, operand.cell);
  writer.number(pb::CellValue::kStateFieldNumber, to_proto(kCellStates, operand.value.state));
  if (operand.value.value != 0) writer.present_signed(pb::CellValue::kValueFieldNumber, operand.value.value);
}

void write_result(const RuleResult& result, std::string& out) {
  FieldWriter writer(out);
  writer.text(pb::RuleResult::kRuleFieldNumber, result.rule);
  writer.text(pb::RuleResult::kInstanceFieldNumber, result.instance);
  writer.number(pb::RuleResult::kStatusFieldNumber, to_proto(kRuleStatuses, result.status));
  writer.text(pb::RuleResult::kReasonFieldNumber, result.reason);
  writer.number(pb::RuleResult::kSeverityFieldNumber, to_proto(kSeverities, result.severity));
  std::string operand_bytes;
  for (const Operand& operand : result.operands) {
    operand_bytes.clear();
    write_operand(operand, operand_bytes);
    writer.bytes(pb::RuleResult::kOperandsFieldNumber, operand_bytes);
  }
  if (result.difference) writer.present_signed(pb::RuleResult::kDifferenceFieldNumber, *result.difference);
}

}  // namespace

std::string results_field(const std::vector<RuleResult>& results) {
  std::string out;
  out.reserve(results.size() * 40);
  FieldWriter writer(out);
  std::string result_bytes;
  for (const RuleResult& result : results) {
    result_bytes.clear();
    write_result(result, result_bytes);
    writer.bytes(pb::ReportVerdict::kResultsFieldNumber, result_bytes);
  }
  return out;
}

}  // namespace gouji::events
