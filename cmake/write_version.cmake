# Run at build time: writes version.cpp, and leaves it untouched while the version is the same.
execute_process(COMMAND git describe --tags --match "v[0-9]*" --dirty
  WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE described ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
if(described)
  string(REGEX REPLACE "^v" "" version "${described}")
else()
  execute_process(COMMAND git describe --always --dirty --exclude "*"
    WORKING_DIRECTORY "${SOURCE}" OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(version "${FALLBACK}")
  if(commit)
    string(APPEND version "-g${commit}")
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT [[
#include "gouji/version.h"

namespace gouji {

std::string_view version() { return "@version@"; }

}  // namespace gouji
]] @ONLY)
