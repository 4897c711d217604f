#include "common/runtime/worker_frame.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include <gtest/gtest.h>

namespace gouji::runtime {
namespace {

using namespace std::chrono_literals;

struct Channel {
  Channel() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0); }
  ~Channel() {
    close(ends[0]);
    close(ends[1]);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  std::array<int, 2> ends{};
};

FrameDeadline in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

TEST(WorkerFrame, IsALengthInLittleEndianAndTheBytes) {
  const Channel channel;
  ASSERT_EQ(send_frame(channel.ends[0], "abc", in(10s)), FrameStatus::kOk);
  std::array<char, 16> bytes{};
  ASSERT_EQ(read(channel.ends[1], bytes.data(), bytes.size()), 7);
  EXPECT_EQ(std::string(bytes.data(), 7), std::string("\3\0\0\0abc", 7));
}

TEST(WorkerFrame, ArrivesAsItWasSentInBothDirections) {
  const Channel channel;
  for (const auto& text : {std::string(), std::string("x"), std::string(1000, '\0')}) {
    ASSERT_EQ(send_frame(channel.ends[0], text, in(10s)), FrameStatus::kOk);
    const auto down = read_frame(channel.ends[1], 1000);
    EXPECT_EQ(down.status, FrameStatus::kOk);
    EXPECT_EQ(down.bytes, text);
    ASSERT_TRUE(write_frame(channel.ends[1], text));
    const auto up = receive_frame(channel.ends[0], 1000, in(10s));
    EXPECT_EQ(up.status, FrameStatus::kOk);
    EXPECT_EQ(up.bytes, text);
  }
}

TEST(WorkerFrame, IsSentInPiecesAndArrivesAsOne) {
  const Channel channel;
  const std::vector<std::string_view> more(200, "bc");
  const std::vector<std::string_view> with_empty{"", "x", ""};
  ASSERT_EQ(send_frame(channel.ends[0], "a", more, in(10s)), FrameStatus::kOk);
  ASSERT_EQ(send_frame(channel.ends[0], "", with_empty, in(10s)), FrameStatus::kOk);
  std::string all = "a";
  for (const std::string_view part : more) all += part;
  EXPECT_EQ(read_frame(channel.ends[1], 1000).bytes, all);
  EXPECT_EQ(read_frame(channel.ends[1], 1000).bytes, "x");
}

TEST(WorkerFrame, IsRefusedByItsAnnouncementAlone) {
  const Channel channel;
  ASSERT_EQ(write(channel.ends[1], "\x65\0\0\0", 4), 4);
  const auto frame = receive_frame(channel.ends[0], 100, in(10s));
  EXPECT_EQ(frame.status, FrameStatus::kTooLarge);
  EXPECT_EQ(frame.announced, 101U);
  ASSERT_EQ(write(channel.ends[0], "\xff\xff\xff\xff", 4), 4);
  EXPECT_EQ(read_frame(channel.ends[1], 100).status, FrameStatus::kTooLarge);
}

TEST(WorkerFrame, EndsAtTheDeadlineWhetherItBeganOrNot) {
  const Channel channel;
  EXPECT_EQ(receive_frame(channel.ends[0], 100, in(5ms)).status, FrameStatus::kTimeout);
  ASSERT_EQ(write(channel.ends[1], "\3\0\0\0a", 5), 5);
  EXPECT_EQ(receive_frame(channel.ends[0], 100, in(5ms)).status, FrameStatus::kTimeout);
  EXPECT_EQ(send_frame(channel.ends[0], std::string(10'000'000, 'x'), in(5ms)), FrameStatus::kTimeout);
}

TEST(WorkerFrame, EndsWithTheOtherSide) {
  Channel channel;
  ASSERT_EQ(write(channel.ends[1], "\3\0\0\0a", 5), 5);
  close(channel.ends[1]);
  EXPECT_EQ(receive_frame(channel.ends[0], 100, in(10s)).status, FrameStatus::kClosed);
  EXPECT_EQ(send_frame(channel.ends[0], "x", in(10s)), FrameStatus::kClosed);
  EXPECT_EQ(read_frame(channel.ends[0], 100).status, FrameStatus::kClosed);
  channel.ends[1] = -1;
}

TEST(WorkerFrame, CarriesTheOrders) {
  const WorkerOrders orders{123, 1LL << 40, 7};
  const auto decoded = decode_orders(encode(orders));
  EXPECT_EQ(decoded.parent, orders.parent);
  EXPECT_EQ(decoded.memory_bytes_max, orders.memory_bytes_max);
  EXPECT_EQ(decoded.request_bytes_max, orders.request_bytes_max);
}

}  // namespace
}  // namespace gouji::runtime
