// What an answer means: whether the receiver took the message, and if not, what is wrong with what.
#pragma once

#include <string>
#include <string_view>

#include "services/gouji/notify/targets.h"

namespace gouji::command {

struct Refusal {
  enum class Kind {
    kNone,      // it was taken
    kMessage,   // this message is not wanted; the next one may be
    kReceiver,  // the receiver is down, or its address or secret is wrong
    kTooFast,   // too many messages
  };
  Kind kind = Kind::kNone;
  std::string text;
};

// 2xx, and for robots that say no with 200 the code in the answer.
Refusal refusal_of(const NotifyTarget& target, long status, std::string_view answer);

}  // namespace gouji::command
