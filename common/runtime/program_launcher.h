// What run_program tells the process that becomes the program, as its command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace gouji::runtime {

// The hidden first argument; orders follow.
inline constexpr std::string_view kLaunchArgument = "--gouji-launch";

struct LaunchOrders {
  pid_t parent = 0;
  std::int64_t memory_bytes_max = 0;
  std::int64_t file_bytes_max = 0;
  std::int64_t cpu_seconds_max = 0;
  bool may_start_others = false;
  std::string folder;
  std::string input;
  std::string program;
  std::vector<std::string> readable, environment, arguments;
};

std::vector<std::string> encode(const LaunchOrders& orders);
std::optional<LaunchOrders> decode_launch_orders(const std::vector<std::string>& words);

}  // namespace gouji::runtime
