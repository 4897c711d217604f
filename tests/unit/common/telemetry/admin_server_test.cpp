#include "common/telemetry/admin_server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/telemetry/http_server.h"
#include "tests/support/simulated_clock.h"

namespace gouji::telemetry {
namespace {

using gouji::testing::SimulatedClock;

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Endpoint {
  Endpoint() : health(clock), server(AdminServer::start("127.0.0.1:0", metrics, health)) {
    EXPECT_TRUE(server.has_value());
  }
  int port() const { return std::stoi((*server)->address().substr(std::string("127.0.0.1:").size())); }

  SimulatedClock clock;
  Metrics metrics;
  Health health;
  Result<std::unique_ptr<AdminServer>> server;
};

class Client {
 public:
  explicit Client(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False once the other end has hung up.
  bool say(std::string_view text) const {
    return send(socket_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // Everything until the other end closes.
  std::string listen() const {
    std::string all;
    char buffer[4096];
    for (ssize_t got = 0; (got = recv(socket_, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
    return all;
  }

 private:
  int socket_;
};

std::string get(int port, std::string_view path) {
  const Client client(port);
  client.say("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return client.listen();
}

TEST(AdminServer, AnswersAScrape) {
  Endpoint endpoint;
  endpoint.metrics.counter("gouji_a_total", "Things.").add(3);
  EXPECT_THAT(get(endpoint.port(), "/metrics"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("text/plain; version=0.0.4"),
                    HasSubstr("\ngouji_a_total 3\n"), HasSubstr("process_open_fds ")));
}

TEST(AdminServer, SaysWhetherTheProcessLivesAndIsReady) {
  Endpoint endpoint;
  endpoint.health.expect_heartbeat("parser", 1s);
  endpoint.health.expect_ready("log");
  endpoint.health.beat("parser");
  EXPECT_THAT(get(endpoint.port(), "/healthz"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("parser: turns")));
  EXPECT_THAT(get(endpoint.port(), "/readyz"), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("log: not ready")));
  endpoint.health.set_ready("log", true);
  endpoint.clock.advance(2s);
  EXPECT_THAT(get(endpoint.port(), "/healthz"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(get(endpoint.port(), "/readyz"), StartsWith("HTTP/1.1 200"));
}

TEST(AdminServer, OnlyReads) {
  const Endpoint endpoint;
  const Client client(endpoint.port());
  client.say("POST /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(client.listen(), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(get(endpoint.port(), "/secret"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("/metrics")));
}

TEST(AdminServer, RefusesAnEndlessHeader) {
  const Endpoint endpoint;
  const Client client(endpoint.port());
  std::string request = "GET / HTTP/1.1\r\nX: ";
  request.append(kHttpRequestBytesMax, 'x');
  client.say(request);
  EXPECT_THAT(client.listen(), StartsWith("HTTP/1.1 431"));
}

TEST(AdminServer, AnswersARequestThatComesByteByByte) {
  const Endpoint endpoint;
  const Client client(endpoint.port());
  for (const char c : std::string("GET /healthz HTTP/1.1\r\n\r\n")) ASSERT_TRUE(client.say({&c, 1}));
  EXPECT_THAT(client.listen(), StartsWith("HTTP/1.1 200"));
}

TEST(AdminServer, AnswersAlthoughManyOthersSayNothing) {
  const Endpoint endpoint;
  std::vector<std::unique_ptr<Client>> idle;
  for (std::size_t i = 0; i < 3 * kHttpConnectionsMax; ++i) {
    idle.push_back(std::make_unique<Client>(endpoint.port()));
    idle.back()->say("GET /metrics HTTP/1.1\r\nX: ");
  }
  EXPECT_THAT(get(endpoint.port(), "/metrics"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(idle.front()->listen(), "");  // it made room
}

TEST(HttpServer, CutsAConnectionAfterItsTime) {
  const auto server = HttpServer::start("127.0.0.1:0", [](std::string_view) { return HttpAnswer{}; }, 20ms);
  ASSERT_TRUE(server.has_value());
  const Client client(std::stoi((*server)->address().substr(std::string("127.0.0.1:").size())));
  client.say("GET /metrics HTTP/1.1\r\nX: ");
  EXPECT_EQ(client.listen(), "");
}

TEST(AdminServer, AnswersManyClientsAtOnce) {
  const Endpoint endpoint;
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        if (get(endpoint.port(), "/metrics").starts_with("HTTP/1.1 200")) ++good;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 200);
}

TEST(AdminServer, RefusesAnAddressThatIsNone) {
  Endpoint endpoint;
  for (const char* bad : {"", "9464", "localhost", ":9464", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                          "127.0.0.1:-1", "::1:9464"}) {
    const auto server = AdminServer::start(bad, endpoint.metrics, endpoint.health);
    ASSERT_FALSE(server.has_value()) << bad;
    EXPECT_EQ(server.error().code, ErrorCode::kBadSettings) << bad;
  }
}

TEST(AdminServer, SaysThatItsPortIsTaken) {
  Endpoint endpoint;
  const auto second = AdminServer::start((*endpoint.server)->address(), endpoint.metrics, endpoint.health);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(second.error().message, AllOf(HasSubstr((*endpoint.server)->address()), HasSubstr("in use")));
}

}  // namespace
}  // namespace gouji::telemetry
