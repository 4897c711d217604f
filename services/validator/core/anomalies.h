// Gathers failed results into anomalies, one per cause: the equations that one diagnosis covers
// belong together; of what is left, rules whose failures stem from one habit of the publisher
// (a misread column, a missing part) make one anomaly per report.
#pragma once

#include <vector>

#include "common/report/reading.h"
#include "common/report/verdict.h"
#include "services/validator/core/diagnosis.h"
#include "services/validator/core/document_checks.h"
#include "services/validator/core/fault.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

// Anomalies without id, transition, version and evidence: the lifecycle gives them these. Each
// failed result stands in exactly one.
std::vector<Anomaly> draft_anomalies(const std::vector<Checked>& results, const std::vector<DiagnosedTable>& tables,
                                     const ReportKey& key, const std::string& organ_name);

}  // namespace gouji::validator
