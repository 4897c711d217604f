#include "services/crawler/core/families.h"

#include <algorithm>
#include <utility>

#include "common/core/check.h"
#include "embedded/family_epoint.h"
#include "embedded/family_generic.h"
#include "embedded/family_gkmlpt.h"
#include "embedded/family_hanweb_jpaas.h"
#include "embedded/family_hanweb_jpage.h"
#include "embedded/family_hanweb_xxgk.h"
#include "embedded/family_lonsun_public.h"
#include "embedded/family_search.h"
#include "embedded/family_trs_search.h"
#include "embedded/family_trs_static.h"
#include "embedded/family_truecms.h"
#include "embedded/family_ucap.h"

namespace gouji::crawler {

namespace {

std::vector<Pattern> patterns_of(const JsonValue& family, std::string_view pointer) {
  std::vector<Pattern> patterns;
  const JsonValue* list = family.at(pointer);
  if (list == nullptr) return patterns;
  for (const JsonValue& item : list->items) {
    const auto pattern = Pattern::regex(item.text);
    GOUJI_CHECK(pattern.has_value());
    patterns.push_back(*pattern);
  }
  return patterns;
}

// The files are part of the build: one that does not read is a bug.
Family family_from(std::string_view text) {
  const auto json = parse_json(text);
  GOUJI_CHECK(json.has_value());
  const JsonValue *name = json->member("family"), *about = json->member("about"), *file = json->member("file"), *draft = json->member("draft");
  GOUJI_CHECK(name != nullptr && about != nullptr && file != nullptr);
  return {name->text, about->text, patterns_of(*json, "/sniff/page"), patterns_of(*json, "/sniff/url"), *file, draft == nullptr ? JsonValue{} : *draft};
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> kFamilies = [] {
    std::vector<Family> all;
    for (const std::string_view text : {embedded::family_epoint(), embedded::family_gkmlpt(), embedded::family_hanweb_jpaas(), embedded::family_hanweb_jpage(),
                                        embedded::family_hanweb_xxgk(), embedded::family_lonsun_public(), embedded::family_search(), embedded::family_trs_search(),
                                        embedded::family_trs_static(), embedded::family_truecms(), embedded::family_ucap(), embedded::family_generic()}) {
      all.push_back(family_from(text));
    }
    return all;
  }();
  return kFamilies;
}

const Family* find_family(std::string_view name) {
  const auto found = std::find_if(families().begin(), families().end(), [&](const Family& family) { return family.name == name; });
  return found == families().end() ? nullptr : &*found;
}

}  // namespace gouji::crawler
