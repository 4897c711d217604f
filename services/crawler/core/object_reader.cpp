#include "services/crawler/core/object_reader.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

namespace gouji::crawler {

namespace {

constexpr std::size_t kMistakesMax = 200;

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

void Mistakes::add(std::string_view pointer, std::string_view message) {
  if (all_.size() >= kMistakesMax) return;
  all_.push_back(file_ + ": " + (pointer.empty() ? "" : std::string(pointer) + ": ") + std::string(message));
}

Error Mistakes::error() const {
  std::string text;
  for (const std::string& mistake : all_) text += (text.empty() ? "" : "\n") + mistake;
  return fatal(ErrorCode::kBadSettings, text);
}

std::string name_hint(std::string_view name, const std::vector<std::string_view>& known) {
  name = name.substr(0, 64);
  const auto nearest = std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) { return distance(name, a) < distance(name, b); });
  if (nearest != known.end() && distance(name, *nearest) <= 1 + nearest->size() / 3) return "did you mean \"" + std::string(*nearest) + "\"?";
  std::string all = "known are";
  for (const std::string_view one : known) all += " " + std::string(one);
  return all;
}

ObjectReader::ObjectReader(const JsonValue* value, std::string pointer, Mistakes& mistakes)
    : value_(value), pointer_(std::move(pointer)), mistakes_(mistakes) {
  if (value_ == nullptr || value_->is_object()) return;
  mistakes_.add(pointer_, "expected an object {…}");
  value_ = nullptr;
}

std::string ObjectReader::place(std::string_view key) const { return key.empty() ? pointer_ : pointer_ + "/" + std::string(key.substr(0, 100)); }

const JsonValue* ObjectReader::member(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  return value_ == nullptr ? nullptr : value_->member(key);
}

std::optional<std::string> ObjectReader::text(std::string_view key, std::size_t bytes_max) {
  const JsonValue* value = member(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_string() && !value->text.empty() && value->text.size() <= bytes_max) return value->text;
  mistake(key, fmt::format("expected a text of 1…{} bytes", bytes_max));
  return std::nullopt;
}

std::optional<std::int64_t> ObjectReader::number(std::string_view key, std::int64_t min, std::int64_t max) {
  const JsonValue* value = member(key);
  if (value == nullptr) return std::nullopt;
  std::int64_t found = 0;
  const char* end = value->text.data() + value->text.size();
  const auto read = std::from_chars(value->text.data(), end, found);
  const bool is_whole = value->kind == JsonValue::Kind::kNumber && read.ec == std::errc() && read.ptr == end;
  if (is_whole && found >= min && found <= max) return found;
  mistake(key, fmt::format("expected a whole number {}…{}", min, max));
  return std::nullopt;
}

bool ObjectReader::flag(std::string_view key, bool otherwise) {
  const JsonValue* value = member(key);
  if (value == nullptr) return otherwise;
  if (value->kind == JsonValue::Kind::kBool) return value->is_true;
  mistake(key, "expected true or false");
  return otherwise;
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
  const JsonValue* value = member(key);
  if (value == nullptr) return {};
  if (value->is_string() && !value->text.empty() && value->text.size() <= kSettingTextMax) return {value->text};
  if (!value->is_array() || value->items.size() > kSettingItemsMax) {
    mistake(key, fmt::format("expected a text, or a list of at most {} texts", kSettingItemsMax));
    return {};
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const JsonValue& item = value->items[i];
    if (!item.is_string() || item.text.empty() || item.text.size() > kSettingTextMax) {
      mistakes_.add(place(key) + "/" + std::to_string(i), fmt::format("expected a text of 1…{} bytes", kSettingTextMax));
      continue;
    }
    texts.push_back(item.text);
  }
  return texts;
}

std::optional<Pattern> ObjectReader::pattern(std::string_view key) {
  const auto expression = text(key);
  if (!expression) return std::nullopt;
  auto pattern = Pattern::regex(*expression);
  if (pattern) return std::move(*pattern);
  mistake(key, pattern.error().message);
  return std::nullopt;
}

std::vector<Pattern> ObjectReader::patterns(std::string_view key) {
  std::vector<Pattern> patterns;
  const auto expressions = texts(key);
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    auto pattern = Pattern::regex(expressions[i]);
    if (pattern) {
      patterns.push_back(std::move(*pattern));
    } else {
      mistakes_.add(place(key) + "/" + std::to_string(i), pattern.error().message);
    }
  }
  return patterns;
}

std::optional<Selector> ObjectReader::selector(std::string_view key) {
  const auto css = text(key);
  if (!css) return std::nullopt;
  auto selector = Selector::parse(*css);
  if (selector) return std::move(*selector);
  mistake(key, selector.error().message);
  return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> ObjectReader::pairs(std::string_view key) {
  const JsonValue* value = member(key);
  if (value == nullptr) return {};
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!value->is_object() || value->members.size() > kSettingItemsMax) {
    mistake(key, "expected an object of texts {\"name\": \"text\"}");
    return pairs;
  }
  for (const auto& [name, inner] : value->members) {
    const auto text = inner.scalar();
    if (!text || name.empty() || text->size() > kSettingTextMax) {
      mistakes_.add(place(key) + "/" + name.substr(0, 100), "expected a text");
    } else {
      pairs.emplace_back(name, *text);
    }
  }
  return pairs;
}

ObjectReader ObjectReader::object(std::string_view key) { return ObjectReader(member(key), place(key), mistakes_); }

std::vector<ObjectReader> ObjectReader::objects(std::string_view key) {
  const JsonValue* value = member(key);
  if (value == nullptr) return {};
  std::vector<ObjectReader> readers;
  if (!value->is_array() || value->items.size() > kSettingItemsMax) {
    mistake(key, fmt::format("expected a list of at most {} objects", kSettingItemsMax));
    return readers;
  }
  for (std::size_t i = 0; i < value->items.size(); ++i) readers.emplace_back(&value->items[i], place(key) + "/" + std::to_string(i), mistakes_);
  return readers;
}

std::optional<std::size_t> ObjectReader::choice(std::string_view key, const std::vector<std::string_view>& names) {
  const auto found = text(key);
  if (!found) return std::nullopt;
  const auto at = std::find(names.begin(), names.end(), *found);
  if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
  std::string all;
  for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
  mistake(key, "expected one of " + all + "; found \"" + found->substr(0, 60) + "\"");
  return std::nullopt;
}

void ObjectReader::finish() {
  if (value_ == nullptr) return;
  std::set<std::string_view> seen;
  for (const auto& [name, inner] : value_->members) {
    if (!seen.insert(name).second) mistake(name, "is there twice");
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) mistake(name, "unknown; " + name_hint(name, known_));
  }
}

}  // namespace gouji::crawler
