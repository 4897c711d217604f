#include "tests/support/temp_folder.h"

#include <cstdlib>
#include <system_error>

#include "common/core/check.h"

namespace gouji::testing {

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gouji-test-XXXXXX").string();
  GOUJI_CHECK(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace gouji::testing
