#include "services/parser/core/layout/row_labels.h"

#include <algorithm>
#include <cmath>

#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Parts of the character height.
constexpr float kLineGap = 0.6F;   // between two lines of one label
constexpr float kBeside = 0.35F;   // a row of values this far above or below its label is beside it
constexpr float kReach = 0.9F;     // the farthest label that is still a row's own
// Labels side by side that are still open while fields go down the page.
constexpr std::size_t kOpenMax = 6;
// Rows that one label can stand beside; the name of a group stands beside eight.
constexpr std::size_t kBesideMax = 64;

// Fields of one label, one below the other.
struct Block {
  Box box;
  float size = 0;
  std::vector<std::uint32_t> fields;
  std::uint32_t row = LabelField::kNoRow;  // that it shares a line with
  std::vector<std::uint32_t> beside;       // rows of values between its top and its bottom
};

bool is_parted(std::span<const float> separators, float upper, float lower) {
  const auto behind = std::lower_bound(separators.begin(), separators.end(), upper);
  return behind != separators.end() && *behind < lower;
}

class LabelFinder {
 public:
  LabelFinder(std::span<const LabelField> fields, std::span<const float> rows, std::span<const float> separators)
      : fields_(fields), rows_(rows), separators_(separators), labels_(rows.size()) {}

  std::vector<RowLabel> run() {
    find_blocks();
    for (Block& block : blocks_) find_rows_beside(block);
    for (const Block& block : blocks_) candidates(block);
    for (std::uint32_t row = 0; row < rows_.size(); ++row) choose(row);
    for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
      if (!is_used_[i]) add_to_group(i);
    }
    for (RowLabel& label : labels_) {
      std::sort(label.group.begin(), label.group.end());
      std::sort(label.own.begin(), label.own.end());
    }
    return std::move(labels_);
  }

 private:
  bool goes_on(const Block& block, const LabelField& field) const {
    if (field.starts_item) return false;
    const float shared = std::min(block.box.right, field.field.box.right) - std::max(block.box.left, field.field.box.left);
    if (shared < 0.5F * std::min(width(block.box), width(field.field.box))) return false;
    if (field.field.box.top - block.box.bottom > kLineGap * std::min(block.size, field.size)) return false;
    if (field.row != LabelField::kNoRow && block.row != LabelField::kNoRow) return false;
    return !is_parted(separators_, middle_y(block.box), middle_y(field.field.box));
  }

  void find_blocks() {
    for (std::uint32_t i = 0; i < fields_.size(); ++i) {
      const LabelField& field = fields_[i];
      Block* found = nullptr;
      const std::size_t oldest = blocks_.size() > kOpenMax ? blocks_.size() - kOpenMax : 0;
      for (std::size_t at = blocks_.size(); at-- > oldest && found == nullptr;) {
        if (goes_on(blocks_[at], field)) found = &blocks_[at];
      }
      if (found == nullptr) {
        blocks_.push_back({field.field.box, field.size, {}, LabelField::kNoRow, {}});
        found = &blocks_.back();
      }
      found->box = unite(found->box, field.field.box);
      found->fields.push_back(i);
      if (found->row == LabelField::kNoRow) found->row = field.row;
    }
    is_used_.assign(blocks_.size(), false);
    beside_.resize(rows_.size());
  }

  void find_rows_beside(Block& block) const {
    const float slack = kBeside * block.size;
    auto row = std::lower_bound(rows_.begin(), rows_.end(), block.box.top - slack);
    for (; row != rows_.end() && *row <= block.box.bottom + slack && block.beside.size() < kBesideMax; ++row) {
      if (is_parted(separators_, std::min(*row, middle_y(block.box)), std::max(*row, middle_y(block.box)))) continue;
      block.beside.push_back(static_cast<std::uint32_t>(row - rows_.begin()));
    }
  }

  void candidates(const Block& block) {
    const auto index = static_cast<std::uint32_t>(&block - blocks_.data());
    for (const std::uint32_t row : block.beside) beside_[row].push_back(index);
  }

  // The rightmost label beside the row is its own, the others name its group.
  void choose(std::uint32_t row) {
    const Block* own = nullptr;
    for (const std::uint32_t i : beside_[row]) {
      if (own == nullptr || blocks_[i].box.left > own->box.left) own = &blocks_[i];
    }
    if (own == nullptr) own = nearest(row);
    if (own == nullptr) return;
    take_own(*own, row);
  }

  // A label that ends a little above the row or begins a little below it, and has no row yet.
  const Block* nearest(std::uint32_t row) const {
    const float y = rows_[row];
    const auto behind = std::lower_bound(blocks_.begin(), blocks_.end(), y,
                                         [](const Block& block, float at) { return block.box.top < at; });
    const auto at = static_cast<std::size_t>(behind - blocks_.begin());
    const Block* found = nullptr;
    float least = 0;
    for (std::size_t i = at > kOpenMax ? at - kOpenMax : 0; i < std::min(blocks_.size(), at + kOpenMax); ++i) {
      const Block& block = blocks_[i];
      const float distance = std::max(block.box.top - y, y - block.box.bottom);
      if (!block.beside.empty() || distance > kReach * block.size || (found != nullptr && distance >= least)) continue;
      if (is_parted(separators_, std::min(y, middle_y(block.box)), std::max(y, middle_y(block.box)))) continue;
      found = &block;
      least = distance;
    }
    return found;
  }

  // Of a block beside several rows, lines that no gap parts, each row gets the lines nearest to it.
  void take_own(const Block& block, std::uint32_t row) {
    is_used_[static_cast<std::size_t>(&block - blocks_.data())] = true;
    for (const std::uint32_t i : block.fields) {
      if (block.beside.size() < 2 || nearest_row(block, i) == row) labels_[row].own.push_back(i);
    }
  }

  std::uint32_t nearest_row(const Block& block, std::uint32_t field) const {
    const float y = middle_y(fields_[field].field.box);
    return *std::min_element(block.beside.begin(), block.beside.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::fabs(rows_[a] - y) < std::fabs(rows_[b] - y);
    });
  }

  void add_to_group(std::uint32_t index) {
    if (rows_.empty()) return;
    const Block& block = blocks_[index];
    const float y = middle_y(block.box);
    auto row = std::lower_bound(rows_.begin(), rows_.end(), y);
    if (row == rows_.end() || (row != rows_.begin() && y - *(row - 1) <= *row - y)) --row;
    auto& group = labels_[static_cast<std::size_t>(row - rows_.begin())].group;
    group.insert(group.end(), block.fields.begin(), block.fields.end());
  }

  std::span<const LabelField> fields_;
  std::span<const float> rows_;
  std::span<const float> separators_;
  std::vector<Block> blocks_;
  std::vector<bool> is_used_;
  std::vector<std::vector<std::uint32_t>> beside_;  // blocks beside each row
  std::vector<RowLabel> labels_;
};

}  // namespace

std::vector<RowLabel> find_row_labels(std::span<const LabelField> fields, std::span<const float> rows,
                                      std::span<const float> separators) {
  return LabelFinder(fields, rows, separators).run();
}

}  // namespace gouji::parser
