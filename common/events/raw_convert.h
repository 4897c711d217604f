// Content between its plain struct and protobuf: used by raw events and by worker requests.
// Internal to common/events.
#pragma once

#include "common/events/enums.h"
#include "common/report/raw_report.h"

namespace gouji::events {

// Compresses where that is smaller.
void to_proto(const Content& content, pb::Content* out);
// Gives the original bytes back; checks sizes.
Result<Content> from_proto(const pb::Content& in);

}  // namespace gouji::events
