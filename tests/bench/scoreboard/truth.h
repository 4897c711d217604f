// What a perfect reader knows of a document of the corpus: figures of grids/*.json and of
// truth/*.json, under the cell ids of docs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/result.h"
#include "common/report/form.h"

namespace gouji::scoreboard {

enum class Mark : std::uint8_t { kNumber, kBlank, kText };

struct TrueCell {
  Mark mark = Mark::kNumber;
  std::int64_t value = 0;  // money times 10^6
};

struct TrueTable {
  std::optional<Edition> edition;
  std::map<std::string, TrueCell> cells;  // "t2.regulations.made"
};

struct Truth {
  std::string id;
  std::string source;         // file name, of grids
  std::string layout;         // of rendered grids, where it is said
  std::string table2_status;  // of excerpts: "visible", "not_reached", ...
  bool is_pre_2019 = false;
  std::optional<std::string> organ;
  std::optional<std::int64_t> year;
  std::map<std::string, TrueTable> tables;  // "t2", "t3", "t4"
};

Result<Truth> truth_of_grid(std::string_view json);
Result<Truth> truth_of_excerpt(std::string_view json);

}  // namespace gouji::scoreboard
