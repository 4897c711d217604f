#include "common/runtime/program_run.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/runtime/landlock.h"
#include "common/runtime/worker_process.h"

namespace gouji::runtime {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

PrivateFolder made_folder() {
  auto folder = PrivateFolder::create();
  EXPECT_TRUE(folder.has_value());
  return std::move(*folder);
}

ProgramRun script(const PrivateFolder& folder, std::string text) {
  ProgramRun run;
  run.program = "/bin/bash";
  run.arguments = {"-c", std::move(text)};
  run.folder = folder.path();
  run.deadline = 20s;
  run.may_start_others = true;
  run.launcher = GOUJI_TEST_WORKER;
  return run;
}

// The kernel takes a moment to end what was killed; what waits to be reaped has no command line left.
bool ends(const std::string& pid) {
  const auto limit = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < limit) {
    std::ifstream command("/proc/" + pid + "/cmdline");
    if (std::string(std::istreambuf_iterator<char>(command), {}).empty()) return true;
  }
  return false;
}

TEST(ProgramRun, GivesOutputComplaintsAndExitCode) {
  const PrivateFolder folder = made_folder();
  const auto end = run_program(script(folder, "echo 勾稽; echo trouble >&2; exit 3"));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->output, "勾稽\n");
  EXPECT_EQ(end->complaints, "trouble");
  EXPECT_EQ(end->exit_code, 3);
}

TEST(ProgramRun, FindsItsInputAndAnEnvironmentWithoutOurs) {
  setenv("GOUJI_SECRET", "hunter2", 1);
  const PrivateFolder folder = made_folder();
  ASSERT_TRUE(folder.write("in", "bytes"));
  ProgramRun run = script(folder, "cat; pwd; env; echo $0");
  run.input = folder.path() + "/in";
  run.environment = {"COLOUR=red"};
  const auto end = run_program(run);
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_THAT(end->output, HasSubstr("bytes" + folder.path()));
  EXPECT_THAT(end->output, HasSubstr("COLOUR=red"));
  EXPECT_THAT(end->output, HasSubstr("HOME=" + folder.path()));
  EXPECT_THAT(end->output, testing::Not(HasSubstr("hunter2")));
}

TEST(ProgramRun, ReachesNoNetworkNotEvenItsOwnMachine) {
  const Descriptor listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const PrivateFolder folder = made_folder();
  const auto end = run_program(script(folder, "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(ntohs(address.sin_port)) + " && echo connected"));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->output, "");
  EXPECT_THAT(end->complaints, HasSubstr("Operation not permitted"));
}

TEST(ProgramRun, WritesAndReadsOnlyWhatItMay) {
  if (landlock_version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const PrivateFolder folder = made_folder();
  const PrivateFolder other = made_folder();
  ASSERT_TRUE(other.write("secret", "hunter2"));
  const std::string path = other.path();
  const auto end = run_program(script(folder, "echo x > here; cat here; cat " + path + "/secret; echo x > " + path + "/new; ls " + path));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->output, "x\n");
  EXPECT_FALSE(std::filesystem::exists(path + "/new"));
  ProgramRun allowed = script(folder, "cat " + path + "/secret; echo x > " + path + "/new");
  allowed.readable = {path};
  const auto seen = run_program(allowed);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->output, "hunter2");
  EXPECT_FALSE(std::filesystem::exists(path + "/new"));
}

TEST(ProgramRun, IsKilledAtTheDeadlineWithAllThatItStarted) {
  const PrivateFolder folder = made_folder();
  ProgramRun run = script(folder, "sleep 100 & echo $! > child; sleep 100");
  run.deadline = 500ms;
  const auto end = run_program(run);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kTimeout);
  const auto child = folder.read("child", 100);
  if (!child) GTEST_SKIP() << "the machine is too slow to start a shell in half a second";
  EXPECT_TRUE(ends(child->substr(0, child->size() - 1)));
}

TEST(ProgramRun, LeavesNothingRunningBehindItsBack) {
  const PrivateFolder folder = made_folder();
  const auto end = run_program(script(folder, "sleep 100 >/dev/null 2>&1 & echo $!"));
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_TRUE(ends(end->output.substr(0, end->output.size() - 1)));
}

TEST(ProgramRun, HasLimitsOnOutputFilesAndMemory) {
  const PrivateFolder folder = made_folder();
  ProgramRun run = script(folder, "yes");
  run.output_bytes_max = 100'000;
  const auto flood = run_program(run);
  ASSERT_FALSE(flood);
  EXPECT_EQ(flood.error().code, ErrorCode::kTooLarge);
  run = script(folder, "head -c 3000000 /dev/zero > large; echo $?; wc -c < large");
  run.file_bytes_max = 1'000'000;
  const auto large = run_program(run);
  ASSERT_TRUE(large) << large.error().message;
  EXPECT_THAT(large->output, HasSubstr("\n1000000\n"));
  run = script(folder, "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}");
  run.memory_bytes_max = 100'000'000;
  const auto hungry = run_program(run);
  ASSERT_TRUE(hungry) << hungry.error().message;
  EXPECT_EQ(hungry->output.find("200000000"), std::string::npos);
}

TEST(ProgramRun, OfAProgramThatIsNotThereSaysSo) {
  const PrivateFolder folder = made_folder();
  ProgramRun run = script(folder, "");
  run.program = "/nowhere/gouji-nothing";
  const auto end = run_program(run);
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->exit_code, 126);
  EXPECT_THAT(end->complaints, HasSubstr("cannot be started"));
  EXPECT_EQ(find_program("gouji-nothing"), "");
  EXPECT_THAT(find_program("bash"), testing::EndsWith("/bash"));
}

TEST(PrivateFolder, IsForItsOwnerOnlyAndGoneAfterwards) {
  std::string path;
  {
    const PrivateFolder folder = made_folder();
    path = folder.path();
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
    ASSERT_TRUE(folder.write("a", "12345"));
    EXPECT_EQ(folder.read("a", 5).value(), "12345");
    EXPECT_EQ(folder.read("a", 4).error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(folder.read("b", 4).error().code, ErrorCode::kNotFound);
    std::filesystem::create_symlink("/etc/passwd", path + "/link");
    EXPECT_EQ(folder.read("link", 100'000).error().code, ErrorCode::kNotFound);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace gouji::runtime
