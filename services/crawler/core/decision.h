// What one sighting of a location means: an event, or none. The table of the crawler's design, as a
// pure function, so that it can be tested line by line.
#pragma once

#include <cstdint>
#include <string>

#include "common/core/clock.h"

namespace gouji::crawler {

// What the state remembers of a location's document.
struct Known {
  std::string payload_digest;  // hex, of the last published content; empty when sequence is 0
  std::int64_t sequence = 0;   // raw events so far
  bool withdrawn = false;      // the last event was a withdrawal
  UnixMillis missing_since = 0;
  int missing_count = 0;       // sightings of absence in a row
  std::string text_digest;     // hex, of the content's text and attachments; empty where it is not known
  friend bool operator==(const Known&, const Known&) = default;
};

enum class Sight {
  kContent,    // bytes were read; `payload_digest` says which
  kUnchanged,  // the server or the file system vouches that nothing changed
  kGone,       // absent, and the place where it would be is healthy
  kTransient,  // nothing can be said: unreachable, throttled, refused
};

struct Sighting {
  Sight sight = Sight::kTransient;
  std::string payload_digest;  // of kContent
  UnixMillis at = 0;
  std::string text_digest;     // of kContent, where it is known
};

// When absence counts as a withdrawal.
struct GoneRule {
  int sightings = 2;
  UnixMillis apart = 0;  // between the first of them and the last, milliseconds
};

enum class Change {
  kNone,       // nothing to tell
  kSame,       // content read, identical to what was published
  kChrome,     // other bytes, the same text: counters, menus, banners. No event
  kNew,        // first content of this location
  kChanged,    // other content than before
  kReturned,   // content after a withdrawal, whatever its digest
  kWithdrawn,  // absent for long enough
};

// `next` is what to remember; its sequence is one higher exactly when the change makes an event.
struct Decision {
  Change change = Change::kNone;
  Known next;
};

bool makes_event(Change change);
Decision decide(const Known& known, const Sighting& sighting, const GoneRule& rule);

}  // namespace gouji::crawler
