// Reads the reading rules of a portal file: lists, variables, articles.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "services/crawler/core/object_reader.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

// `known` are names that templates may use: those of the vars.
ListRule read_list_rule(ObjectReader list, const std::vector<std::string>& known);
VarsRule read_vars_rule(ObjectReader vars);
ArticleRule read_article_rule(ObjectReader article);
AcceptRule read_accept_rule(ObjectReader accept);
// Names that a portal file may not set, or that are none, are mistakes of "headers".
void check_headers(ObjectReader& reader, const std::vector<std::pair<std::string, std::string>>& headers);
GateRule read_gate_rule(ObjectReader challenge, ObjectReader gate);
CanonicalRule read_canonical_rule(ObjectReader canonical);
// "10s", "30m", "1h", "7d"; 10 s to 400 d.
std::optional<std::chrono::milliseconds> interval_from(std::string_view text);
std::optional<std::chrono::milliseconds> read_interval(ObjectReader& reader, std::string_view key);

}  // namespace gouji::crawler
