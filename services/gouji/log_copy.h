// `gouji log copy`: from a log to a larger one. What cannot be had again goes along: the raw topic,
// waivers and the content-addressed store; readings, verdicts and anomalies are made anew there, and
// `gouji log compare` says whether they came out the same.
#pragma once

#include "services/gouji/commands.h"

namespace gouji::command {

struct CopyRequest {
  LogChoice from;
  LogChoice to;
  std::string blobs_to;  // folder; needed where a document lies in the store of `from`
};
// May be interrupted and run again: what is there already is left out. Ends with a check that every
// record of the source stands in the target.
Result<int> copy_log(const CopyRequest& request);

// Reports and anomalies that differ between the two; exit code 1 when some do.
Result<int> compare_logs(const LogChoice& from, const LogChoice& to);

}  // namespace gouji::command
