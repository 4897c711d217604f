#include "common/eventlog/stage.h"

#include <algorithm>

namespace gouji::eventlog {

const std::string* KeyedState::get(std::string_view key) const {
  const std::string owned(key);
  if (const auto staged = staged_index_.find(owned); staged != staged_index_.end()) {
    const auto& value = staged_[staged->second].second;
    return value ? &*value : nullptr;
  }
  const auto found = committed_.find(owned);
  return found == committed_.end() ? nullptr : &found->second;
}

void KeyedState::put(std::string_view key, std::string value) { stage(key, std::move(value)); }

void KeyedState::erase(std::string_view key) { stage(key, std::nullopt); }

void KeyedState::stage(std::string_view key, std::optional<std::string> value) {
  const auto [entry, is_new] = staged_index_.try_emplace(std::string(key), staged_.size());
  if (is_new) {
    undo_.push_back({entry->second, true, std::nullopt});
    staged_.emplace_back(std::string(key), std::move(value));
    return;
  }
  undo_.push_back({entry->second, false, std::move(staged_[entry->second].second)});
  staged_[entry->second].second = std::move(value);
}

std::size_t KeyedState::largest_since_mark() const {
  std::size_t largest = 0;
  for (const Undo& undo : undo_) {
    const auto& [key, value] = staged_[undo.index];
    largest = std::max(largest, key.size() + (value ? value->size() : 0));
  }
  return largest;
}

void KeyedState::roll_back_to_mark() {
  for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) {
    if (undo->was_new) {
      staged_index_.erase(staged_.back().first);
      staged_.pop_back();
    } else {
      staged_[undo->index].second = std::move(undo->before);
    }
  }
  undo_.clear();
}

void KeyedState::apply_staged() {
  for (auto& [key, value] : staged_) restore(std::move(key), std::move(value));
  discard_staged();
}

void KeyedState::discard_staged() {
  staged_.clear();
  staged_index_.clear();
  undo_.clear();
}

void KeyedState::restore(std::string key, std::optional<std::string> value) {
  if (value) {
    committed_.insert_or_assign(std::move(key), std::move(*value));
  } else {
    committed_.erase(key);
  }
}

}  // namespace gouji::eventlog
