// Texts of a portal file with {variables} in them, and the values that they get for one page.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

// The names in braces, in order, each once. `{` before anything but a name is itself: JSON stays JSON.
std::vector<std::string> variables_of(std::string_view text);
// kInvalidInput MALFORMED names the first variable that `value_of` does not know.
Result<std::string> filled(std::string_view text, const std::function<std::optional<std::string>(const std::string&)>& value_of);
// Names that a list's templates may use beside those of the portal's vars.
bool is_page_variable(std::string_view name);
// {report_year} or {year} occurs in the list's request.
bool is_by_year(const ListRule& list);

}  // namespace gouji::crawler
