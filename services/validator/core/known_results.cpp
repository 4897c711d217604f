#include "services/validator/core/known_results.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>

namespace gouji::validator {
namespace {

constexpr std::size_t kProbesMax = 16;

bool are_same(const Mark& a, const Mark& b) {
  return a.rule == b.rule && a.instance.data() == b.instance.data() && a.instance.size() == b.instance.size() &&
         a.status == b.status && a.reason == b.reason && a.severity == b.severity;
}

std::uint64_t hash_of(const std::vector<Said>& said) {
  std::uint64_t hash = said.size();
  const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL; hash ^= hash >> 29U; };
  for (const Said& each : said) {
    const Mark& mark = each.mark();
    mix(reinterpret_cast<std::uintptr_t>(mark.rule) ^ (static_cast<std::uint64_t>(mark.status) << 60U) ^
        (static_cast<std::uint64_t>(mark.reason) << 52U) ^ (static_cast<std::uint64_t>(mark.severity) << 50U));
    mix(reinterpret_cast<std::uintptr_t>(mark.instance.data()) ^ (std::uint64_t{mark.instance.size()} << 52U));
  }
  return hash;
}

std::unique_ptr<KnownResults> make(const std::vector<Said>& said) {
  auto list = std::make_unique<KnownResults>();
  for (const Said& each : said) {
    list->marks.push_back(each.mark());
    list->results.push_back(named(each.mark()));
    add_digested(list->results.back(), list->digested);
  }
  return list;
}

bool is_list(const KnownResults& list, const std::vector<Said>& said) {
  return std::equal(list.marks.begin(), list.marks.end(), said.begin(), said.end(),
                    [](const Mark& mark, const Said& each) { return are_same(mark, each.mark()); });
}

// A table that only grows, so a reader needs no lock and a list that lost the race is thrown away.
const KnownResults* find_or_keep(const std::vector<Said>& said) {
  static std::array<std::atomic<const KnownResults*>, kKnownListsMax> lists{};
  std::size_t at = hash_of(said) % lists.size();
  for (std::size_t probe = 0; probe < kProbesMax; ++probe, at = (at + 1) % lists.size()) {
    const KnownResults* list = lists[at].load(std::memory_order_acquire);
    if (list == nullptr) {
      auto made = make(said);
      if (lists[at].compare_exchange_strong(list, made.get(), std::memory_order_acq_rel)) return made.release();
    }
    if (is_list(*list, said)) return list;
  }
  return nullptr;
}

}  // namespace

ResultList list_of(const std::vector<Said>& said) {
  ResultList list;
  const bool are_marks = std::none_of(said.begin(), said.end(), [](const Said& each) { return each.full() != nullptr; });
  if (are_marks && !said.empty()) list.known = find_or_keep(said);
  if (list.known != nullptr) return list;
  list.results.reserve(said.size());
  for (const Said& each : said) list.results.push_back(named(each));
  return list;
}

void add_digested(std::span<const Cell> cells, std::string& text) {
  constexpr std::size_t kCellBytesMost = 11;
  const std::size_t before = text.size();
  text.resize(before + cells.size() * kCellBytesMost);
  char* at = text.data() + before;
  for (const Cell& cell : cells) {
    *at++ = static_cast<char>('0' + static_cast<int>(cell.state));
    for (auto left = static_cast<std::uint64_t>(cell.value); left != 0; left >>= 7U)
      *at++ = static_cast<char>((left & 127U) | 128U);
  }
  text.resize(static_cast<std::size_t>(at - text.data()));
}

void add_digested(const RuleResult& result, std::string& text) {
  // That a copy came or went and says the same is no news of the report.
  if (result.rule == "S.COPY" && result.status != RuleStatus::kFailed) return;
  // The order of results follows from the tables' forms, so a plain pass needs no name.
  if (result.status == RuleStatus::kPassed && result.reason.empty()) {
    text += '.';
    return;
  }
  text.append("|").append(result.rule).append("/").append(result.instance).append(result.reason);
  text += static_cast<char>('0' + static_cast<int>(result.status));
  text += static_cast<char>('0' + static_cast<int>(result.severity));
  if (result.difference) text += "d" + std::to_string(*result.difference);
  for (const Operand& operand : result.operands) {
    text += "," + operand.cell;
    add_digested(std::span(&operand.value, 1), text);
  }
}

}  // namespace gouji::validator
