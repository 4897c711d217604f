// A world of its own for one test process: a network namespace in which every address on earth, v4
// and v6, is this machine, with a name server that answers what the test says. Whatever a program
// connects to is seen here, so "it connected to nothing private" can be proven and not assumed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace gouji::testing_support {

struct NameAnswer {
  std::vector<std::string> v4, v6;
  std::string alias;  // CNAME
};

class FakeWorld {
 public:
  struct Touch {
    std::string address;  // that was connected to: "8.8.4.4", "fd00::1"
    int port = 0;
    std::string request;  // its first line; empty when none came
  };

  // Moves the calling process into the world. Says why not, when that is not allowed here; nothing
  // when it is done. Before any thread is started.
  static std::optional<std::string> enter();

  FakeWorld();  // listens on its ports on every address
  ~FakeWorld();
  FakeWorld(const FakeWorld&) = delete;
  FakeWorld& operator=(const FakeWorld&) = delete;

  // What a name resolves to; `asked` counts the pairs of questions (A and AAAA) before this one.
  void name(const std::string& name, std::function<NameAnswer(int asked)> answer);
  void name(const std::string& name, NameAnswer answer);
  // The answer to GET /to?n: a whole HTTP answer. Everything else is answered "reached".
  void answer(int number, std::string bytes);
  // The answer to GET of a path of one host.
  void answer(const std::string& host, const std::string& path, std::string bytes);

  std::vector<Touch> touches() const;
  void forget();
  static constexpr int kPorts[] = {80, 443, 22, 25, 2375, 6379, 8080, 9092, 9100, 10250};

 private:
  void serve(int listener, int port);
  void take(int connection, int port);
  void serve_names();
  std::string reply_to(const std::string& question);
  NameAnswer resolve(const std::string& name, bool is_v6);

  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, std::function<NameAnswer(int)>> names_;
  std::map<std::string, int> asked_;
  std::map<std::string, std::string> answers_;  // by path, or host and path
  std::vector<Touch> touches_;
  std::vector<std::thread> threads_;
};

}  // namespace gouji::testing_support
