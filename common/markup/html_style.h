// The one thing that the scanner asks of a style attribute.
#pragma once

#include <string_view>

namespace gouji {

// display:none, in any case and with any spaces around the colon.
bool hides(std::string_view style);

}  // namespace gouji
