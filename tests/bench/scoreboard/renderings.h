// Scores the parser on grids rendered in many layouts (tests/support/rendering.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/scoreboard/score.h"
#include "tests/support/rendering.h"

namespace gouji::scoreboard {

// What a perfect reader of the rendering knows.
Truth truth_of(const testing::Rendering& rendering);

// Figures of a random combination of editions that satisfy every identity, many zeros among them,
// and no organ.
testing::ReportFigures random_figures(std::uint32_t seed);

// A document that was not read in full.
struct Failure {
  std::string name;  // of a file
  std::string bytes;
};

class Renderings {
 public:
  Renderings(std::uint32_t seed, bool is_verbose) : seed_(seed), is_verbose_(is_verbose) {}

  // Renders in every layout, under an organ that is made up.
  std::vector<Failure> score(const testing::ReportFigures& figures);
  const Scores& scores() const { return scores_; }

 private:
  std::uint32_t seed_;
  bool is_verbose_;
  Scores scores_;
};

}  // namespace gouji::scoreboard
