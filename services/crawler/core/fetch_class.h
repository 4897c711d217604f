// How an attempt to read a document ended: one vocabulary for files and HTTP. A metric label.
#pragma once

#include <cstdint>
#include <string_view>

#include "services/crawler/core/decision.h"

namespace gouji::crawler {

enum class FetchClass : std::uint8_t {
  kOk,
  kNotModified,
  kGone,            // 404, 410; a file that is not there
  kThrottled,       // 429, 503
  kHttpError,       // any other status that is not a success
  kUnreadable,      // a file or directory
  kDns,
  kConnect,
  kTls,
  kTimeout,         // in all, or slower than the lowest speed
  kTruncated,       // fewer bytes than announced, or a body that does not decode
  kTooLarge,        // bytes, ratio of a compressed body, headers
  kRedirects,       // too many, in a circle, or to nowhere
  kRefusedAddress,  // scheme, port, user name in it, or not a public address
  kRobots,
  kSoft404,         // says with status 200 that there is nothing
  kBlocked,         // 401, 403, 451, a login page
  kChallenge,       // a script, cookie or captcha first
  kEmpty,           // an empty shell, the home page, or another page than the one asked for
  kBadList,         // a list page that cannot be read
  kStopped,         // the crawler is stopping
};
inline constexpr FetchClass kFetchClasses[] = {
    FetchClass::kOk,       FetchClass::kNotModified, FetchClass::kGone,      FetchClass::kThrottled,
    FetchClass::kHttpError, FetchClass::kUnreadable, FetchClass::kDns,       FetchClass::kConnect,
    FetchClass::kTls,      FetchClass::kTimeout,     FetchClass::kTruncated, FetchClass::kTooLarge,
    FetchClass::kRedirects, FetchClass::kRefusedAddress, FetchClass::kRobots, FetchClass::kSoft404,
    FetchClass::kBlocked,  FetchClass::kChallenge,   FetchClass::kEmpty,     FetchClass::kBadList,
    FetchClass::kStopped};

std::string_view to_string(FetchClass result);  // "ok", "not_modified", ...

// A refusal stands until the document or its address changes; everything else passes.
bool is_refusal(FetchClass result);
// The portal does not want us, or cannot be trusted to be itself: asked again after hours, not minutes.
bool is_shut_out(FetchClass result);
// What the attempt says about the document; kOk is kContent.
Sight sight_of(FetchClass result);

}  // namespace gouji::crawler
