// What follows from repeated aborts. One record can make a broker refuse every transaction that
// holds it; without this the stage would go round for ever.
//
// After `limit` aborts in a row the records of the last transaction are taken one by one. A record
// whose own transaction is aborted `limit` times, and which has an output large enough for a broker to
// refuse, is condemned: it becomes a dead letter. With small outputs the record is not to blame (a
// permission may be missing), and when even the dead letter is aborted `limit` times nothing is: then
// only a restart, or an operator, can help.
#pragma once

#include <chrono>
#include <map>
#include <utility>

#include "common/eventlog/open_transaction.h"

namespace gouji::eventlog {

class AbortPolicy {
 public:
  explicit AbortPolicy(int limit) : limit_(limit) {}

  void aborted(const OpenTransaction& transaction);
  // A transaction whose outcome was unknown, and which did not happen: nobody's record is to blame.
  void unsettled();
  void committed(const OpenTransaction& transaction);
  void revoked(const TopicPartition& at);

  bool is_single(const TopicPartition& at) const { return single_until_.contains(at); }
  bool is_condemned(const StoredRecord& stored) const;
  bool is_hopeless() const { return is_hopeless_; }
  // How long to wait before the next try: nothing after the first abort, then doubling to 5 s.
  std::chrono::milliseconds pause() const;

 private:
  using Place = std::pair<TopicPartition, std::int64_t>;
  const int limit_;
  int aborts_in_a_row_ = 0;
  bool is_hopeless_ = false;
  Offsets single_until_;            // partitions taken record by record up to there
  std::map<Place, int> lone_aborts_;  // of records that were alone in their transaction
};

}  // namespace gouji::eventlog
