# One interface target that every target of the project links. CMAKE_CXX_FLAGS stay the user's.
set(GOUJI_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them: address,undefined or thread")
option(GOUJI_WERROR "Warnings are errors" ON)
option(GOUJI_HARDEN "Hardening flags (needs optimisation)" OFF)
option(GOUJI_TESTS "Build the tests" ON)
option(GOUJI_FUZZ "Build the fuzz targets with libFuzzer (Clang); otherwise with a driver of our own" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# Enough for a stack trace with lines; a third of the size of -g, and faster to link.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1" CACHE STRING "" FORCE)

find_program(GOUJI_CCACHE ccache)
if(GOUJI_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The precompiled header of the tests needs the sloppiness; see ccache's manual.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${PROJECT_SOURCE_DIR};CCACHE_NOHASHDIR=1;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${GOUJI_CCACHE}")
endif()

add_library(build_flags INTERFACE)
add_library(gouji::build_flags ALIAS build_flags)
# Programs hold no path of the machine that built them.
target_compile_options(build_flags INTERFACE -fPIE "-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=")
target_link_options(build_flags INTERFACE -pie)

# The warnings of our own code; generated code takes only build_flags. With optimisation GCC 12 says
# "maybe uninitialized" of every std::variant and tl::expected; the sanitizers find the real cases.
add_library(warning_flags INTERFACE)
target_compile_options(warning_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<BOOL:${GOUJI_WERROR}>:-Werror>)

find_program(GOUJI_MOLD mold)
if(GOUJI_MOLD)
  target_link_options(build_flags INTERFACE -fuse-ld=mold)
endif()

if(GOUJI_SANITIZE)
  target_compile_options(build_flags INTERFACE -fsanitize=${GOUJI_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(build_flags INTERFACE -fsanitize=${GOUJI_SANITIZE})
  if(GOUJI_SANITIZE MATCHES undefined)
    target_compile_options(build_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

if(GOUJI_FUZZ)
  target_compile_options(build_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

if(GOUJI_HARDEN)
  target_compile_options(build_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS
    -fstack-protector-strong -fstack-clash-protection
    $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection=full>)
  target_link_options(build_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
