// What is fetched next: a queue a host, the most urgent first, never more requests in flight on a
// host than it is to bear and never sooner than its pace allows. Holds numbers, not addresses, so
// that a million of them fit in memory. Pure: time comes in with every call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/crawler/core/host_pace.h"

namespace gouji::crawler {

// The order in which a host's due work is done. kNextHop: what a fetch that has begun still needs
// (a redirect, the page behind robots.txt, an attachment of a page that is in hand).
enum class Priority : std::uint8_t { kNextHop, kHotList, kNewArticle, kAttachment, kColdList, kVerify, kBackfill };

struct FrontierOptions {
  std::size_t in_flight_max = 256;  // over all hosts
};

class Frontier {
 public:
  using Host = std::uint32_t;
  struct Task {
    std::int64_t id = 0;  // the caller's
    Priority priority = Priority::kVerify;
    Tick due_at{0};
  };
  struct Granted {
    std::int64_t id = 0;
    Host host = 0;
    Priority priority = Priority::kVerify;
    Tick due_at{0};
  };

  explicit Frontier(FrontierOptions options) : options_(options) {}

  // The host of that name, made when it is new; `rules` then are its own.
  Host host(std::string_view name, const PaceRules& rules);
  const std::string& name(Host host) const { return hosts_[host].name; }
  const HostPace& pace(Host host) const { return hosts_[host].pace; }
  const PaceRules& rules(Host host) const { return hosts_[host].rules; }
  // Of a host without work so far: what an earlier run remembers.
  void restore(Host host, const HostPace& pace) { hosts_[host].pace = pace; }
  void set_robots_delay(Host host, std::chrono::milliseconds delay) { hosts_[host].pace.set_robots_delay(hosts_[host].rules, delay); }

  void add(Host host, const Task& task, const Now& now);
  // The most urgent task whose host is ready. It holds a slot of its host until done().
  std::optional<Granted> next(const Now& now);
  // The slot is free again, and the host's pace learns from the answer.
  void done(Host host, const HostAnswer& answer, const Now& now);
  // The slot is free again; nothing was asked of the host.
  void release(Host host, const Now& now);
  // The earliest moment at which next() may give something that it does not give now; nullopt while
  // that depends on done() or add() alone.
  std::optional<Tick> next_at();

  std::size_t waiting() const { return waiting_; }
  std::size_t in_flight() const { return in_flight_; }
  std::size_t hosts() const { return hosts_.size(); }
  // Tasks that are due and wait for their host, and how long the longest of them has been due.
  struct Lag {
    std::size_t due = 0;
    Tick longest{0};
  };
  Lag lag(const Now& now) const;

 private:
  struct LaterFirst {
    bool operator()(const Task& a, const Task& b) const { return a.due_at != b.due_at ? a.due_at > b.due_at : a.id > b.id; }
  };
  struct LessUrgent {
    bool operator()(const Task& a, const Task& b) const {
      return a.priority != b.priority ? a.priority > b.priority : LaterFirst{}(a, b);
    }
  };
  struct HostQueue {
    std::string name;
    PaceRules rules;
    HostPace pace;
    std::vector<Task> later;  // a heap: the earliest due first
    std::vector<Task> ready;  // a heap: the most urgent first
    std::uint32_t in_flight = 0;
    std::uint32_t turn = 0;   // entries of timers_ and candidates_ with another number are stale
    // Where the entry with that number is: nowhere, or a moment of timers_, or a candidate's task.
    std::optional<Tick> timed_at;
    std::optional<std::int64_t> offered;
  };
  struct Timer {
    Tick at{0};
    Host host = 0;
    std::uint32_t turn = 0;
    bool operator>(const Timer& other) const { return at != other.at ? at > other.at : host > other.host; }
  };
  struct Candidate {
    Task task;  // the most urgent of its host
    Host host = 0;
    std::uint32_t turn = 0;
    bool operator<(const Candidate& other) const { return LessUrgent{}(task, other.task); }
  };
  void place(Host host, const Now& now);
  void wake_hosts(const Now& now);

  FrontierOptions options_;
  std::vector<HostQueue> hosts_;
  std::unordered_map<std::string, Host> by_name_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::priority_queue<Candidate> candidates_;
  std::size_t waiting_ = 0;
  std::size_t in_flight_ = 0;
};

}  // namespace gouji::crawler
