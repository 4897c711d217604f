// Daily manifests: "manifest-20261121.json" lists the archive files that were closed since the one
// before, each with size and SHA-256, and names the SHA-256 of that manifest. Whoever keeps one of
// them (a time stamp, a printout) can tell when anything older was changed.
#pragma once

#include <string>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"

namespace gouji::crawler {

// Writes the manifest of the days before `now` (UTC), when closed files are on no manifest yet and
// the newest manifest is of an earlier day. One a day at most.
Result<void> seal_days(const std::string& folder, UnixMillis now);

// What is wrong with the archive: a changed file, a changed or missing manifest. Files that are gone
// are told apart as such (they may have been removed on purpose); the chain is held in any case.
struct ManifestCheck {
  std::size_t manifests = 0;
  std::size_t files = 0;  // that are as their manifest says
  std::vector<std::string> changed;
  std::vector<std::string> missing;
};
Result<ManifestCheck> check_manifests(const std::string& folder);

}  // namespace gouji::crawler
