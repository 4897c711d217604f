// gouji-fake-portal: one site for each family, on 127.0.0.2, 127.0.0.3, …, with reports of some
// organs and years. Orders go to any of them: curl -X POST 'http://127.0.0.2:8600/_ctl/publish?year=2024'.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/fake_portal/site.h"
#include "tests/support/report_frame.h"

namespace {

using namespace gouji::testing_support;

struct Options {
  std::uint32_t seed = 1;
  int port = 8600, sites = 10, reports = 40;
};

int usage() {
  std::fprintf(stderr, "usage: gouji-fake-portal [--seed N] [--port P] [--sites N (1..200)] [--reports N]\n"
                       "orders: POST /_ctl/publish?organ=&year=&date=&kind=html|gbk|docx|xlsx|rtf · amend?id=&wrong=1 · republish?id= · withdraw?id= · unlist?id=\n"
                       "        fault?fault=&where=list|article|file|robots|all&times= · robots (body) · template · columns · truth\n");
  return 64;
}

bool read(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 >= argc) return false;
    const int value = std::atoi(argv[i + 1]);
    if (std::strcmp(argv[i], "--seed") == 0) options.seed = static_cast<std::uint32_t>(value);
    else if (std::strcmp(argv[i], "--port") == 0) options.port = value;
    else if (std::strcmp(argv[i], "--sites") == 0) options.sites = value;
    else if (std::strcmp(argv[i], "--reports") == 0) options.reports = value;
    else return false;
  }
  return options.sites >= 1 && options.sites <= 200 && options.reports >= 0 && options.port >= 0 && options.port < 65'536;
}

void fill(FakeSite& site, std::mt19937& random, int reports) {
  for (int i = 0; i < reports; ++i) {
    const int year = 2019 + static_cast<int>(random() % 5);
    const std::string day = std::to_string(10 + random() % 20);
    site.publish(gouji::testing::made_up_organ(random), year, std::to_string(year + 1) + "-01-" + day, static_cast<DocumentKind>(random() % 5));
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read(argc, argv, options)) return usage();
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  std::mt19937 random(options.seed);
  std::vector<std::unique_ptr<FakeSite>> sites;
  std::vector<std::unique_ptr<FakePortal>> portals;
  try {
    for (int i = 0; i < options.sites; ++i) {
      portals.push_back(std::make_unique<FakePortal>("127.0.0." + std::to_string(2 + i), options.port));
      sites.push_back(std::make_unique<FakeSite>(kFamilies[static_cast<std::size_t>(i) % std::size(kFamilies)], options.seed + static_cast<std::uint32_t>(i), portals.back()->url("")));
      fill(*sites.back(), random, options.reports);
      portals.back()->on_other([site = sites.back().get()](const PortalRequest& request) { return site->answer(request); });
      std::printf("%s\t%s\n", name_of(sites.back()->family()), portals.back()->url(sites.back()->list_path()).c_str());
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
