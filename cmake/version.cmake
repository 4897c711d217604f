# gouji::version: `#include "gouji/version.h"`. The header never changes; only one small generated
# source does, when `git describe` says something new, so a commit does not rebuild the world.
set(version_folder "${CMAKE_BINARY_DIR}/generated/gouji")
file(CONFIGURE OUTPUT "${version_folder}/version.h" CONTENT [[
// The version of this build, such as "0.1.0" or "0.1.0-14-gbad845c".
#pragma once

#include <string_view>

namespace gouji {

std::string_view version();

}  // namespace gouji
]] @ONLY)
set(version_command
    "${CMAKE_COMMAND}" -DSOURCE=${PROJECT_SOURCE_DIR} -DFALLBACK=${PROJECT_VERSION}
    -DOUTPUT=${version_folder}/version.cpp -P "${PROJECT_SOURCE_DIR}/cmake/write_version.cmake")
add_custom_target(describe_version COMMAND ${version_command}
  BYPRODUCTS "${version_folder}/version.cpp" COMMENT "Describing the version" VERBATIM)
add_library(gouji_version STATIC "${version_folder}/version.cpp")
add_library(gouji::version ALIAS gouji_version)
add_dependencies(gouji_version describe_version)
target_include_directories(gouji_version PUBLIC "${CMAKE_BINARY_DIR}/generated")
target_link_libraries(gouji_version PRIVATE build_flags warning_flags)
