#include "common/runtime/worker_frame.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <limits>
#include <vector>

#include "common/core/check.h"

namespace gouji::runtime {

namespace {

static_assert(std::endian::native == std::endian::little, "frames are written as they lie in memory");

using Length = std::uint32_t;

// What remains of a frame, for a call that takes many parts at once. The parts must outlive it.
class Unsent {
 public:
  Unsent(std::string_view bytes, std::span<const std::string_view> more) {
    parts_.reserve(2 + more.size());
    add({reinterpret_cast<const char*>(&length_), sizeof length_});
    std::size_t size = add(bytes);
    for (const std::string_view part : more) size += add(part);
    GOUJI_CHECK(size <= std::numeric_limits<Length>::max());
    length_ = static_cast<Length>(size);
  }
  Unsent(const Unsent&) = delete;
  Unsent& operator=(const Unsent&) = delete;
  bool is_empty() const { return first_ == parts_.size(); }
  iovec* parts() { return parts_.data() + first_; }
  std::size_t count() const { return std::min<std::size_t>(parts_.size() - first_, kPartsMax); }
  void drop(std::size_t sent) {
    while (first_ < parts_.size()) {
      iovec& part = parts_[first_];
      const std::size_t here = std::min(sent, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + here;
      part.iov_len -= here;
      sent -= here;
      if (part.iov_len > 0) return;
      ++first_;
    }
  }

 private:
  static constexpr std::size_t kPartsMax = 64;  // of one call; the kernel takes 1,024

  std::size_t add(std::string_view bytes) {
    parts_.push_back({const_cast<char*>(bytes.data()), bytes.size()});
    return bytes.size();
  }

  Length length_ = 0;
  std::vector<iovec> parts_;
  std::size_t first_ = 0;
};

// False when the deadline is over.
bool wait_for(int socket, short events, FrameDeadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waited{socket, events, 0};
    const int ready = poll(&waited, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready > 0) return true;
    GOUJI_CHECK(ready == 0 || errno == EINTR);
  }
}

bool must_wait() { return errno == EAGAIN || errno == EWOULDBLOCK; }

FrameStatus receive_all(int socket, char* to, std::size_t size, FrameDeadline deadline) {
  while (size > 0) {
    const ssize_t got = recv(socket, to, size, MSG_DONTWAIT);
    if (got > 0) {
      to += got;
      size -= static_cast<std::size_t>(got);
      // A worker that dribbles must not outrun the clock.
      if (size > 0 && std::chrono::steady_clock::now() >= deadline) return FrameStatus::kTimeout;
    } else if (got < 0 && must_wait()) {
      if (!wait_for(socket, POLLIN, deadline)) return FrameStatus::kTimeout;
    } else if (got == 0 || errno != EINTR) {
      return FrameStatus::kClosed;
    }
  }
  return FrameStatus::kOk;
}

bool read_all(int descriptor, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = read(descriptor, to, size);
    if (got > 0) {
      to += got;
      size -= static_cast<std::size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string encode(const WorkerOrders& orders) {
  const std::array<std::int64_t, 3> fields{orders.parent, orders.memory_bytes_max, orders.request_bytes_max};
  static_assert(sizeof fields == kWorkerOrdersBytes);
  return {reinterpret_cast<const char*>(fields.data()), sizeof fields};
}

WorkerOrders decode_orders(std::string_view bytes) {
  GOUJI_CHECK(bytes.size() == kWorkerOrdersBytes);
  std::array<std::int64_t, 3> fields{};
  std::memcpy(fields.data(), bytes.data(), sizeof fields);
  return {fields[0], fields[1], fields[2]};
}

FrameStatus send_frame(int socket, std::string_view bytes, FrameDeadline deadline) {
  return send_frame(socket, bytes, {}, deadline);
}

FrameStatus send_frame(int socket, std::string_view bytes, std::span<const std::string_view> more, FrameDeadline deadline) {
  Unsent unsent(bytes, more);
  while (!unsent.is_empty()) {
    msghdr message{};
    message.msg_iov = unsent.parts();
    message.msg_iovlen = unsent.count();
    const ssize_t sent = sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) {
      unsent.drop(static_cast<std::size_t>(sent));
    } else if (must_wait()) {
      if (!wait_for(socket, POLLOUT, deadline)) return FrameStatus::kTimeout;
    } else if (errno != EINTR) {
      return FrameStatus::kClosed;
    }
  }
  return FrameStatus::kOk;
}

ReceivedFrame receive_frame(int socket, std::size_t bytes_max, FrameDeadline deadline) {
  Length length = 0;
  const auto head = receive_all(socket, reinterpret_cast<char*>(&length), sizeof length, deadline);
  if (head != FrameStatus::kOk) return {head, {}, 0};
  if (length > bytes_max) return {FrameStatus::kTooLarge, {}, length};
  std::string bytes(length, '\0');
  const auto body = receive_all(socket, bytes.data(), bytes.size(), deadline);
  if (body != FrameStatus::kOk) return {body, {}, 0};
  return {FrameStatus::kOk, std::move(bytes), length};
}

bool write_frame(int descriptor, std::string_view bytes) {
  Unsent unsent(bytes, {});
  while (!unsent.is_empty()) {
    const ssize_t written = writev(descriptor, unsent.parts(), static_cast<int>(unsent.count()));
    if (written >= 0)
      unsent.drop(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return false;
  }
  return true;
}

ReceivedFrame read_frame(int descriptor, std::size_t bytes_max) {
  Length length = 0;
  if (!read_all(descriptor, reinterpret_cast<char*>(&length), sizeof length)) return {};
  if (length > bytes_max) return {FrameStatus::kTooLarge, {}, length};
  std::string bytes(length, '\0');
  if (!read_all(descriptor, bytes.data(), bytes.size())) return {};
  return {FrameStatus::kOk, std::move(bytes), length};
}

}  // namespace gouji::runtime
