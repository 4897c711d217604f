// SIGTERM and SIGINT, turned into a request to stop; the second one, or a stop that outlasts its
// limit, ends the process at once with exit code 75.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <vector>

namespace gouji::runtime {

// One per process, created in main before any thread (it blocks the signals, for good, and takes them
// in a thread of its own). SIGPIPE is ignored. The destructor waits for actions that run.
class StopSignal {
 public:
  explicit StopSignal(std::chrono::milliseconds limit);
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool requested() const;
  // Runs on a thread of this object, in order of registration, once; at once, on the caller's, if a
  // stop is already requested. An action that hangs is ended by the limit.
  void on_stop(std::function<void()> action);
  // None of them runs any more, nor will: call it before what they use is destroyed.
  void forget_actions();
  // As if a signal had come.
  void request();
  // Waits until a stop is requested or `wait` is over; true when requested.
  bool wait_for(std::chrono::milliseconds wait) const;

 private:
  struct State;
  State* state_;
};

}  // namespace gouji::runtime
