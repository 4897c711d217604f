// What is said to a receiver about one transition of one anomaly, in the receiver's own shape.
// Sources: Alertmanager's API v2 (its OpenAPI file), Standard Webhooks 1.0 for the generic shape's headers,
// and the manuals of the group robots of WeCom, DingTalk, Feishu and of Slack's incoming webhooks.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/clock.h"
#include "common/report/verdict.h"
#include "services/gouji/notify/targets.h"

namespace gouji::command {

// One anomaly event for one receiver. `is_firing` is the receiver's view: an anomaly that still stands but no
// longer fits its filter, or that somebody waived, is over for it.
struct Notice {
  Anomaly anomaly;
  std::string delivery_id;  // the event's ce_id: repeats of a delivery have the same
  bool is_firing = true;
};

// Labels that identify an alert, sorted by name, as a JSON object; annotations beside them.
struct Alert {
  std::string labels;
  std::string annotations;
  std::string generator_url;
};
Alert alert_of(const Anomaly& anomaly);
// One element of the array for POST /api/v2/alerts. Times in milliseconds.
std::string alert_json(const Alert& alert, UnixMillis starts_at, UnixMillis ends_at);

// Body of a webhook, JSON; the same bytes at every attempt.
std::string webhook_body(const NotifyTarget& target, const Notice& notice);

// What an attempt adds: address, headers, and for Feishu two members of the body.
struct SignedPost {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
SignedPost sign(const NotifyTarget& target, std::string_view delivery_id, const std::string& body, UnixMillis now);

// Whether a reader of either learns the same: all but which event said so, and when the document was fetched.
bool says_the_same(const Anomaly& one, const Anomaly& other, UnixMillis now);

}  // namespace gouji::command
