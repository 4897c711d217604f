# The kinds of targets that the project has. Sources are listed by hand in each folder's CMakeLists.txt.
include(GoogleTest)

# What all libraries and programs have in common. A library without a .cpp becomes an INTERFACE
# library, so that a folder of headers needs no other spelling.
#   PUBLIC  libraries that its headers include; PRIVATE: libraries that only its sources include
function(gouji_add_library target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${target}: unknown words ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PUBLIC build_flags PRIVATE warning_flags ${arg_PRIVATE})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
    target_link_libraries(${target} INTERFACE build_flags ${arg_PRIVATE})
  endif()
  target_link_libraries(${target} ${scope} ${arg_PUBLIC})
  target_include_directories(${target} ${scope} "${PROJECT_SOURCE_DIR}")
  if(arg_HEADERS)
    target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HEADERS})
  endif()
endfunction()

# gouji_library(core SOURCES … HEADERS … PUBLIC … PRIVATE …): library gouji_core, alias gouji::core.
function(gouji_library name)
  gouji_add_library(gouji_${name} ${ARGN})
  add_library(gouji::${name} ALIAS gouji_${name})
endfunction()

# add_service(crawler
#   CORE       sources and headers of core/        CORE_LIBS   what core/ may use
#   SHELL      the rest but main.cpp               SHELL_LIBS  what the rest uses beyond core
#   MAIN       main.cpp)
# Makes crawler_core (pure), crawler_shell and the program gouji-crawler.
function(add_service name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MAIN" "CORE;CORE_LIBS;SHELL;SHELL_LIBS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "service ${name}: unknown words ${arg_UNPARSED_ARGUMENTS}")
  endif()
  gouji_service_part(${name}_core "${arg_CORE}" "${arg_CORE_LIBS}")
  gouji_service_part(${name}_shell "${arg_SHELL}" "${name}_core;${arg_SHELL_LIBS}")
  if(arg_MAIN)
    gouji_program(gouji-${name} SOURCES ${arg_MAIN} LIBS ${name}_shell)
  endif()
endfunction()

function(gouji_service_part target files libraries)
  set(sources ${files})
  set(headers ${files})
  list(FILTER sources INCLUDE REGEX "\\.cpp$")
  list(FILTER headers INCLUDE REGEX "\\.h$")
  gouji_add_library(${target} SOURCES ${sources} HEADERS ${headers} PUBLIC ${libraries})
endfunction()

# A program of the project; it ends in build/<preset>/bin and knows its version. All of them are
# built by the target `programs`, which leaves the tests out.
function(gouji_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE build_flags warning_flags gouji::version ${arg_LIBS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  install(TARGETS ${name})
  add_dependencies(programs ${name})
endfunction()
add_custom_target(programs)

# gouji_test(core_test LABEL unit SOURCES … LIBS …): one GoogleTest program. The tests run in the
# root of the repository; GOUJI_BIN names the folder of the programs, GOUJI_CACHE the bootstrap's.
#   NEEDS   programs that the tests start         TIMEOUT seconds a test (60)
#   FIXTURE what ctest starts before them and stops after the last: kafka
#   SERIAL  one after the other: they want the machine, or a broker, for themselves
function(gouji_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "LABEL;TIMEOUT;FIXTURE" "SOURCES;LIBS;NEEDS")
  if(NOT arg_LABEL MATCHES "^(unit|contract|integration|e2e)$" OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gouji_test(${name}): LABEL is '${arg_LABEL}', left over: '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE build_flags warning_flags GTest::gmock_main ${arg_LIBS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_precompile_headers(${name} REUSE_FROM test_headers)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
  if(arg_NEEDS)
    add_dependencies(${name} ${arg_NEEDS})
  endif()
  set(serial "")
  if(arg_SERIAL)
    set(serial RUN_SERIAL TRUE)
  endif()
  set(fixture "")
  if(arg_FIXTURE)
    set(fixture FIXTURES_REQUIRED ${arg_FIXTURE})
  endif()
  # gtest_discover_tests() splits a list of variables at its semicolons, so each property sets one.
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} ${serial} ${fixture}
               ENVIRONMENT "GOUJI_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
               ENVIRONMENT_MODIFICATION "GOUJI_CACHE=set:${GOUJI_CACHE}")
endfunction()

# gouji_bench(decimal_bench SOURCES … LIBS …): a Google Benchmark program in build/<preset>/bench.
function(gouji_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
  add_executable(${name} EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE build_flags warning_flags benchmark::benchmark_main ${arg_LIBS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
  add_dependencies(benchmarks ${name})
endfunction()
add_custom_target(benchmarks)

# gouji_fuzz(markup_fuzz SOURCES … CORPUS folder LIBS …): a program with LLVMFuzzerTestOneInput. With
# libFuzzer (preset fuzz) it searches; without, tests/fuzz/driver.cpp feeds it the corpus and
# variations of it for a second, so that it never rots.
function(gouji_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS" "SOURCES;LIBS")
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE build_flags warning_flags ${arg_LIBS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
  set(corpus "")
  if(arg_CORPUS)
    cmake_path(ABSOLUTE_PATH arg_CORPUS)
    set(corpus "${arg_CORPUS}")
  endif()
  if(GOUJI_FUZZ)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set(found "${CMAKE_BINARY_DIR}/fuzz/${name}.found")
    file(MAKE_DIRECTORY "${found}")
    add_test(NAME fuzz.${name} COMMAND ${name} -max_total_time=1 -rss_limit_mb=1024 ${found} ${corpus})
  else()
    target_sources(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/fuzz/driver.cpp")
    add_test(NAME fuzz.${name} COMMAND ${name} ${corpus})
  endif()
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 60)
endfunction()

# gouji_embed(gouji_report organs "${PROJECT_SOURCE_DIR}/deploy/organs.json"): the file's bytes inside the
# library; `#include "embedded/organs.h"` declares `std::string_view gouji::embedded::organs()`.
function(gouji_embed target symbol file)
  set(folder "${CMAKE_BINARY_DIR}/generated/embedded")
  add_custom_command(OUTPUT "${folder}/${symbol}.cpp"
    COMMAND "${CMAKE_COMMAND}" -DINPUT=${file} -DSYMBOL=${symbol} -DOUTPUT=${folder}/${symbol}.cpp
            -P "${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake"
    DEPENDS "${file}" "${PROJECT_SOURCE_DIR}/cmake/write_embedded.cmake"
    COMMENT "Embedding ${symbol}" VERBATIM)
  file(CONFIGURE OUTPUT "${folder}/${symbol}.h" CONTENT [[
#pragma once

#include <string_view>

namespace gouji::embedded {

std::string_view @symbol@();

}  // namespace gouji::embedded
]] @ONLY)
  target_sources(${target} PRIVATE "${folder}/${symbol}.cpp")
  target_include_directories(${target} PRIVATE "${CMAKE_BINARY_DIR}/generated")
endfunction()

# gouji_hot_loops(file.cpp …): sources of this folder in which the time of reading documents is spent;
# what is shipped has them unrolled and inlined (measured with gouji-speed).
function(gouji_hot_loops)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-O3>")
endfunction()
