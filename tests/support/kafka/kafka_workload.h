// What the tests of the Kafka log do over and over.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/eventlog/log.h"

namespace gouji::testing {

// GOUJI_CHECKs that it worked. Short sessions and transactions, so that tests need not wait.
// `settings` come on top.
std::unique_ptr<eventlog::EventLog> open_kafka(
    const std::string& bootstrap, const std::map<std::string, std::string>& settings = {});
// A name that no other test uses.
std::string new_name(const std::string& prefix);
std::string new_topic(eventlog::EventLog& log, std::int32_t partitions);
// A group and a transactional id of its own, where none are given.
std::unique_ptr<eventlog::StageLog> open_stage(eventlog::EventLog& log, const std::string& input,
                                               const std::string& group = "",
                                               const std::string& transactional_id = "");

// The values "0", "1", … are appended with the value as key, from `begin` to before `end`.
void append_numbers(eventlog::EventLog& log, const std::string& topic, int begin, int end);
std::vector<std::string> numbers(int begin, int end);
// Committed values of all partitions, sorted by number. Waits for a broker that is away.
std::vector<std::string> read_numbers(eventlog::EventLog& log, const std::string& topic);

// Polls until `count` records have come, at most 60 s.
std::vector<eventlog::StoredRecord> poll_until(eventlog::StageLog& stage, std::size_t count);
// Asks again and again for at most 60 s.
bool becomes_true(const std::function<bool()>& condition);

}  // namespace gouji::testing
