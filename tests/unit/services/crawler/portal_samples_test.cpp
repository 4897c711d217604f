// Every portal file in deploy/portals reads, and what it brings along as recorded pages comes out as it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "services/crawler/core/families.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/core/portal_sample.h"

namespace gouji::crawler {
namespace {

namespace fs = std::filesystem;

const fs::path kPortals = fs::path(GOUJI_SOURCE_DIR) / "deploy" / "portals";

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

std::vector<fs::path> portal_files() {
  std::vector<fs::path> files;
  for (const fs::path& folder : {kPortals, kPortals / "samples"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".json" && is_portal_file(content_of(entry.path()))) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(PortalSamples, ComeOutAsTheirFilesSay) {
  std::set<std::string> families_seen;
  for (const fs::path& path : portal_files()) {
    SCOPED_TRACE(path);
    const auto portal = parse_portal(content_of(path), path.filename().string());
    ASSERT_TRUE(portal) << portal.error().message;
    families_seen.insert(portal->family);
    for (const PortalSample& sample : portal->samples) {
      const SampleResult result = check_sample(*portal, sample, content_of(path.parent_path() / sample.file));
      EXPECT_THAT(result.mismatches, testing::IsEmpty()) << sample.file << "\n" << to_text(json_of(result.answer));
    }
  }
  for (const Family& family : families()) EXPECT_TRUE(families_seen.contains(family.name)) << family.name << " has no portal file with samples";
}

TEST(PortalSamples, AreReadTheSameFromTheDefinitionThatWorkersGet) {
  for (const fs::path& path : portal_files()) {
    SCOPED_TRACE(path);
    const auto portal = parse_portal(content_of(path), path.filename().string());
    ASSERT_TRUE(portal);
    const auto again = portal_from_definition(portal->definition);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->rev, portal->rev);
    for (const PortalSample& sample : portal->samples) {
      EXPECT_THAT(check_sample(*again, sample, content_of(path.parent_path() / sample.file)).mismatches, testing::IsEmpty());
    }
  }
}

}  // namespace
}  // namespace gouji::crawler
