// A pass-through stage as a process of its own, for tests that kill it:
//   kafka_pass_through BOOTSTRAP INPUT OUTPUT GROUP ORDINAL RECORDS_A_TRANSACTION [NAME=VALUE…]
// with settings of librdkafka at the end.
// Runs until it is killed or its runner ends; prints how it ended.
#include <cstdlib>
#include <iostream>

#include "tests/support/kafka/pass_through.h"

int main(int count, char** words) {
  if (count < 7) return 64;
  gouji::testing::PassOptions options;
  options.bootstrap = words[1];
  options.input = words[2];
  options.output = words[3];
  options.group = words[4];
  options.ordinal = words[5];
  options.transaction_records_max = std::strtoul(words[6], nullptr, 10);
  for (int i = 7; i < count; ++i) {
    const std::string setting = words[i];
    const auto equals = setting.find('=');
    if (equals == std::string::npos) return 64;
    options.settings.insert_or_assign(setting.substr(0, equals), setting.substr(equals + 1));
  }
  gouji::testing::PassRun run(options);
  const auto end = run.runner().run();
  std::cerr << "ended: " << run.runner().end_reason() << std::endl;
  return end == gouji::eventlog::RunnerEnd::kFenced ? 76 : 69;
}
