// Reads the members of a JSON object that a person wrote, and gathers every mistake in it with its
// place: wrong kinds, values out of range, members that nothing asked for (with the nearest name).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/markup/selector.h"
#include "services/crawler/core/json_value.h"
#include "services/crawler/core/pattern.h"

namespace gouji::crawler {

class Mistakes {
 public:
  explicit Mistakes(std::string_view file) : file_(file) {}
  // "file: /pointer: message".
  void add(std::string_view pointer, std::string_view message);
  const std::vector<std::string>& all() const { return all_; }
  // kFatal BAD_SETTINGS, a line a mistake.
  Error error() const;

 private:
  std::string file_;
  std::vector<std::string> all_;
};

inline constexpr std::size_t kSettingTextMax = 2'000;
inline constexpr std::size_t kSettingItemsMax = 200;

class ObjectReader {
 public:
  // `value` is an object, or null for one that is not there. Value and mistakes outlive the reader.
  ObjectReader(const JsonValue* value, std::string pointer, Mistakes& mistakes);

  bool is_there() const { return value_ != nullptr; }
  const std::string& pointer() const { return pointer_; }
  std::string place(std::string_view key) const;
  void mistake(std::string_view key, std::string_view message) { mistakes_.add(place(key), message); }
  Mistakes& mistakes() { return mistakes_; }

  // The member as it is; null where there is none. Known from now on, as with every other question.
  const JsonValue* member(std::string_view key);
  std::optional<std::string> text(std::string_view key, std::size_t bytes_max = kSettingTextMax);
  std::optional<std::int64_t> number(std::string_view key, std::int64_t min, std::int64_t max);
  bool flag(std::string_view key, bool otherwise);
  // One text, or a list of texts.
  std::vector<std::string> texts(std::string_view key);
  std::optional<Pattern> pattern(std::string_view key);
  std::vector<Pattern> patterns(std::string_view key);
  std::optional<Selector> selector(std::string_view key);
  // {"name": "text"}; numbers are texts too.
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view key);
  ObjectReader object(std::string_view key);
  // The objects of a list, each with its pointer.
  std::vector<ObjectReader> objects(std::string_view key);
  std::optional<std::size_t> choice(std::string_view key, const std::vector<std::string_view>& names);

  // Members that were not asked for, and members that are there twice, are mistakes.
  void finish();

 private:
  const JsonValue* value_;
  std::string pointer_;
  Mistakes& mistakes_;
  std::vector<std::string_view> known_;
};

// "did you mean …?" or all that is known.
std::string name_hint(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace gouji::crawler
