// Where a walk through a list goes on, and where it ends.
#include <algorithm>

#include "services/crawler/core/portal.h"

namespace gouji::crawler {

namespace {

constexpr std::int32_t kDepthMax = 2;

// A page that says nothing can come from a page size that the portal does not take.
bool has_other_size(const PagingRule& paging, const ListCursor& cursor) {
  return cursor.page == 0 && cursor.page_size + 1 < static_cast<std::int32_t>(paging.page_sizes.size());
}

bool is_older(const ListReading& list, const std::string& oldest_day) {
  if (oldest_day.empty() || list.rows.empty()) return false;
  return std::all_of(list.rows.begin(), list.rows.end(), [&](const PageRow& row) { return !row.date.empty() && row.date < oldest_day; });
}

bool is_all(const PagingRule& paging, const ListCursor& cursor, const ListReading& list) {
  if (!list.total) return false;
  return paging.total_is_pages ? cursor.page + 1 >= *list.total : cursor.offset + list.rows_seen >= *list.total;
}

StopReason stop_of(const ListRule& list, const ListCursor& cursor, const PageAnswer& answer, const WalkFacts& facts) {
  const PagingRule& paging = list.paging;
  if (answer.page_class == PageClass::kGone || answer.page_class == PageClass::kSoft404) return StopReason::kNotFound;
  if (answer.page_class != PageClass::kOk || answer.list.rows_seen == 0) return StopReason::kEmpty;
  const bool repeats = !facts.rows_digest.empty() && facts.rows_digest == answer.list.rows_digest;
  if (repeats) return StopReason::kRepeat;
  if (paging.kind == PagingKind::kNone) return StopReason::kOnePage;
  if (is_older(answer.list, facts.oldest_day)) return StopReason::kOlder;
  if (paging.stop_no_new && facts.rows_new == 0 && !facts.is_backfill && !facts.goes_on) return StopReason::kNoNew;
  if (is_all(paging, cursor, answer.list)) return StopReason::kTotal;
  if (cursor.page + 1 >= list.max_pages) return StopReason::kMaxPages;
  if (paging.kind == PagingKind::kNextLink && answer.list.next.empty()) return StopReason::kNoNext;
  const bool is_elsewhere = !cursor.address.empty() && paging.kind != PagingKind::kNextLink && paging.kind != PagingKind::kPath;
  return is_elsewhere ? StopReason::kOnePage : StopReason::kGoesOn;
}

}  // namespace

std::string_view to_string(StopReason reason) {
  switch (reason) {
    case StopReason::kGoesOn: return "goes_on";
    case StopReason::kOnePage: return "one_page";
    case StopReason::kEmpty: return "empty";
    case StopReason::kRepeat: return "repeat";
    case StopReason::kNoNew: return "no_new";
    case StopReason::kOlder: return "older";
    case StopReason::kNotFound: return "not_found";
    case StopReason::kTotal: return "total";
    case StopReason::kMaxPages: return "max_pages";
    case StopReason::kNoNext: return "no_next";
  }
  return "empty";
}

PagingStep next_page(const Portal& portal, const ListCursor& cursor, const PageAnswer& answer, const WalkFacts& facts) {
  PagingStep step;
  const ListRule* list = find_list(portal, cursor.list);
  if (list == nullptr) return {std::nullopt, StopReason::kEmpty, {}};
  step.stopped = stop_of(*list, cursor, answer, facts);
  ListCursor next = cursor;
  if (step.stopped == StopReason::kGoesOn) {
    next.page += 1;
    next.offset += answer.list.rows_seen;
    if (list->paging.kind == PagingKind::kNextLink) next.address = answer.list.next;
    step.next = std::move(next);
  } else if (step.stopped == StopReason::kEmpty && has_other_size(list->paging, cursor)) {
    next.page_size += 1;
    step.next = std::move(next);
    step.stopped = StopReason::kGoesOn;
  }
  if (cursor.depth + 1 >= kDepthMax) return step;
  for (const std::string& address : answer.list.follow) {
    ListCursor inner;
    inner.list = cursor.list;
    inner.report_year = cursor.report_year;
    inner.depth = cursor.depth + 1;
    inner.address = address;
    step.follow.push_back(std::move(inner));
  }
  return step;
}

}  // namespace gouji::crawler
