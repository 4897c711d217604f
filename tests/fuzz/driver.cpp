// Runs a fuzz target without libFuzzer: every corpus file once, then variations of them for a
// second. Input i is a function of the seed and i, so a failure is repeated with the same seed.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));

namespace {

constexpr std::size_t kInputBytesMax = 64 * 1024;

std::uint64_t seed = 0;
std::uint64_t input_number = 0;

void tell_place() {
  char line[128];
  const int length = std::snprintf(line, sizeof line, "\nfailed at GOUJI_TEST_SEED=%llu input %llu\n",
                                   static_cast<unsigned long long>(seed),
                                   static_cast<unsigned long long>(input_number));
  if (write(STDERR_FILENO, line, static_cast<std::size_t>(length)) < 0) _exit(1);
}

void on_signal(int number) {
  tell_place();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

void run(const std::string& input) {
  ++input_number;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::vector<std::string> read_corpus(int count, char** folders) {
  std::vector<std::string> corpus;
  for (int i = 1; i < count; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folders[i])) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  }
  if (corpus.empty()) corpus.emplace_back();
  return corpus;
}

std::string vary(const std::vector<std::string>& corpus, std::uint64_t number) {
  std::mt19937_64 random(seed * 1'000'003 + number);
  const auto below = [&random](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  std::string input = corpus[below(corpus.size())].substr(0, kInputBytesMax);
  for (std::size_t change = 0; change <= below(8); ++change) {
    const std::size_t at = input.empty() ? 0 : below(input.size());
    const std::string& other = corpus[below(corpus.size())];
    const std::size_t from = other.empty() ? 0 : below(other.size());
    switch (below(4)) {
      case 0: input.insert(at, 1, static_cast<char>(below(256))); break;
      case 1: input.erase(at, below(64)); break;
      case 2: if (!input.empty()) input[at] = static_cast<char>(below(256)); break;
      default: input.replace(at, below(64), other.substr(from, below(256))); break;
    }
  }
  return input;
}

}  // namespace

int main(int argc, char** argv) {
  const char* given = std::getenv("GOUJI_TEST_SEED");
  seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, on_signal);
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(tell_place);

  const std::vector<std::string> corpus = read_corpus(argc, argv);
  for (const std::string& input : corpus) run(input);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (std::uint64_t number = 0; std::chrono::steady_clock::now() < end; ++number) run(vary(corpus, number));
  std::printf("%llu inputs, GOUJI_TEST_SEED=%llu\n", static_cast<unsigned long long>(input_number),
              static_cast<unsigned long long>(seed));
  return 0;
}
