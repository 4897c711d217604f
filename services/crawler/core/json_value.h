// JSON as a value that can be looked at, merged and written: portal files with their families, and
// what portals answer. Read by simdjson, so it is UTF-8, complete, and at most 1,024 deep.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji::crawler {

inline constexpr std::size_t kJsonValuesMax = 500'000;

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  bool is_true = false;
  std::string text;  // of a string; of a number as digits
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  // in order; names may repeat

  bool is_object() const { return kind == Kind::kObject; }
  bool is_array() const { return kind == Kind::kArray; }
  bool is_string() const { return kind == Kind::kString; }
  const JsonValue* member(std::string_view name) const;
  // RFC 6901; "" is the value itself. Null where there is nothing.
  const JsonValue* at(std::string_view pointer) const;
  // Strings and numbers as text; anything else is none: portals put objects where texts belong.
  std::optional<std::string> scalar() const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// kInvalidInput MALFORMED; TOO_LARGE above kJsonValuesMax values.
Result<JsonValue> parse_json(std::string_view text);
// Compact, members in order.
std::string to_text(const JsonValue& value);
// Objects merge member by member, everything else of `over` replaces what `base` has.
JsonValue merged(JsonValue base, const JsonValue& over);
JsonValue json_string(std::string text);

// The text from the first { or [ behind `marker` (if there is one) to the bracket that closes it;
// empty without. For values within scripts.
std::string_view json_behind(std::string_view text, std::string_view marker);

}  // namespace gouji::crawler
