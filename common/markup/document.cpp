#include "common/markup/document.h"

#include <algorithm>
#include <iterator>

namespace gouji {
namespace {

bool is_one_to_one(const SourceRun& run) {
  return run.where.page == 0 && run.where.end - run.where.begin == run.text.end - run.text.begin;
}

// The part of a run that the range touches.
Where part_of(const SourceRun& run, TextRange range) {
  Where where = run.where;
  if (!is_one_to_one(run)) return where;
  const std::uint32_t begin = std::clamp(range.begin, run.text.begin, run.text.end);
  const std::uint32_t end = std::clamp(range.end, begin, run.text.end);
  where.begin = run.where.begin + (begin - run.text.begin);
  where.end = run.where.begin + (end - run.text.begin);
  return where;
}

Where both(const Where& first, const Where& last) {
  if (first.part != last.part) return first;
  Where where = first;
  where.begin = std::min(first.begin, last.begin);
  where.end = std::max(first.end, last.end);
  if (first.page != last.page) return where;
  where.left = std::min(first.left, last.left);
  where.top = std::min(first.top, last.top);
  where.right = std::max(first.right, last.right);
  where.bottom = std::max(first.bottom, last.bottom);
  return where;
}

}  // namespace

Link Document::link_from_here(std::string_view address) {
  Link link;
  link.address.begin = static_cast<std::uint32_t>(addresses.size());
  addresses.append(address);
  link.address.end = static_cast<std::uint32_t>(addresses.size());
  link.text.begin = static_cast<std::uint32_t>(text.size());
  link.block = static_cast<std::uint32_t>(blocks.size());
  return link;
}

Where Document::where(TextRange range) const {
  if (runs.empty()) return {};
  // The last run that begins at or before the range's begin; runs do not overlap.
  auto first =
      std::upper_bound(runs.begin(), runs.end(), range.begin,
                       [](std::uint32_t at, const SourceRun& run) { return at < run.text.begin; });
  if (first != runs.begin()) --first;
  if (range.empty()) return part_of(*first, range);
  if (first->text.end <= range.begin && std::next(first) != runs.end() &&
      std::next(first)->text.begin < range.end) {
    ++first;
  }
  Where where = part_of(*first, range);
  for (auto run = std::next(first); run != runs.end() && run->text.begin < range.end; ++run) {
    where = both(where, part_of(*run, range));
  }
  return where;
}

}  // namespace gouji
