// One hop of a fetch while libcurl works on it: callbacks, limits, and what came of it. For
// http_fetcher.cpp alone.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "services/crawler/core/address_guard.h"
#include "services/crawler/io/http_fetcher.h"

namespace gouji::crawler {

// Request headers; freed with the hop.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  void add(const std::string& line);
  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

// Lives from start to end of a transfer at one place: libcurl holds its address.
struct Hop {
  FetchRequest request;
  HttpFetcher::Done done;
  const HttpLimits* limits = nullptr;
  const AddressGuard* guard = nullptr;
  CURL* handle = nullptr;
  HeaderList header_list;
  UnixMillis began_at = 0;
  bool keeps_exchange = false;
  bool is_cut = false;
  std::list<Hop>::iterator self;  // where it lives

  std::string encoded;
  std::string request_head, response_head;
  std::vector<HttpHeader> headers;
  std::size_t kept_header_bytes = 0;
  std::int64_t header_bytes = 0;
  std::string content_encoding;
  std::string location;
  std::string refused_address;  // the last one that was refused
  bool opened = false;          // some address was allowed
  std::array<char, CURL_ERROR_SIZE> error{};  // what libcurl says went wrong
  std::optional<FetchClass> aborted;
  std::string why;

  void abort(FetchClass result, std::string message) {
    aborted = result;
    why = std::move(message);
  }
};

// Makes the handle ready for the hop's request.
void prepare(Hop& hop, const std::string& user_agent, std::chrono::milliseconds left);
// What came of it.
FetchResult result_of(Hop& hop, CURLcode code, UnixMillis now);
// Whether libcurl reads the same host and port in the address as this program does.
bool is_read_alike(const Url& url);

}  // namespace gouji::crawler
