// robots.txt: what a site asks of crawlers. After RFC 9309.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gouji::crawler {

inline constexpr std::size_t kRobotsBytesMax = 512 * 1024;

class Robots {
 public:
  // The rules for `product` ("GoujiCrawler"), else those for `*`. Bytes behind kRobotsBytesMax are not read.
  static Robots parse(std::string_view text, std::string_view product);
  static Robots allow_all() { return {}; }
  static Robots disallow_all();

  // `path_and_query` as in a canonical URL. The longest rule wins; a tie allows.
  bool is_allowed(std::string_view path_and_query) const;
  // Crawl-delay, which many sites write though RFC 9309 does not have it; at most a minute, 0 without.
  std::chrono::milliseconds crawl_delay() const { return crawl_delay_; }
  // Memory that the rules take, about.
  std::size_t byte_size() const;

 private:
  struct Rule {
    bool allows = false;
    std::string pattern;
  };
  std::vector<Rule> rules_;
  std::chrono::milliseconds crawl_delay_{0};
};

}  // namespace gouji::crawler
