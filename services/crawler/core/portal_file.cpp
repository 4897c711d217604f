#include "services/crawler/core/portal_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include <simdjson.h>

#include "services/crawler/core/list_page.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

namespace {

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;

constexpr std::size_t kPatternsMax = 100;
constexpr std::size_t kTextMax = 500;

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

// Reads members of the file's objects and gathers the mistakes.
class Reader {
 public:
  explicit Reader(std::string_view name) : name_(name) {}

  void mistake(std::string_view pointer, std::string_view message) {
    mistakes_.push_back(name_ + ": " + (pointer.empty() ? "" : std::string(pointer) + ": ") + std::string(message));
  }
  const std::vector<std::string>& mistakes() const { return mistakes_; }

  // Every member that is not among `known` is a mistake, and so is one that is there twice.
  void check_members(Object object, const std::string& at, const std::vector<std::string_view>& known) {
    std::set<std::string_view> seen;
    for (const auto& member : object) {
      const std::string place = at + "/" + std::string(member.key.substr(0, kTextMax));
      if (!seen.insert(member.key).second) mistake(place, "is there twice");
      if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
      mistake(place, "unknown; " + hint(member.key, known));
    }
  }

  std::optional<std::string> text(Object object, std::string_view key, const std::string& at) {
    Element value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
    std::string_view found;
    if (value.get(found) == simdjson::SUCCESS && !found.empty() && found.size() <= kTextMax) return std::string(found);
    mistake(at + "/" + std::string(key), "expected a text of 1…" + std::to_string(kTextMax) + " bytes");
    return std::nullopt;
  }

  std::optional<std::int64_t> number(Object object, std::string_view key, std::int64_t min, std::int64_t max) {
    Element value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
    std::int64_t found = 0;
    if (value.get(found) == simdjson::SUCCESS && found >= min && found <= max) return found;
    mistake("/" + std::string(key), "expected a whole number " + std::to_string(min) + "…" + std::to_string(max));
    return std::nullopt;
  }

  std::vector<std::string> texts(Object object, std::string_view key, const std::string& at) {
    Element value;
    if (object.at_key(key).get(value) != simdjson::SUCCESS) return {};
    simdjson::dom::array array;
    const std::string place = at + "/" + std::string(key);
    if (value.get(array) != simdjson::SUCCESS || array.size() > kPatternsMax) {
      mistake(place, "expected a list of at most " + std::to_string(kPatternsMax) + " texts");
      return {};
    }
    std::vector<std::string> texts;
    for (const Element item : array) {
      std::string_view found;
      if (item.get(found) != simdjson::SUCCESS || found.empty() || found.size() > kTextMax) {
        mistake(place + "/" + std::to_string(texts.size()), "expected a text of 1…" + std::to_string(kTextMax) + " bytes");
      }
      texts.emplace_back(found);
    }
    return texts;
  }

  std::optional<Object> object(Object in, std::string_view key) {
    Element value;
    if (in.at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
    Object found;
    if (value.get(found) == simdjson::SUCCESS) return found;
    mistake("/" + std::string(key), "expected an object {…}");
    return std::nullopt;
  }

 private:
  static std::string hint(std::string_view key, const std::vector<std::string_view>& known) {
    const auto nearest = std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
      return distance(key.substr(0, 64), a) < distance(key.substr(0, 64), b);
    });
    if (distance(key.substr(0, 64), *nearest) <= 1 + nearest->size() / 3) return "did you mean \"" + std::string(*nearest) + "\"?";
    std::string all = "known are";
    for (const std::string_view name : known) all += " " + std::string(name);
    return all;
  }

  std::string name_;
  std::vector<std::string> mistakes_;
};

bool is_id(std::string_view text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

// "10s", "30m", "1h", "7d".
std::optional<std::chrono::milliseconds> interval_from(std::string_view text) {
  if (text.size() < 2 || text.size() > 7) return std::nullopt;
  const std::string_view units = "smhd";
  constexpr std::array<std::int64_t, 4> kSeconds = {1, 60, 3'600, 86'400};
  const auto unit = units.find(text.back());
  std::int64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (unit == std::string_view::npos) return std::nullopt;
  const std::int64_t seconds = value * kSeconds[unit];
  return seconds >= 10 && seconds <= 400 * 86'400 ? std::optional(std::chrono::milliseconds{seconds * 1'000}) : std::nullopt;
}

void read_identity(Reader& reader, Object root, Source& source) {
  if (root.at_key("schema").error() != simdjson::SUCCESS) reader.mistake("/schema", "missing; expected 1");
  (void)reader.number(root, "schema", 1, 1);
  if (const auto id = reader.text(root, "id", ""); id && is_id(*id) && *id != kFilesSource && *id != kWebSource) {
    source.id = *id;
    source.location_source = *id;
  } else {
    reader.mistake("/id", "expected a name of a-z, 0-9, - and . of at most 64 bytes, other than \"files\" and \"web\"");
  }
  const std::string kind = reader.text(root, "kind", "").value_or("");
  if (kind != "list" && kind != "url") reader.mistake("/kind", "expected \"list\" or \"url\"");
  source.kind = kind == "url" ? SourceKind::kUrl : SourceKind::kList;
  source.hosts = reader.texts(root, "hosts", "");
  const auto address = parse_url(reader.text(root, "url", "").value_or(""));
  if (!address) {
    reader.mistake("/url", address.error().message);
    return;
  }
  source.address = to_string(*address);
  if (source.hosts.empty()) source.hosts.push_back(address->host);
}

void read_hints(Reader& reader, Object root, Source& source) {
  if (const auto organ = reader.text(root, "organ", "")) source.hints.push_back({"organ", *organ, "portal_file"});
  if (const auto year = reader.number(root, "year", 2008, 2100)) source.hints.push_back({"year", std::to_string(*year), "portal_file"});
  if (const auto scope = reader.text(root, "scope", "")) {
    if (*scope != "OWN" && *scope != "AGGREGATE" && *scope != "SYSTEM") reader.mistake("/scope", "expected OWN, AGGREGATE or SYSTEM");
    source.hints.push_back({"scope", *scope, "portal_file"});
  }
  if (const auto text = reader.text(root, "interval", "")) {
    const auto interval = interval_from(*text);
    if (!interval) reader.mistake("/interval", "expected a time of 10s…400d, such as \"1h\" or \"7d\"");
    source.interval = interval.value_or(source.interval);
  }
}

std::string pointer_from(Reader& reader, Object rows, std::string_view key) {
  const std::string pointer = reader.text(rows, key, "/rows").value_or("");
  if (!pointer.empty() && pointer.front() != '/') reader.mistake("/rows/" + std::string(key), "expected a JSON pointer, which begins with /");
  return pointer;
}

void read_list_rules(Reader& reader, Object root, Source& source) {
  ListRules& rules = source.list;
  rules.format = reader.text(root, "format", "").value_or("html");
  if (rules.format != "html" && rules.format != "json") reader.mistake("/format", "expected \"html\" or \"json\"");
  if (const auto accept = reader.object(root, "accept")) {
    reader.check_members(*accept, "/accept", {"title", "title_not", "url"});
    rules.title_accept = reader.texts(*accept, "title", "/accept");
    rules.title_refuse = reader.texts(*accept, "title_not", "/accept");
    rules.url_accept = reader.texts(*accept, "url", "/accept");
  }
  if (const auto rows = reader.object(root, "rows")) {
    reader.check_members(*rows, "/rows", {"pointer", "url", "title", "date"});
    rules.rows_pointer = pointer_from(reader, *rows, "pointer");
    rules.url_field = pointer_from(reader, *rows, "url");
    rules.title_field = pointer_from(reader, *rows, "title");
    rules.date_field = pointer_from(reader, *rows, "date");
  }
  if (rules.format == "json" && rules.url_field.empty()) reader.mistake("/rows/url", "missing: the JSON pointer to the address within a row");
}

Error all_mistakes(const Reader& reader) {
  std::string text;
  for (const std::string& mistake : reader.mistakes()) text += (text.empty() ? "" : "\n") + mistake;
  return fatal(ErrorCode::kBadSettings, text);
}

}  // namespace

bool is_portal_file(std::string_view bytes) {
  simdjson::dom::parser parser;
  Object root;
  return parser.parse(bytes.data(), bytes.size()).get(root) == simdjson::SUCCESS && root.at_key("schema").error() == simdjson::SUCCESS;
}

Result<Source> parse_portal_file(std::string_view bytes, std::string_view name) {
  Reader reader(name);
  simdjson::dom::parser parser;
  Element root;
  Object object;
  if (const auto error = parser.parse(bytes.data(), bytes.size()).get(root); error != simdjson::SUCCESS) {
    reader.mistake("", std::string("not JSON: ") + simdjson::error_message(error));
    return all_mistakes(reader);
  }
  if (root.get(object) != simdjson::SUCCESS) {
    reader.mistake("", "expected one object {…}");
    return all_mistakes(reader);
  }
  Source source;
  reader.check_members(object, "", {"schema", "id", "kind", "url", "hosts", "organ", "year", "scope", "interval", "format", "accept", "rows"});
  read_identity(reader, object, source);
  read_hints(reader, object, source);
  read_list_rules(reader, object, source);
  if (!reader.mistakes().empty()) return all_mistakes(reader);
  return source;
}

bool is_host_accepted(const Source& source, std::string_view host) {
  return source.hosts.empty() || std::any_of(source.hosts.begin(), source.hosts.end(), [&](const std::string& pattern) {
    return pattern == host || (pattern.find_first_of("*?") != std::string::npos && matches(pattern, host));
  });
}

}  // namespace gouji::crawler
