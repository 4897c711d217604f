#include "common/report/organs.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/core/digest.h"
#include "common/report/json_lines.h"
#include "common/text/fold.h"

namespace gouji {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMistakesMax = 50;
constexpr std::size_t kEntriesMax = 500000;
constexpr std::size_t kNameBytesMax = 300;

std::string text_of(const dom::object& object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

bool is_code(std::string_view code) {
  return code.size() == 6 && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Collects what is wrong, so that one run shows all of it.
class Mistakes {
 public:
  // `place` begins with a key of json_lines().
  void add(std::string place, std::string_view what) {
    if (++count_ <= kMistakesMax) items_.push_back({std::move(place), std::string(what)});
  }
  bool empty() const { return count_ == 0; }
  std::string text(const std::map<std::string, std::size_t>& lines) const {
    std::string text;
    for (const Item& item : items_) {
      if (!text.empty()) text += "\n";
      const auto line = lines.find(item.place.substr(0, item.place.find(' ')));
      if (line != lines.end()) text += "line " + std::to_string(line->second) + ": ";
      text += item.place + ": " + item.what;
    }
    return count_ > kMistakesMax ? text + "\nand " + std::to_string(count_ - kMistakesMax) + " more" : text;
  }

 private:
  struct Item {
    std::string place;
    std::string what;
  };
  std::vector<Item> items_;
  std::size_t count_ = 0;
};

std::string place_of(std::string_view list, std::size_t index, const std::string& name) {
  std::string place = std::string(list) + "[" + std::to_string(index) + "]";
  return name.empty() ? place : place + " (" + name + ")";
}

Organ read_organ(const dom::object& object, const std::string& place, Mistakes& mistakes) {
  Organ organ{text_of(object, "id"), text_of(object, "name"), {}, text_of(object, "division"),
              text_of(object, "successor")};
  if (organ.id.empty()) mistakes.add(place, "\"id\" is missing");
  if (organ.id.find('/') != organ.id.npos || organ.id.starts_with("name:") || organ.id.starts_with("location:")) {
    mistakes.add(place, "\"id\" must not hold a slash, nor begin with \"name:\" or \"location:\"");
  }
  if (organ.name.empty() || organ.name.size() > kNameBytesMax) mistakes.add(place, "\"name\" is missing or too long");
  if (!is_code(organ.division)) mistakes.add(place, "\"division\" must be a code of six digits");
  dom::array aliases;
  const auto error = object["aliases"].get(aliases);
  if (error == simdjson::NO_SUCH_FIELD) return organ;
  if (error != simdjson::SUCCESS) mistakes.add(place, "\"aliases\" must be a list of names");
  if (error != simdjson::SUCCESS) return organ;
  for (const dom::element alias : aliases) {
    std::string_view name;
    if (alias.get(name) != simdjson::SUCCESS || name.empty() || name.size() > kNameBytesMax) {
      mistakes.add(place, "an alias is no name");
    } else {
      organ.aliases.emplace_back(name);
    }
  }
  return organ;
}

using CodeAndName = std::pair<std::string, std::string>;

// {"110000": "北京市", …}
std::vector<CodeAndName> read_divisions(const dom::object& root, Mistakes& mistakes) {
  std::vector<CodeAndName> divisions;
  dom::object members;
  if (root["divisions"].get(members) != simdjson::SUCCESS) {
    mistakes.add("divisions", "must be an object of codes and names");
    return divisions;
  }
  std::set<std::string_view> known;
  for (const auto& [code, element] : members) {
    const std::string place = "divisions." + std::string(code);
    std::string_view name;
    if (divisions.size() >= kEntriesMax) {
      mistakes.add("divisions", "has too many entries");
      break;
    }
    if (!is_code(code)) mistakes.add(place, "a code has six digits");
    if (!known.insert(code).second) mistakes.add(place, "the code stands twice");
    if (element.get(name) != simdjson::SUCCESS || name.empty() || name.size() > kNameBytesMax) {
      mistakes.add(place, "the name is missing or too long");
    } else {
      divisions.emplace_back(code, name);
    }
  }
  return divisions;
}

template <typename Entry>
std::vector<Entry> read_list(const dom::object& root, const char* key,
                             Entry (*read)(const dom::object&, const std::string&, Mistakes&), Mistakes& mistakes) {
  std::vector<Entry> entries;
  dom::array list;
  if (root[key].get(list) != simdjson::SUCCESS) {
    mistakes.add(key, "must be a list");
    return entries;
  }
  std::size_t index = 0;
  for (const dom::element element : list) {
    dom::object object;
    if (index >= kEntriesMax) {
      mistakes.add(key, "has too many entries");
      break;
    }
    if (element.get(object) != simdjson::SUCCESS) {
      mistakes.add(place_of(key, index, ""), "must be an object");
    } else {
      entries.push_back(read(object, place_of(key, index, text_of(object, "name")), mistakes));
    }
    ++index;
  }
  return entries;
}

void add_unique(std::unordered_map<std::string, std::size_t>& index, const std::string& key, std::size_t value,
                const std::string& place, Mistakes& mistakes) {
  const auto [found, is_new] = index.try_emplace(key, value);
  if (!is_new && found->second != value) mistakes.add(place, "\"" + key + "\" stands for two organs");
}

}  // namespace

Result<OrganDirectory> OrganDirectory::parse(std::string_view json) {
  dom::parser parser;
  dom::object root;
  const simdjson::padded_string padded(json);
  if (const auto error = parser.parse(padded).get(root); error != simdjson::SUCCESS) {
    return invalid_input(ErrorCode::kMalformed,
                         std::string("no JSON object: ") + simdjson::error_message(error));
  }
  OrganDirectory directory;
  Mistakes mistakes;
  for (const char* key : {"source", "date"}) {
    if (text_of(root, key).empty()) mistakes.add(key, "is missing");
  }
  directory.organs_ = read_list<Organ>(root, "organs", read_organ, mistakes);
  directory.divisions_ = DivisionTable(read_divisions(root, mistakes));
  for (std::size_t i = 0; i < directory.organs_.size(); ++i) {
    const Organ& organ = directory.organs_[i];
    const std::string place = place_of("organs", i, organ.name);
    add_unique(directory.by_id_, organ.id, i, place, mistakes);
    add_unique(directory.by_folded_name_, fold_label(organ.name), i, place, mistakes);
    for (const std::string& alias : organ.aliases) {
      add_unique(directory.by_folded_name_, fold_label(alias), i, place, mistakes);
    }
  }
  for (std::size_t i = 0; i < directory.organs_.size(); ++i) {
    const Organ& organ = directory.organs_[i];
    if (is_code(organ.division) && directory.divisions_.by_code(organ.division) == nullptr) {
      mistakes.add(place_of("organs", i, organ.name), "\"division\" is not among the divisions: " + organ.division);
    }
    if (!organ.successor.empty() && !directory.by_id_.contains(organ.successor)) {
      mistakes.add(place_of("organs", i, organ.name), "\"successor\" names no organ: " + organ.successor);
    }
  }
  if (!mistakes.empty()) return invalid_input(ErrorCode::kBadSettings, mistakes.text(json_lines(json)));
  directory.digest_ = to_hex(sha256(json));
  return directory;
}

const Organ* OrganDirectory::by_id(std::string_view id) const {
  const auto found = by_id_.find(std::string(id));
  return found == by_id_.end() ? nullptr : &organs_[found->second];
}

const Organ* OrganDirectory::by_name(std::string_view name) const {
  const auto found = by_folded_name_.find(fold_label(name));
  return found == by_folded_name_.end() ? nullptr : &organs_[found->second];
}

}  // namespace gouji
