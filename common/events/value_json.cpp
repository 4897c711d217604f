#include <google/protobuf/util/json_util.h>

#include <fmt/format.h>

#include "common/events/codec.h"
#include "common/events/convert.h"
#include "gouji/v1/ledger.pb.h"

namespace gouji::events {
namespace {

template <typename Message>
Result<std::string> json_of(std::string_view bytes) {
  GOUJI_ASSIGN(const Message message, parse_message<Message>(bytes));
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok())
    return invalid_input(ErrorCode::kMalformed, "has no JSON form");
  return json;
}

using Printer = Result<std::string> (*)(std::string_view);
struct NamedPrinter {
  std::string_view name;
  Printer print;
};

constexpr NamedPrinter kByType[] = {{kRawType, json_of<pb::RawReport>},
                                    {kRawWithdrawnType, json_of<pb::RawWithdrawn>},
                                    {kParsedType, json_of<pb::ReportParsed>},
                                    {kWithdrawnType, json_of<pb::ReportWithdrawn>},
                                    {kVerdictType, json_of<pb::ReportVerdict>},
                                    {kSourceHealthType, json_of<pb::SourceHealth>},
                                    {kWaiverType, json_of<pb::Waiver>}};

// For records without ce_type: changelogs, and producers that leave headers out.
constexpr NamedPrinter kByTopic[] = {{"gouji.report.raw.v1", json_of<pb::RawReport>},
                                     {"gouji.report.parsed.v1", json_of<pb::ReportParsed>},
                                     {"gouji.report.verdict.v1", json_of<pb::ReportVerdict>},
                                     {"gouji.report.current.v1", json_of<pb::ReportVerdict>},
                                     {"gouji.anomaly.v1", json_of<pb::Anomaly>},
                                     {"gouji.anomaly.current.v1", json_of<pb::Anomaly>},
                                     {"gouji.source.health.v1", json_of<pb::SourceHealth>},
                                     {"gouji.waiver.v1", json_of<pb::Waiver>},
                                     {"gouji.validator.ledger.v1", json_of<pb::LedgerEntry>},
                                     {"gouji.parser.location.v1", json_of<pb::ParserLocation>}};

}  // namespace

Result<std::string> value_json(std::string_view topic, const Record& record) {
  if (!record.value) return std::string("null");
  const std::string type = read_envelope(record).type;
  if (type.starts_with(kAnomalyTypePrefix)) return json_of<pb::Anomaly>(*record.value);
  for (const NamedPrinter& printer : kByType)
    if (printer.name == type) return printer.print(*record.value);
  for (const NamedPrinter& printer : kByTopic)
    if (printer.name == topic) return printer.print(*record.value);
  return invalid_input(ErrorCode::kUnknownVersion,
                       fmt::format("neither ce_type \"{}\" nor topic \"{}\" says what the value is", type, topic));
}

}  // namespace gouji::events
