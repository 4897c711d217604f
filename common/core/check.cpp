#include "common/core/check.h"

#include <cstdio>
#include <cstdlib>

namespace gouji {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: internal check failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace gouji
