// deploy/portals/portal.schema.json is what editors know of portal files: it takes what the parser
// takes, and refuses the members and kinds that the parser refuses. What only the parser can see
// (selectors, expressions, variables, hosts of addresses) is not in the schema.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/crawler/core/families.h"
#include "services/crawler/core/json_value.h"
#include "services/crawler/core/pattern.h"
#include "services/crawler/core/portal_file.h"

namespace gouji::crawler {
namespace {

namespace fs = std::filesystem;
using Kind = JsonValue::Kind;

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// As much of JSON Schema (draft 7) as the file uses.
class Schema {
 public:
  explicit Schema(JsonValue root) : root_(std::move(root)) {}
  bool takes(const JsonValue& value) const { return takes(root_, value); }

 private:
  static std::int64_t number(const JsonValue* value, std::int64_t otherwise) { return value == nullptr ? otherwise : std::stoll(value->text); }

  bool takes(const JsonValue& schema, const JsonValue& value) const {
    if (const JsonValue* ref = schema.member("$ref")) return takes(*root_.at(ref->text.substr(1)), value);
    if (const JsonValue* any = schema.member("anyOf"); any != nullptr && std::none_of(any->items.begin(), any->items.end(), [&](const JsonValue& one) { return takes(one, value); })) return false;
    if (const JsonValue* all = schema.member("enum"); all != nullptr && std::none_of(all->items.begin(), all->items.end(), [&](const JsonValue& one) { return one.kind == value.kind && one.text == value.text; })) return false;
    if (const JsonValue* type = schema.member("type"); type != nullptr && !is_of(*type, value)) return false;
    return takes_text(schema, value) && takes_members(schema, value) && takes_items(schema, value);
  }

  static bool is_of(const JsonValue& type, const JsonValue& value) {
    if (type.is_array()) return std::any_of(type.items.begin(), type.items.end(), [&](const JsonValue& one) { return is_of(one, value); });
    const bool is_whole = value.kind == Kind::kNumber && value.text.find('.') == std::string::npos;
    return (type.text == "object" && value.is_object()) || (type.text == "array" && value.is_array()) || (type.text == "string" && value.is_string()) ||
           (type.text == "integer" && is_whole) || (type.text == "number" && value.kind == Kind::kNumber) || (type.text == "boolean" && value.kind == Kind::kBool);
  }

  bool takes_text(const JsonValue& schema, const JsonValue& value) const {
    if (value.kind == Kind::kNumber && value.text.find('.') == std::string::npos) {
      const std::int64_t found = std::stoll(value.text);
      return found >= number(schema.member("minimum"), INT64_MIN) && found <= number(schema.member("maximum"), INT64_MAX);
    }
    if (!value.is_string()) return true;
    const auto size = static_cast<std::int64_t>(value.text.size());
    const JsonValue* pattern = schema.member("pattern");
    return size >= number(schema.member("minLength"), 0) && size <= number(schema.member("maxLength"), INT64_MAX) &&
           (pattern == nullptr || Pattern::regex(pattern->text)->is_in(value.text));
  }

  bool takes_members(const JsonValue& schema, const JsonValue& value) const {
    if (!value.is_object()) return true;
    const JsonValue *properties = schema.member("properties"), *others = schema.member("additionalProperties");
    for (const auto& [name, inner] : value.members) {
      const JsonValue* known = properties == nullptr ? nullptr : properties->member(name);
      if (known != nullptr ? !takes(*known, inner) : others != nullptr && (others->is_object() ? !takes(*others, inner) : !others->is_true)) return false;
    }
    const JsonValue* required = schema.member("required");
    return required == nullptr || std::all_of(required->items.begin(), required->items.end(), [&](const JsonValue& name) { return value.member(name.text) != nullptr; });
  }

  bool takes_items(const JsonValue& schema, const JsonValue& value) const {
    if (!value.is_array()) return true;
    const JsonValue* items = schema.member("items");
    return static_cast<std::int64_t>(value.items.size()) <= number(schema.member("maxItems"), INT64_MAX) &&
           (items == nullptr || std::all_of(value.items.begin(), value.items.end(), [&](const JsonValue& item) { return takes(*items, item); }));
  }

  JsonValue root_;
};

Schema schema() {
  auto root = parse_json(content_of(fs::path(GOUJI_SOURCE_DIR) / "deploy/portals/portal.schema.json"));
  EXPECT_TRUE(root);
  return Schema(std::move(*root));
}

// Members that every one of them both sides take.
constexpr std::string_view kWhole = R"j({"schema":1,"id":"p","about":"x","family":"generic","organ":{"id":"1","name":"甲","division":"330000","site_id_code":"3300000000","level":"city","kind":"department"},
  "year":2024,"scope":"OWN","hosts":{"allow":["a.cn"],"attachment_allow":["*.b.gov.cn"],"ip_family":"4"},"tls":{"verify":false,"legacy_renegotiation":true,"min":"1.0","reason":"旧"},
  "http":{"headers":{"Referer":"{list}"},"cookies":"host","ua":"X","ua_reason":"y"},"robots":"ignore","robots_reason":"z",
  "politeness":{"min_delay_ms":3000,"concurrency":2,"max_requests_per_day":10,"group":"g","active_hours":"22:00-06:00"},"season":{"profile":"steady","interval":"1h"},
  "canonical":{"scheme":"https","drop_query":["_"],"rewrite":[["a","b"]]},
  "vars":{"from":"http://a.cn/","refresh":"7d","fixed":{"c":"1"},"values":{"v":{"from":"http://a.cn/x","regex":"(x)","decode":"html"},"w":{"json_after":"T","find":{"key":"name","regex":"y"},"take":"id"},"u":{"select":"a","attr":"href"},"t":{"at":"/a"}}},
  "lists":[{"id":"l","request":{"method":"POST","url":"http://a.cn/{v}","query":{"a":"{page}"},"form":{"b":"{limit}"},"headers":{"X":"y"}},
    "response":{"format":"js_var","marker":"m","html_at":["/x"],"unwrap":["cdata_html","entities","html_in_string"]},
    "rows":{"select":"li","attachments_at":"/a","fields":{"url":"a@href","title":["a",{"select":"b","attr":"c","regex":"d","decode":["url","strip_tags"],"type":"text","from":"row"}],"date":{"from":"around","type":"date"},"organ":"i","attachments":"a","attachment_name":"b"}},
    "paging":{"kind":"form","first":"f","next":"n","start":0,"step":1,"total":{"regex":"(1)"},"total_is_pages":true,"page_rows":{"regex":"2"},"next_link":"a@href","page_sizes":[10],"stop":["empty"]},
    "accept":{"title":["x"]},"follow_iframe":true,"follow":"a","min_rows":0,"max_pages":9,"backfill_years":1}],
  "documents":["http://a.cn/d"],"accept":{"title":"x","title_not":["y"],"url":["z"]},
  "article":{"content":["#c"],"title":"h1","date":{"select":"i","type":"date"},"source":"b","meta":{"title":"a","date":["b"],"source":"c"},"must_match":"m","chrome":["n"],"attachments_max":3},
  "challenge":{"status":[521],"regex":["C3"],"max_size":99},"gate":{"login":"a","soft404":"b","throttled":"c","home_title":"d"},
  "samples":[{"file":"f","purpose":"vars","list":"l","url":"http://a.cn/","media_type":"t","status":200,"vars":{"a":"b"},"expect":{"/rows":3}}]})j";

bool is_parsed(const JsonValue& value) { return parse_portal(to_text(value), "p").has_value(); }

TEST(PortalSchema, TakesWhatTheParserTakes) {
  const Schema known = schema();
  const auto whole = parse_json(kWhole);
  ASSERT_TRUE(whole);
  const auto portal = parse_portal(kWhole, "p.json");
  EXPECT_TRUE(portal) << portal.error().message;
  EXPECT_TRUE(known.takes(*whole));
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(GOUJI_SOURCE_DIR) / "deploy/portals")) {
    const std::string bytes = entry.path().extension() == ".json" ? content_of(entry.path()) : "";
    if (is_portal_file(bytes)) { EXPECT_TRUE(known.takes(*parse_json(bytes))) << entry.path(); }
  }
}

// Calls `visit` with every change of one place: a member that nobody knows, and a value of another kind.
void vary(JsonValue& root, JsonValue& at, const std::string& place, const std::function<void(const std::string&)>& visit) {
  if (at.is_object()) {
    at.members.push_back({"zzz", json_string("x")});
    visit(place + "/zzz");
    at.members.pop_back();
  }
  const JsonValue before = at;
  for (const Kind kind : {Kind::kBool, Kind::kArray, Kind::kObject, Kind::kNumber}) {
    at = JsonValue{};
    at.kind = kind;
    at.text = kind == Kind::kNumber ? "-5" : "";
    visit(place + " of kind " + std::to_string(static_cast<int>(kind)));
    at = before;
  }
  for (auto& [name, inner] : at.members) vary(root, inner, place + "/" + name, visit);
  for (std::size_t i = 0; i < at.items.size(); ++i) vary(root, at.items[i], place + "/" + std::to_string(i), visit);
}

TEST(PortalSchema, RefusesNoMemberThatTheParserTakesAndTakesNoneThatItDoesNotKnow) {
  const Schema known = schema();
  JsonValue root = *parse_json(kWhole);
  std::int64_t changes = 0;
  std::vector<std::string> differences;
  vary(root, root, "", [&](const std::string& place) {
    changes += 1;
    if (known.takes(root) != is_parsed(root)) differences.push_back(place + (known.takes(root) ? " is taken by the schema alone" : " is taken by the parser alone"));
  });
  EXPECT_GT(changes, 500);
  // The parser sees what is missing across members; the schema may take these.
  std::erase_if(differences, [](const std::string& difference) { return difference.ends_with("by the schema alone") && difference.find("/zzz") == std::string::npos; });
  EXPECT_THAT(differences, testing::IsEmpty());
}

TEST(PortalSchema, NamesTheFamilies) {
  const auto root = parse_json(content_of(fs::path(GOUJI_SOURCE_DIR) / "deploy/portals/portal.schema.json"));
  std::vector<std::string> named, known;
  for (const JsonValue& name : root->at("/properties/family/enum")->items) named.push_back(name.text);
  for (const Family& family : families()) known.push_back(family.name);
  EXPECT_THAT(named, testing::UnorderedElementsAreArray(known));
}

}  // namespace
}  // namespace gouji::crawler
