// When reports are due: 政府信息公开条例 (2019) articles 49 and 50 have the report on a year published in the next.
#pragma once

#include <cstdint>

#include "common/core/clock.h"

namespace gouji {

// The report year whose reports are being published: the year before this one, in China (UTC+8).
std::int32_t year_due(UnixMillis now);

}  // namespace gouji
