#include "services/crawler/core/json_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <simdjson.h>

namespace gouji::crawler {

namespace {

using Element = simdjson::dom::element;

class Reader {
 public:
  bool is_full() const { return count_ > kJsonValuesMax; }

  JsonValue read(Element element) {
    JsonValue value;
    if (++count_ > kJsonValuesMax) return value;
    switch (element.type()) {
      case simdjson::dom::element_type::ARRAY:
        value.kind = JsonValue::Kind::kArray;
        for (const Element item : simdjson::dom::array(element)) {
          if (is_full()) break;
          value.items.push_back(read(item));
        }
        break;
      case simdjson::dom::element_type::OBJECT:
        value.kind = JsonValue::Kind::kObject;
        for (const auto& member : simdjson::dom::object(element)) {
          if (is_full()) break;
          value.members.push_back({std::string(member.key), read(member.value)});
        }
        break;
      case simdjson::dom::element_type::STRING:
        value.kind = JsonValue::Kind::kString;
        value.text = std::string_view(element);
        break;
      case simdjson::dom::element_type::BOOL:
        value.kind = JsonValue::Kind::kBool;
        value.is_true = bool(element);
        break;
      case simdjson::dom::element_type::NULL_VALUE:
        break;
      default:
        value.kind = JsonValue::Kind::kNumber;
        value.text = number_text(element);
    }
    return value;
  }

 private:
  static std::string number_text(Element element) {
    std::int64_t whole = 0;
    if (element.get(whole) == simdjson::SUCCESS) return fmt::format("{}", whole);
    std::uint64_t large = 0;
    if (element.get(large) == simdjson::SUCCESS) return fmt::format("{}", large);
    double real = 0;
    // 0.0 and -0.0 are written as the whole number that they are read back as.
    return element.get(real) == simdjson::SUCCESS && real != 0 ? fmt::format("{}", real) : "0";
  }

  std::size_t count_ = 0;
};

void write_string(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void write(const JsonValue& value, std::string& out) {
  switch (value.kind) {
    case JsonValue::Kind::kNull: out += "null"; break;
    case JsonValue::Kind::kBool: out += value.is_true ? "true" : "false"; break;
    case JsonValue::Kind::kNumber: out += value.text; break;
    case JsonValue::Kind::kString: write_string(value.text, out); break;
    case JsonValue::Kind::kArray:
      out.push_back('[');
      for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out.push_back(',');
        write(value.items[i], out);
      }
      out.push_back(']');
      break;
    case JsonValue::Kind::kObject:
      out.push_back('{');
      for (std::size_t i = 0; i < value.members.size(); ++i) {
        if (i > 0) out.push_back(',');
        write_string(value.members[i].name, out);
        out.push_back(':');
        write(value.members[i].value, out);
      }
      out.push_back('}');
  }
}

}  // namespace

const JsonValue* JsonValue::member(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const JsonMember& each) { return each.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

const JsonValue* JsonValue::at(std::string_view pointer) const {
  const JsonValue* value = this;
  while (!pointer.empty() && value != nullptr) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::string_view step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    std::string name;
    for (std::size_t i = 0; i < step.size(); ++i) {
      const bool is_escape = step[i] == '~' && i + 1 < step.size();
      name.push_back(is_escape ? (step[++i] == '0' ? '~' : '/') : step[i]);
    }
    if (value->is_object()) {
      value = value->member(name);
      continue;
    }
    std::size_t index = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), index);
    const bool is_index = value->is_array() && !name.empty() && read.ec == std::errc() && read.ptr == name.data() + name.size();
    value = is_index && index < value->items.size() ? &value->items[index] : nullptr;
  }
  return value;
}

std::optional<std::string> JsonValue::scalar() const {
  return kind == Kind::kString || kind == Kind::kNumber ? std::optional(text) : std::nullopt;
}

Result<JsonValue> parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  Element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS) {
    return invalid_input(ErrorCode::kMalformed, std::string("not JSON: ") + simdjson::error_message(error));
  }
  Reader reader;
  JsonValue value = reader.read(root);
  if (reader.is_full()) return invalid_input(ErrorCode::kTooLarge, fmt::format("JSON of more than {} values", kJsonValuesMax));
  return value;
}

std::string to_text(const JsonValue& value) {
  std::string out;
  write(value, out);
  return out;
}

JsonValue merged(JsonValue base, const JsonValue& over) {
  if (!base.is_object() || !over.is_object()) return over;
  for (const auto& [name, value] : over.members) {
    const auto found = std::find_if(base.members.begin(), base.members.end(), [&](const JsonMember& each) { return each.name == name; });
    if (found == base.members.end()) {
      base.members.push_back({name, value});
    } else {
      found->value = merged(std::move(found->value), value);
    }
  }
  return base;
}

JsonValue json_string(std::string text) {
  JsonValue value;
  value.kind = JsonValue::Kind::kString;
  value.text = std::move(text);
  return value;
}

std::string_view json_behind(std::string_view text, std::string_view marker) {
  const auto found = marker.empty() ? 0 : text.find(marker);
  if (found == std::string_view::npos) return {};
  const auto begin = text.find_first_of("{[", found + marker.size());
  if (begin == std::string_view::npos) return {};
  char quote = 0;
  std::size_t depth = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == '\\') ++at;
      else if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{' || c == '[') {
      depth += 1;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return text.substr(begin, at + 1 - begin);
    }
  }
  return {};
}

}  // namespace gouji::crawler
