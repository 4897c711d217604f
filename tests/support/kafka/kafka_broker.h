// A real Kafka broker for tests.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji::testing {

// One broker of its own, with a new data folder; both are gone with this object, and the broker
// also when the program is killed.
class KafkaBroker {
 public:
  // kNotFound: Java or the jars are not on this machine; the message holds the line that installs
  // them.
  static Result<std::unique_ptr<KafkaBroker>> start();
  ~KafkaBroker();
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;

  const std::string& bootstrap() const { return bootstrap_; }  // HOST:PORT
  const std::string& folder() const { return folder_; }
  // "kill" (SIGKILL), "start" (again, on the same data and port), "pause", "resume".
  Result<void> tell(std::string_view command);

 private:
  KafkaBroker() = default;
  Result<std::string> answer();

  std::string folder_;
  std::string bootstrap_;
  pid_t pid_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
};

// The broker that the tests of a run share: GOUJI_TEST_BOOTSTRAP, or the one that ctest has
// started, or one that lives as long as this program. kNotFound as above.
Result<std::string> shared_kafka();

// The same broker (never the one of GOUJI_TEST_BOOTSTRAP) by a second way in, where it tells its
// clients that it listens at `proxy_port`: whoever listens there and forwards to `broker_port` sees
// all that they say. One test at a time.
struct ProxiedKafka {
  std::string bootstrap;  // without a proxy
  std::uint16_t proxy_port = 0;
  std::uint16_t broker_port = 0;
};
Result<ProxiedKafka> shared_proxied_kafka();
// CI=true: what is missing is a failure, not a skip.
bool is_required();

}  // namespace gouji::testing

// Leaves the test as skipped, with the line that installs what is missing; where CI=true a missing
// tool is a failure. Declares `name` = HOST:PORT.
#define GOUJI_SHARED_KAFKA(name)                                              \
  const auto name##_found = ::gouji::testing::shared_kafka();                 \
  if (!name##_found) GOUJI_WITHOUT_KAFKA(name##_found.error());               \
  const std::string& name = *name##_found

#define GOUJI_PROXIED_KAFKA(name)                                             \
  const auto name##_found = ::gouji::testing::shared_proxied_kafka();         \
  if (!name##_found) GOUJI_WITHOUT_KAFKA(name##_found.error());               \
  const ::gouji::testing::ProxiedKafka& name = *name##_found

#define GOUJI_OWN_KAFKA(name)                                                 \
  auto name##_found = ::gouji::testing::KafkaBroker::start();                 \
  if (!name##_found) GOUJI_WITHOUT_KAFKA(name##_found.error());               \
  ::gouji::testing::KafkaBroker& name = **name##_found

#define GOUJI_WITHOUT_KAFKA(error)                                            \
  do {                                                                        \
    if ((error).code == ::gouji::ErrorCode::kNotFound && !::gouji::testing::is_required()) \
      GTEST_SKIP() << (error).message;                                        \
    FAIL() << (error).message;                                                \
  } while (false)
