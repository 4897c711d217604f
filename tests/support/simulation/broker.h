// A broker as transactional clients meet it (Kafka's protocol with transaction.version 1): records
// of an open transaction stand in the partitions at once; a commit is decided in one moment, but its
// markers reach the partitions one after the other, and readers of committed records wait for them;
// a copy of a request that was sent twice may arrive any time later, and only the producer's epoch
// holds it off. One group of at most two members. No time of its own and no randomness.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/eventlog/log.h"

namespace gouji::testing::simulation {

inline constexpr int kTopics = 6;
inline constexpr int kPartitions = 2;
inline constexpr std::array<const char*, kTopics> kTopicNames{"in", "more", "in.dlq.g", "more.dlq.g", "out", "state"};
enum Topic { kIn, kMore, kDead, kDeadMore, kOut, kState };  // a second input shares the state of the first

// A partition of a topic.
constexpr int place_of(int topic, int partition) { return topic * kPartitions + partition; }
int place_of(const eventlog::TopicPartition& at);
inline constexpr int kPlaces = kTopics * kPartitions;
inline constexpr int kOffsetsPlace = kPlaces;  // where committed offsets are kept; has markers, too

struct Entry {
  eventlog::Record record;
  int transaction = -1;  // -1: of none
  bool is_marker = false;
  bool is_gone = false;  // compacted away
};

struct Places {
  std::vector<int> places;
  void add(int place);
  bool remove(int place);
};

enum class Fate { kOpen, kCommitted, kAborted };
struct Transaction {
  int producer = 0;
  Fate fate = Fate::kOpen;
  Places unmarked;  // places that it wrote to and that do not have its marker yet
};

struct Producer {
  int epoch = 0;
  int open = -1;       // transaction
  int ending = -1;     // decided; markers are still under way
  std::int64_t deadline = 0;  // the coordinator aborts an open transaction then
};

// A request of a producer, as it stands on the wire.
struct Request {
  enum Kind { kOffsets, kCommit, kAbort } kind;
  int producer = 0;
  int epoch = 0;
  int member = 0;
  int generation = 0;
  eventlog::Offsets offsets;
};

enum class Answer { kOk, kStaleEpoch, kStaleMember, kNoTransaction };

class Broker {
 public:
  // --- producers
  int open_producer(int producer);  // its new epoch
  // Another transaction than `wanted` (-1: a new one) is open, or none: kNoTransaction.
  Answer append(int producer, int epoch, int& wanted, const eventlog::Outgoing& outgoing);
  Answer apply(const Request& request);
  void append_outside(const eventlog::Outgoing& outgoing);
  // The coordinator gives the producer's transaction up, and its epoch with it.
  void time_out(int producer);
  void time_out_after(std::int64_t now);
  void set_deadline(int producer, std::int64_t deadline) { producers_[producer].deadline = deadline; }
  bool has_marker_due() const;
  void write_marker(int choice);
  void write_all_markers();

  // --- readers
  std::int64_t end(int place, eventlog::Isolation isolation) const;
  bool is_visible(const Entry& entry, int place, eventlog::Isolation isolation) const;
  const std::vector<Entry>& entries(int place) const { return entries_[static_cast<std::size_t>(place)]; }
  std::int64_t begin(int place) const { return begins_[static_cast<std::size_t>(place)]; }
  // What compaction would let go of now, in a partition of committed records.
  void compact(int place);

  // --- the group
  struct Group {
    int generation = 0;
    bool is_preparing = false;
    std::array<bool, 2> is_member{};
    std::array<bool, 2> has_joined{};
    std::array<int, kPartitions> owner{-1, -1};
    int turn = 0;  // makes partitions move
  };
  const Group& group() const { return group_; }
  void join(int member);
  void leave(int member);
  void rebalance();
  bool is_current(int member, int generation) const { return group_.is_member[static_cast<std::size_t>(member)] && generation == group_.generation; }
  // Of a partition of an input.
  std::optional<std::int64_t> committed(int place) const { return committed_[static_cast<std::size_t>(place)]; }
  bool is_offset_pending(int place) const;
  void forget_offsets() { committed_ = {}; }

  bool ignores_generations = false;  // a planted mistake
  int regressions = 0;               // committed offsets that went back

 private:
  struct PendingOffset {
    int transaction;
    int place;
    std::int64_t offset;
  };
  int ensure_open(int producer);
  void decide(int producer, Fate fate);
  void mark(int transaction, int place);
  void finish(int producer);
  void complete_group();
  std::vector<Entry>& at(int place) { return entries_[static_cast<std::size_t>(place)]; }

  std::array<std::vector<Entry>, kPlaces> entries_;
  std::array<std::int64_t, kPlaces> begins_{};
  std::vector<Transaction> transactions_;
  std::map<int, Producer> producers_;
  std::vector<std::pair<int, int>> due_;  // transaction, place
  std::vector<PendingOffset> pending_offsets_;
  std::array<std::optional<std::int64_t>, kPlaces> committed_;
  Group group_;
};

}  // namespace gouji::testing::simulation
