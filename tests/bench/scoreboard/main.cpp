// gouji-scoreboard [--verbose] [CORPUS]: reads the corpus of real reports and prints how many cells
// are right, wrong, invented and missed, and how often organ and year are right. The corpus is not
// part of the project; without it the program says so and ends well.
// gouji-scoreboard --folder DIR: the same for files of any format with their truth beside them:
// DIR/a.pdf and DIR/a.json with the keys of the corpus's grids. Without a.json the file that the
// name begins with up to its first '-' (000-ruled.pdf, 000.json). "layout" in the truth, else the
// part of the name behind the first '-', else the name of the folder, is its line in the table.
// gouji-scoreboard --render N [--seed S] [--write DIR] [CORPUS]: renders the corpus's grids and N
// made-up ones in every layout and scores them; --write keeps the documents that were not read in
// full, with what they should give.
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/scoreboard/renderings.h"
#include "tests/bench/scoreboard/score.h"
#include "tests/bench/scoreboard/truth.h"

namespace gouji::scoreboard {
namespace {

namespace fs = std::filesystem;

struct Settings {
  fs::path corpus = "../shared/corpus";
  fs::path folder;
  fs::path write_to;
  int made_up = 0;
  std::uint32_t seed = 1;
  bool is_verbose = false;
};

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> sorted_files(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const bool is_wanted = extension.empty() ? entry.path().extension() != ".json"
                                             : entry.path().extension() == extension;
    if (entry.is_regular_file() && is_wanted) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string without_dot(std::string extension) {
  extension.erase(0, extension.starts_with('.') ? 1 : 0);
  return extension;
}

void score_seeds(const Settings& settings) {
  Score seeds;
  for (const fs::path& path : sorted_files(settings.corpus / "grids", ".json")) {
    const Result<Truth> truth = truth_of_grid(slurp(path));
    if (!truth) {
      fmt::print("{}: {}\n", path.string(), truth.error().message);
      continue;
    }
    const fs::path file = settings.corpus.parent_path() / "seeds" / truth->source;
    if (fs::is_regular_file(file)) score_document(slurp(file), *truth, settings.is_verbose, seeds);
  }
  print_score("seeds", seeds);
}

void score_excerpts(const Settings& settings) {
  Score excerpts;
  for (const fs::path& path : sorted_files(settings.corpus / "truth", ".json")) {
    const Result<Truth> truth = truth_of_excerpt(slurp(path));
    if (!truth) {
      fmt::print("{}: {}\n", path.string(), truth.error().message);
      continue;
    }
    std::string text = slurp(settings.corpus / "excerpts" / (truth->id + ".txt"));
    for (int line = 0; line < 2; ++line) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
    score_document(text, *truth, settings.is_verbose, excerpts);
  }
  print_score("excerpts", excerpts);
  fmt::print("  table 2 status: {} of {} agree\n  before 2019: {} of {} agree\n", excerpts.status_right,
             excerpts.documents, excerpts.pre_2019_right, excerpts.read);
}

int score_corpus(const Settings& settings) {
  if (!fs::is_directory(settings.corpus / "truth")) {
    fmt::print("SKIPPED: no corpus at {} (give its folder as the argument)\n", settings.corpus.string());
    return 0;
  }
  score_seeds(settings);
  score_excerpts(settings);
  return 0;
}

// The truth beside a document; an empty path when there is none.
fs::path truth_beside(const fs::path& document) {
  const std::string stem = document.stem().string();
  for (const std::string& name : {stem, stem.substr(0, stem.find('-'))}) {
    fs::path truth = document.parent_path() / (name + ".json");
    if (fs::is_regular_file(truth)) return truth;
  }
  return {};
}

std::string layout_of(const fs::path& document, const Truth& truth) {
  if (!truth.layout.empty()) return truth.layout;
  const std::string stem = document.stem().string();
  const std::size_t dash = stem.find('-');
  return dash == stem.npos ? document.parent_path().filename().string() : stem.substr(dash + 1);
}

int score_folder(const Settings& settings) {
  if (!fs::is_directory(settings.folder)) {
    fmt::print("no such folder: {}\n", settings.folder.string());
    return 2;
  }
  Scores scores;
  for (const fs::path& document : sorted_files(settings.folder, "")) {
    const fs::path beside = truth_beside(document);
    Result<Truth> truth = truth_of_grid(beside.empty() ? "{}" : slurp(beside));
    if (beside.empty() || !truth) {
      fmt::print("{}: {}\n", document.string(), beside.empty() ? "no truth beside it" : truth.error().message);
      continue;
    }
    truth->id = document.filename().string();
    const std::string format = without_dot(document.extension().string());
    score_document(slurp(document), *truth, settings.is_verbose, scores[{format, layout_of(document, *truth)}]);
  }
  print_table(scores);
  return 0;
}

int score_renderings(const Settings& settings) {
  std::vector<testing::ReportFigures> figures;
  if (fs::is_directory(settings.corpus / "grids")) {
    for (const fs::path& path : sorted_files(settings.corpus / "grids", ".json")) {
      if (auto known = testing::figures_from_grid_file(path.string())) figures.push_back(*std::move(known));
    }
  }
  fmt::print("{} grids of the corpus and {} made-up ones\n", figures.size(), settings.made_up);
  Renderings renderings(settings.seed, settings.is_verbose);
  for (int i = 0; i < settings.made_up; ++i) figures.push_back(random_figures(settings.seed + static_cast<std::uint32_t>(i)));
  for (const testing::ReportFigures& each : figures) {
    for (const Failure& failure : renderings.score(each)) {
      if (settings.write_to.empty()) continue;
      fs::create_directories(settings.write_to);
      std::ofstream(settings.write_to / failure.name, std::ios::binary) << failure.bytes;
    }
  }
  print_table(renderings.scores());
  return 0;
}

int run(const Settings& settings) {
  if (!settings.folder.empty()) return score_folder(settings);
  return settings.made_up > 0 ? score_renderings(settings) : score_corpus(settings);
}

}  // namespace
}  // namespace gouji::scoreboard

int main(int argc, char** argv) {
  gouji::scoreboard::Settings settings;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--verbose") {
      settings.is_verbose = true;
    } else if (argument == "--folder" && i + 1 < argc) {
      settings.folder = argv[++i];
    } else if (argument == "--render" && i + 1 < argc) {
      settings.made_up = std::atoi(argv[++i]);
    } else if (argument == "--seed" && i + 1 < argc) {
      settings.seed = static_cast<std::uint32_t>(std::atoi(argv[++i]));
    } else if (argument == "--write" && i + 1 < argc) {
      settings.write_to = argv[++i];
    } else {
      settings.corpus = argument;
    }
  }
  return gouji::scoreboard::run(settings);
}
