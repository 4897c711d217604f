#include "services/crawler/core/decision.h"

namespace gouji::crawler {

namespace {

Known present(const Known& known) {
  Known next = known;
  next.missing_since = 0;
  next.missing_count = 0;
  return next;
}

Change change_of_content(const Known& known, const Sighting& seen) {
  if (known.sequence == 0) return Change::kNew;
  if (known.withdrawn) return Change::kReturned;
  if (known.payload_digest == seen.payload_digest) return Change::kSame;
  return !known.text_digest.empty() && known.text_digest == seen.text_digest ? Change::kChrome : Change::kChanged;
}

Decision decide_content(const Known& known, const Sighting& seen) {
  Decision decision{change_of_content(known, seen), present(known)};
  decision.next.payload_digest = seen.payload_digest;
  // The same bytes may have been read by a newer reader of texts.
  if (!seen.text_digest.empty() || decision.change != Change::kSame) decision.next.text_digest = seen.text_digest;
  if (!makes_event(decision.change)) return decision;
  decision.next.sequence += 1;
  decision.next.withdrawn = false;
  return decision;
}

Decision decide_gone(const Known& known, UnixMillis at, const GoneRule& rule) {
  if (known.sequence == 0 || known.withdrawn) return {Change::kNone, known};
  Known next = known;
  // A clock that went back starts the count again: too late is better than too early.
  if (next.missing_count == 0 || at < next.missing_since) {
    next.missing_count = 0;
    next.missing_since = at;
  }
  next.missing_count += 1;
  if (next.missing_count < rule.sightings || at - next.missing_since < rule.apart) {
    return {Change::kNone, next};
  }
  next = present(next);
  next.withdrawn = true;
  next.sequence += 1;
  return {Change::kWithdrawn, next};
}

}  // namespace

bool makes_event(Change change) {
  return change == Change::kNew || change == Change::kChanged || change == Change::kReturned ||
         change == Change::kWithdrawn;
}

Decision decide(const Known& known, const Sighting& sighting, const GoneRule& rule) {
  switch (sighting.sight) {
    case Sight::kContent:
      return decide_content(known, sighting);
    case Sight::kUnchanged:
      return {known.withdrawn ? Change::kNone : Change::kSame, present(known)};
    case Sight::kGone:
      return decide_gone(known, sighting.at, rule);
    case Sight::kTransient:
      break;
  }
  return {Change::kNone, known};
}

}  // namespace gouji::crawler
