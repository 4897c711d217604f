#include "tests/support/simulation/stage.h"

#include <algorithm>
#include <charconv>

#include "tests/support/record_of.h"

namespace gouji::testing::simulation {

using namespace eventlog;  // NOLINT: this file implements its interface

namespace {

// More than what a broker is never told to refuse.
constexpr std::size_t kCursedBytes = 64 * 1024;

int number_at(std::string_view& text, char end) {
  int number = 0;
  const std::size_t length = std::min(text.find(end), text.size());
  std::from_chars(text.data(), text.data() + length, number);
  text.remove_prefix(std::min(length + 1, text.size()));
  return number;
}

}  // namespace

std::string text_of(const Input& input) { return input.key + ":" + std::to_string(input.number) + ":" + input.kind; }

Input input_of(std::string_view text) {
  Input input;
  const std::size_t colon = text.find(':');
  input.key = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  input.number = number_at(text, ':');
  input.kind = text.empty() ? '?' : text.front();
  return input;
}

std::string text_of(const KeyState& state) {
  return std::to_string(state.last) + "," + std::to_string(state.count) + "," + std::to_string(state.made_by) + "," +
         std::to_string(state.version);
}

KeyState key_state_of(std::string_view text) {
  KeyState state;
  state.last = number_at(text, ',');
  state.count = number_at(text, ',');
  state.made_by = number_at(text, ',');
  state.version = number_at(text, ',');
  return state;
}

std::optional<KeyState> SimulatedStage::find(const std::string& key, StageContext& context) const {
  if (const auto kept = kept_.find(key); kept != kept_.end()) return kept->second;
  const std::string* text = context.state().get(key);
  return text == nullptr ? std::nullopt : std::optional(key_state_of(*text));
}

void SimulatedStage::put(const std::string& key, const KeyState& state, StageContext& context) {
  context.state().put(key, text_of(state));
  if (traits_.keeps_state) kept_[key] = state;
}

Result<void> SimulatedStage::process(const StoredRecord& stored, StageContext& context) {
  const Input input = input_of(stored.record.value.value_or(""));
  KeyState state = find(input.key, context).value_or(KeyState{0, 0, traits_.version, traits_.version});
  const bool is_news = !traits_.is_careful || input.number > state.last;
  if (is_news) {
    state.last = input.number;
    ++state.count;
    const bool fails = traits_.is_bad_build || input.kind == 'p' || input.kind == 's';
    // Staged and emitted before the error, so that taking both back is tested.
    if (fails) context.state().put(input.key, text_of(state));
    if (!fails) put(input.key, state, context);
    const std::string effect = input.key + ":" + std::to_string(input.number) + "#" + std::to_string(state.count);
    context.emit(to("out", stored.at.partition, input.kind == 'c' ? "cursed" + std::string(kCursedBytes, 'x') : effect));
  }
  if (traits_.is_bad_build || input.kind == 'p') return invalid_input(ErrorCode::kMalformed, "poison");
  if (input.kind == 's') return invalid_input(ErrorCode::kNotAReport, "no report");
  if (input.kind == 'u' && traits_.is_away && traits_.is_away()) return unavailable(ErrorCode::kBlobMissing, "away");
  return ok();
}

std::vector<std::string> SimulatedStage::keys_to_work_on(const KeyedState& state) {
  std::vector<std::string> keys;
  for (const auto& [key, text] : state.committed()) {
    if (key_state_of(text).version < traits_.version) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<void> SimulatedStage::work_on(const std::string& key, std::int32_t partition, StageContext& context) {
  auto state = find(key, context);
  if (!state || state->version >= traits_.version) return ok();
  state->version = traits_.version;
  put(key, *state, context);
  context.emit(to("out", partition, key + ":0!" + std::to_string(state->count)));
  return ok();
}

}  // namespace gouji::testing::simulation
