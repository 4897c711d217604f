#include "services/parser/core/layout/band_runs.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Between two rows of one table, in character heights.
constexpr float kRowReach = 9;
// A wrapped label begins at most this far above the first row and ends this far below the last.
constexpr float kLabelReach = 6;
// The bands with the line's values in them; nothing when a value does not fit.
std::optional<std::vector<Band>> with_values(std::vector<Band> bands, std::span<const Field> fields, std::uint32_t first) {
  std::vector<Band> merged;
  auto band = bands.begin();
  for (std::uint32_t i = first; i < fields.size(); ++i) {
    const Box& box = fields[i].box;
    while (band != bands.end() && band->right < box.left) merged.push_back(*band++);
    Band own{box.left, box.right};
    std::size_t overlapped = 0;
    for (; band != bands.end() && band->left <= box.right; ++band, ++overlapped) {
      own = {std::min(own.left, band->left), std::max(own.right, band->right)};
    }
    if (overlapped > 1) return std::nullopt;
    if (!merged.empty() && merged.back().right >= own.left) return std::nullopt;
    merged.push_back(own);
  }
  merged.insert(merged.end(), band, bands.end());
  return merged;
}

class RunFinder {
 public:
  RunFinder(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page, std::uint32_t columns_max)
      : ink_(ink), fragments_(fragments), page_(page), columns_max_(columns_max) {}

  std::vector<BandRun> find() {
    for (std::size_t i = 0; i < page_.lines.size(); ++i) {
      const FieldLine& line = page_.lines[i];
      if (line.is_row && line.count - line.first_value <= columns_max_) {
        add_row(i);
      } else if (!is_label_line(line)) {
        free_ = i + 1;
        is_open_ = false;
      }
    }
    std::size_t behind = 0;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      BandRun& run = runs_[i];
      add_labels_below(run, i + 1 < runs_.size() ? runs_[i + 1].begin : page_.lines.size());
      run.labels = run.begin;
      if (run.bands.size() > 1) {
        find_columns(run, behind);
      }
      if (run.header) run.begin = run.header->first_line;
      behind = run.end;
    }
    return std::move(runs_);
  }

 private:
  float height_of(std::size_t line) const { return middle_y(page_.lines[line].line.box); }

  // All of it stands left of the values.
  bool is_label_line(const FieldLine& line) const {
    if (!is_open_) return !line.is_row && is_narrow(line);
    const float left = runs_.back().bands.front().left;
    return page_.of(line).back().box.right <= left + 0.5F * line.line.size;
  }

  // In front of the first row nobody knows yet where values begin; running text is no label.
  bool is_narrow(const FieldLine& line) const { return line.count <= 2 && width(line.line.box) < 30 * line.line.size; }

  void add_row(std::size_t at) {
    const FieldLine& line = page_.lines[at];
    if (is_open_) {
      BandRun& run = runs_.back();
      auto bands = with_values(run.bands, page_.of(line), line.first_value);
      if (bands && bands->size() <= columns_max_ && height_of(at) - height_of(run.rows.back()) <= kRowReach * line.line.size) {
        run.bands = std::move(*bands);
        run.rows.push_back(at);
        run.end = at + 1;
        return;
      }
      free_ = run.end;
    }
    BandRun run;
    run.begin = first_label(at);
    run.end = at + 1;
    run.rows.push_back(at);
    for (std::uint32_t i = line.first_value; i < line.count; ++i) {
      const Box& box = page_.of(line)[i].box;
      run.bands.push_back({box.left, box.right});
    }
    runs_.push_back(std::move(run));
    is_open_ = true;
  }

  // The first line above the row that may belong to its label.
  std::size_t first_label(std::size_t row) const {
    const FieldLine& line = page_.lines[row];
    const float left = page_.of(line)[line.first_value].box.left;
    std::size_t first = row;
    while (first > free_ && height_of(row) - height_of(first - 1) <= kLabelReach * line.line.size &&
           page_.of(page_.lines[first - 1]).back().box.right <= left + 0.5F * line.line.size) {
      --first;
    }
    return first;
  }

  // The header tells the columns, also those that are blank in every row. Where it does not, bands
  // side by side are two columns for certain if a row has values in both.
  void find_columns(BandRun& run, std::size_t begin) {
    HeaderPlace place{run.bands, begin, run.begin, left_of_header(run)};
    if (auto columns = header_columns(ink_, fragments_, page_, place)) {
      run.bands = std::move(*columns);
      run.is_certain = run.bands.size() <= columns_max_;
    } else {
      run.is_certain = stand_together(run);
    }
    place.bands = run.bands;
    if (run.is_certain) run.header = find_header(ink_, fragments_, page_, place);
  }

  // Where labels end.
  float left_of_header(const BandRun& run) const {
    float left = 0;
    for (const std::size_t row : run.rows) {
      const FieldLine& line = page_.lines[row];
      if (line.first_value > 0) left = std::max(left, page_.of(line)[line.first_value - 1].box.right);
    }
    return left;
  }

  bool stand_together(const BandRun& run) const {
    std::vector<bool> is_met(run.bands.size(), false);  // with the band in front of it
    is_met[0] = true;
    for (const std::size_t row : run.rows) {
      const auto fields = page_.of(page_.lines[row]).subspan(page_.lines[row].first_value);
      std::size_t last = run.bands.size();
      std::size_t band = 0;
      for (const Field& field : fields) {
        while (run.bands[band].right < field.box.left) ++band;
        if (band > 0 && last == band - 1) is_met[band] = true;
        last = band;
      }
    }
    return std::all_of(is_met.begin(), is_met.end(), [](bool met) { return met; });
  }

  void add_labels_below(BandRun& run, std::size_t limit) const {
    const std::size_t last = run.rows.back();
    const float size = page_.lines[last].line.size;
    while (run.end < limit && height_of(run.end) - height_of(last) <= kLabelReach * size &&
           page_.of(page_.lines[run.end]).back().box.right <= run.bands.front().left + 0.5F * size) {
      ++run.end;
    }
  }

  const PageInk& ink_;
  std::span<const Fragment> fragments_;
  const PageFields& page_;
  std::uint32_t columns_max_;
  std::vector<BandRun> runs_;
  std::size_t free_ = 0;  // lines in front of it belong to no later run
  bool is_open_ = false;
};

}  // namespace

std::vector<BandRun> find_band_runs(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                                    std::uint32_t columns_max) {
  return RunFinder(ink, fragments, page, columns_max).find();
}

}  // namespace gouji::parser
