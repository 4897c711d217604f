#include "services/gouji/io/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "common/core/check.h"

namespace gouji::command {
namespace {

constexpr std::size_t kAnswerMax = 64 * 1024;
constexpr long kConnectMillis = 5'000;
constexpr long kTotalMillis = 15'000;
constexpr std::chrono::seconds kRetryAfterMax{3'600};

// Taking less than what came ends the request.
std::size_t take(char* data, std::size_t size, std::size_t count, void* user) {
  auto& body = *static_cast<std::string*>(user);
  const std::size_t bytes = std::min(size * count, kAnswerMax - std::min(body.size(), kAnswerMax));
  body.append(data, bytes);
  return bytes;
}

// The status is known and the rest of the answer is too long or too slow: what there is, is the answer.
bool is_cut_short(CURLcode code, long status) {
  return status >= 200 && (code == CURLE_WRITE_ERROR || code == CURLE_OPERATION_TIMEDOUT || code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR);
}

int progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) { return static_cast<const std::atomic<bool>*>(user)->load() ? 1 : 0; }

struct HeaderList {
  curl_slist* list = nullptr;
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list); }
};

}  // namespace

HttpClient::HttpClient(const std::atomic<bool>& stopping) : handle_(nullptr), stopping_(stopping) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  GOUJI_CHECK(ready == CURLE_OK);
  handle_ = curl_easy_init();
  GOUJI_CHECK(handle_ != nullptr);
}
HttpClient::~HttpClient() { curl_easy_cleanup(handle_); }

Result<HttpAnswer> HttpClient::get(const std::string& url) {
  curl_easy_reset(handle_);
  return perform(url);
}

Result<HttpAnswer> HttpClient::post(const std::string& url, const std::vector<std::pair<std::string, std::string>>& headers, const std::string& body) {
  curl_easy_reset(handle_);
  HeaderList list;
  for (const auto& [name, value] : headers) list.list = curl_slist_append(list.list, fmt::format("{}: {}", name, value).c_str());
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, list.list);
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, body.c_str());
  return perform(url);
}

Result<HttpAnswer> HttpClient::perform(const std::string& url) {
  HttpAnswer answer;
  std::array<char, CURL_ERROR_SIZE> error{};
  curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, "gouji-notify");
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS, kConnectMillis);
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, kTotalMillis);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(handle_, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle_, CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(handle_, CURLOPT_XFERINFODATA, &stopping_);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error.data());
  const CURLcode code = curl_easy_perform(handle_);
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &answer.status);
  if (code != CURLE_OK && !is_cut_short(code, answer.status))
    return unavailable(ErrorCode::kTimeout, error[0] == '\0' ? curl_easy_strerror(code) : error.data());
  curl_off_t retry = 0;
  if (curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &retry) == CURLE_OK && retry > 0)
    answer.retry_after = std::min(std::chrono::seconds(retry), kRetryAfterMax);
  return answer;
}

}  // namespace gouji::command
