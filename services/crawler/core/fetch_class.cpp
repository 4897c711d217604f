#include "services/crawler/core/fetch_class.h"

namespace gouji::crawler {

std::string_view to_string(FetchClass result) {
  switch (result) {
    case FetchClass::kOk:
      return "ok";
    case FetchClass::kNotModified:
      return "not_modified";
    case FetchClass::kGone:
      return "gone";
    case FetchClass::kThrottled:
      return "throttled";
    case FetchClass::kHttpError:
      return "http_error";
    case FetchClass::kUnreadable:
      return "unreadable";
    case FetchClass::kDns:
      return "dns";
    case FetchClass::kConnect:
      return "connect";
    case FetchClass::kTls:
      return "tls";
    case FetchClass::kTimeout:
      return "timeout";
    case FetchClass::kTruncated:
      return "truncated";
    case FetchClass::kTooLarge:
      return "too_large";
    case FetchClass::kRedirects:
      return "redirects";
    case FetchClass::kRefusedAddress:
      return "refused_address";
    case FetchClass::kRobots:
      return "robots";
    case FetchClass::kSoft404:
      return "soft404";
    case FetchClass::kBlocked:
      return "blocked";
    case FetchClass::kChallenge:
      return "challenge";
    case FetchClass::kEmpty:
      return "empty";
    case FetchClass::kBadList:
      return "bad_list";
    case FetchClass::kStopped:
      return "stopped";
  }
  return "stopped";
}

bool is_refusal(FetchClass result) {
  return result == FetchClass::kTooLarge || result == FetchClass::kRefusedAddress || result == FetchClass::kRobots;
}

bool is_shut_out(FetchClass result) { return result == FetchClass::kBlocked || result == FetchClass::kChallenge || result == FetchClass::kTls; }

Sight sight_of(FetchClass result) {
  switch (result) {
    case FetchClass::kOk:
      return Sight::kContent;
    case FetchClass::kNotModified:
      return Sight::kUnchanged;
    case FetchClass::kGone:
      return Sight::kGone;
    default:
      return Sight::kTransient;
  }
}

}  // namespace gouji::crawler
