#include "services/crawler/core/frontier.h"

#include <algorithm>

#include "common/core/check.h"

namespace gouji::crawler {

Frontier::Host Frontier::host(std::string_view name, const PaceRules& rules) {
  const auto [found, is_new] = by_name_.emplace(std::string(name), static_cast<Host>(hosts_.size()));
  if (is_new) {
    hosts_.emplace_back();
    hosts_.back().name = found->first;
    hosts_.back().rules = rules;
    return found->second;
  }
  // Several sources of one host: the most careful of their wishes holds.
  PaceRules& known = hosts_[found->second].rules;
  known.delay_min = std::max(known.delay_min, rules.delay_min);
  known.requests_a_day = std::min(known.requests_a_day, rules.requests_a_day);
  known.concurrency = std::min(known.concurrency, rules.concurrency);
  return found->second;
}

void Frontier::add(Host host, const Task& task, const Now& now) {
  HostQueue& queue = hosts_[host];
  queue.later.push_back(task);
  std::push_heap(queue.later.begin(), queue.later.end(), LaterFirst{});
  waiting_ += 1;
  place(host, now);
}

// Puts a host where it will be found: among the candidates, or at the moment when it is one.
void Frontier::place(Host host, const Now& now) {
  HostQueue& queue = hosts_[host];
  while (!queue.later.empty() && queue.later.front().due_at <= now.tick) {
    std::pop_heap(queue.later.begin(), queue.later.end(), LaterFirst{});
    queue.ready.push_back(queue.later.back());
    queue.later.pop_back();
    std::push_heap(queue.ready.begin(), queue.ready.end(), LessUrgent{});
  }
  std::optional<Tick> timed_at;
  std::optional<std::int64_t> offered;
  if (queue.in_flight < queue.rules.concurrency && (!queue.ready.empty() || !queue.later.empty())) {
    const Tick due = queue.ready.empty() ? queue.later.front().due_at : now.tick;
    const Tick at = std::max(due, queue.pace.allowed_at(queue.rules, now));
    if (at <= now.tick) {
      offered = queue.ready.front().id;
    } else {
      timed_at = at;
    }
  }
  // What stands where it stood needs no second entry: a long list of one host is one timer.
  if (timed_at == queue.timed_at && offered == queue.offered) return;
  queue.turn += 1;
  queue.timed_at = timed_at;
  queue.offered = offered;
  if (offered) candidates_.push({queue.ready.front(), host, queue.turn});
  if (timed_at) timers_.push({*timed_at, host, queue.turn});
}

void Frontier::wake_hosts(const Now& now) {
  while (!timers_.empty() && timers_.top().at <= now.tick) {
    const Timer timer = timers_.top();
    timers_.pop();
    if (timer.turn != hosts_[timer.host].turn) continue;
    hosts_[timer.host].timed_at.reset();
    place(timer.host, now);
  }
}

std::optional<Frontier::Granted> Frontier::next(const Now& now) {
  wake_hosts(now);
  while (in_flight_ < options_.in_flight_max && !candidates_.empty()) {
    const Candidate candidate = candidates_.top();
    candidates_.pop();
    HostQueue& queue = hosts_[candidate.host];
    if (candidate.turn != queue.turn) continue;
    queue.offered.reset();
    std::pop_heap(queue.ready.begin(), queue.ready.end(), LessUrgent{});
    const Task task = queue.ready.back();
    queue.ready.pop_back();
    queue.in_flight += 1;
    waiting_ -= 1;
    in_flight_ += 1;
    queue.pace.started(queue.rules, now);
    place(candidate.host, now);
    return Granted{task.id, candidate.host, task.priority, task.due_at};
  }
  return std::nullopt;
}

void Frontier::done(Host host, const HostAnswer& answer, const Now& now) {
  hosts_[host].pace.answered(hosts_[host].rules, answer, now);
  release(host, now);
}

void Frontier::release(Host host, const Now& now) {
  GOUJI_CHECK(hosts_[host].in_flight > 0);
  hosts_[host].in_flight -= 1;
  in_flight_ -= 1;
  place(host, now);
}

std::optional<Tick> Frontier::next_at() {
  if (in_flight_ >= options_.in_flight_max) return std::nullopt;
  while (!candidates_.empty() && candidates_.top().turn != hosts_[candidates_.top().host].turn) candidates_.pop();
  if (!candidates_.empty()) return Tick{0};
  while (!timers_.empty() && timers_.top().turn != hosts_[timers_.top().host].turn) timers_.pop();
  if (timers_.empty()) return std::nullopt;
  return timers_.top().at;
}

Frontier::Lag Frontier::lag(const Now& now) const {
  Lag lag;
  const auto count = [&](const Task& task) {
    if (task.due_at > now.tick) return;
    lag.due += 1;
    lag.longest = std::max(lag.longest, now.tick - task.due_at);
  };
  for (const HostQueue& queue : hosts_) {
    for (const Task& task : queue.ready) count(task);
    for (const Task& task : queue.later) count(task);
  }
  return lag;
}

}  // namespace gouji::crawler
