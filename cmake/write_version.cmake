# Run at build time: writes version.cpp, and leaves it untouched while the version is the same.
# A copy without .git may lie inside somebody else's repository, whose version means nothing here.
if(EXISTS "${SOURCE}/.git")
  execute_process(COMMAND git describe --tags --match "v[0-9]*" --dirty
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE described ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  execute_process(COMMAND git describe --always --dirty --exclude "*"
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(described)
  string(REGEX REPLACE "^v" "" version "${described}")
elseif(commit)
  set(version "${FALLBACK}-g${commit}")
else()
  set(version "${FALLBACK}")
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
#include "gouji/version.h"

namespace gouji {

std::string_view version() { return "@version@"; }

}  // namespace gouji
]] @ONLY)
