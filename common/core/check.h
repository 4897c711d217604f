// GOUJI_CHECK: a bug in our own code stops the process in every build, with the place.
// Input, however hostile, must never be able to trigger it.
#pragma once

namespace gouji {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace gouji

#define GOUJI_CHECK(condition)                                             \
  do {                                                                     \
    if (!(condition)) [[unlikely]]                                         \
      ::gouji::check_failed(#condition, __FILE__, __LINE__);               \
  } while (false)
