#include "common/report/portal_page.h"

namespace gouji {

std::string_view to_string(PageClass page_class) {
  switch (page_class) {
    case PageClass::kOk: return "ok";
    case PageClass::kHop: return "hop";
    case PageClass::kGone: return "gone";
    case PageClass::kSoft404: return "soft404";
    case PageClass::kThrottled: return "throttled";
    case PageClass::kServerError: return "server_error";
    case PageClass::kBlocked: return "blocked";
    case PageClass::kLogin: return "login";
    case PageClass::kChallenge: return "challenge";
    case PageClass::kEmptyShell: return "empty_shell";
    case PageClass::kHomePage: return "home_page";
    case PageClass::kUnexpected: return "unexpected";
    case PageClass::kWrongType: return "wrong_type";
    case PageClass::kUnreadable: return "unreadable";
  }
  return "unreadable";
}

std::string_view to_string(DropReason reason) {
  switch (reason) {
    case DropReason::kNoAddress: return "no_address";
    case DropReason::kOtherHost: return "other_host";
    case DropReason::kUrlRefused: return "url_refused";
    case DropReason::kTitleRefused: return "title_refused";
    case DropReason::kNoTitle: return "no_title";
    case DropReason::kTwice: return "twice";
  }
  return "no_address";
}

}  // namespace gouji
