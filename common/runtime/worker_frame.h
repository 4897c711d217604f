// Frames between a program and its worker: a u32 length (little-endian), then the bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gouji::runtime {

inline constexpr int kWorkerChannel = 3;
// The worker's first frame, once its privileges are gone.
inline constexpr std::string_view kWorkerGreeting = "gouji-worker-1";

// The program's first frame: what the worker needs before it gives up its privileges.
struct WorkerOrders {
  std::int64_t parent = 0;
  std::int64_t memory_bytes_max = 0;
  std::int64_t request_bytes_max = 0;
};
inline constexpr std::size_t kWorkerOrdersBytes = 24;
std::string encode(const WorkerOrders& orders);
WorkerOrders decode_orders(std::string_view bytes);  // of kWorkerOrdersBytes bytes

enum class FrameStatus { kOk, kClosed, kTooLarge, kTimeout };

// Waits until `deadline` at the most, on a socket. kTooLarge comes before any byte is stored. The
// `bytes` of a result that is not kOk are empty; for kTooLarge `announced` says how many were to come.
struct ReceivedFrame {
  FrameStatus status = FrameStatus::kClosed;
  std::string bytes;
  std::size_t announced = 0;
};
using FrameDeadline = std::chrono::steady_clock::time_point;
FrameStatus send_frame(int socket, std::string_view bytes, FrameDeadline deadline);
// One frame of these bytes and, behind them, `more`: large parts are not put together first.
FrameStatus send_frame(int socket, std::string_view bytes, std::span<const std::string_view> more, FrameDeadline deadline);
ReceivedFrame receive_frame(int socket, std::size_t bytes_max, FrameDeadline deadline);

// The worker's side: blocks, and uses no system call but read and write.
bool write_frame(int descriptor, std::string_view bytes);
ReceivedFrame read_frame(int descriptor, std::size_t bytes_max);

}  // namespace gouji::runtime
