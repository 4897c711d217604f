#include "common/report/calendar.h"

#include <chrono>

namespace gouji {

std::int32_t year_due(UnixMillis now) {
  using namespace std::chrono;
  const year_month_day day{floor<days>(sys_time<milliseconds>(milliseconds{now}) + hours{8})};
  return static_cast<int>(day.year()) - 1;
}

}  // namespace gouji
