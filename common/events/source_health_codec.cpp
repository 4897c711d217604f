#include <fmt/format.h>

#include "common/core/id.h"
#include "common/events/codec.h"
#include "common/events/convert.h"

namespace gouji::events {

Record encode(const SourceHealth& health) {
  pb::SourceHealth out;
  out.set_source_id(health.source_id);
  out.set_address(health.address);
  out.set_state(to_proto(kSourceStates, health.state));
  out.set_reason(health.reason);
  out.set_message(health.message);
  out.set_last_attempt_at(health.last_attempt_at);
  out.set_last_success_at(health.last_success_at);
  out.set_documents(health.documents);
  out.set_failures(health.failures);
  out.set_unlisted(health.unlisted);
  for (const Expectation& expectation : health.expectations) {
    pb::Expectation& one = *out.add_expectations();
    one.set_organ(expectation.organ);
    one.set_year(expectation.year);
    one.set_state(to_proto(kExpectationStateNames, expectation.state));
    one.set_due_by(expectation.due_by);
    one.set_seen_at(expectation.seen_at);
  }
  const std::string id = uuid5({kSourceHealthType, health.source_id, fmt::format("{}", health.last_attempt_at)});
  return make_record({id, std::string(kSourceHealthType), fmt::format("/crawler/{}", health.source_id),
                      health.source_id, health.last_attempt_at},
                     health.source_id, out.SerializeAsString());
}

Result<SourceHealth> decode_source_health(const Record& record) {
  GOUJI_ASSIGN(const pb::SourceHealth in, parse_value<pb::SourceHealth>(record));
  GOUJI_ASSIGN(const SourceState state, from_proto(kSourceStates, in.state()));
  SourceHealth health{in.source_id(),       in.address(),         state,          in.reason(),   in.message(),
                      in.last_attempt_at(), in.last_success_at(), in.documents(), in.failures(), {}, in.unlisted()};
  for (const pb::Expectation& one : in.expectations()) {
    GOUJI_ASSIGN(const ExpectationState expected, from_proto(kExpectationStateNames, one.state()));
    health.expectations.push_back({one.organ(), one.year(), expected, one.due_by(), one.seen_at()});
  }
  return health;
}

}  // namespace gouji::events
