#include "common/telemetry/log.h"

#include <atomic>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/telemetry/log_line.h"

namespace gouji::telemetry {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string json(std::string_view text, std::size_t bytes_max = 1000) {
  std::string out;
  append_json_string(out, text, bytes_max);
  return out;
}

TEST(LogLine, IsAJsonObject) {
  const std::vector<LogField> fields{{"topic", "gouji.anomaly.v1"}, {"records", "3"}};
  EXPECT_EQ(format_log_line({1'700'000'000'123, LogLevel::kWarning, "gouji-parser", "stage.committed", fields}),
            R"({"time":"2023-11-14T22:13:20.123Z","level":"WARNING","program":"gouji-parser",)"
            R"("event":"stage.committed","topic":"gouji.anomaly.v1","records":"3"})");
}

TEST(LogLine, NamesItsLevel) {
  for (const auto& [level, name] : std::initializer_list<std::pair<LogLevel, const char*>>{
           {LogLevel::kDebug, "DEBUG"}, {LogLevel::kInfo, "INFO"}, {LogLevel::kError, "ERROR"}})
    EXPECT_THAT(format_log_line({0, level, "p", "e", {}}), HasSubstr(std::string("\"level\":\"") + name + "\""));
}

TEST(LogLine, EscapesWhatCouldBreakALineOrATerminal) {
  for (const auto& [text, escaped] : std::initializer_list<std::pair<std::string_view, const char*>>{
           {"勾稽 a/b", "\"勾稽 a/b\""},
           {"\",\"level\":\"x", R"("\",\"level\":\"x")"},
           {"a\\b", R"("a\\b")"},
           {"a\r\nb", R"("a\u000d\nb")"},
           {"\x1b[31m", R"("\u001b[31m")"},
           {std::string_view("\0", 1), R"("\u0000")"},
           {"\x7f", R"("\u007f")"},
           {"\xc2\x9b", R"("\u009b")"},          // C1: a terminal takes it for ESC [
           {"\xe2\x80\xa8", R"("\u2028")"},      // line separator
           {"\xe2\x80\xae", R"("\u202e")"},      // right-to-left override
           {"\xe2\x81\xa6", R"("\u2066")"},      // isolate
           {"\xef\xbb\xbf", R"("\ufeff")"},
           {"\xf0\xa0\x80\x80", "\"\xf0\xa0\x80\x80\""}})  // U+20000
    EXPECT_EQ(json(text), escaped);
}

TEST(LogLine, ReplacesBrokenUtf8ByteByByte) {
  const std::string r = "\xEF\xBF\xBD";
  for (const auto& [text, replaced] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"\xff", r},
           {"a\x80z", "a" + r + "z"},
           {"\xc0\xaf", r + r},                  // overlong
           {"\xe0\x80\x80", r + r + r},          // overlong
           {"\xed\xa0\x80", r + r + r},          // surrogate
           {"\xf4\x90\x80\x80", r + r + r + r},  // over U+10FFFF
           {"\xe5\x8b", r + r},                  // cut short
           {"\xe5\x8b\"", r + r + "\\\""}})
    EXPECT_EQ(json(text), "\"" + replaced + "\"");
}

TEST(LogLine, CutsALongValueBetweenCharacters) {
  EXPECT_EQ(json("abcdef", 6), "\"abcdef\"");
  EXPECT_EQ(json("abcdefg", 6), "\"abcdef…\"");
  EXPECT_EQ(json("勾稽勾稽", 7), "\"勾稽…\"");
  EXPECT_EQ(json("\n\n\n\n", 5), "\"\\n\\n…\"");
  const std::string long_value(1'000'000, 'x');
  const std::vector<LogField> fields{{"a", long_value}, {"b", "after"}};
  const auto line = format_log_line({0, LogLevel::kInfo, "p", "e", fields});
  std::string cut(kLogValueBytesMax, 'x');
  cut.append("…\"");  // GCC 12 warns of operator+ here, wrongly
  EXPECT_THAT(line, AllOf(HasSubstr(cut), HasSubstr("\"b\":\"after\"")));
}

TEST(LogLine, StaysWithinItsLengthAndSaysWhatIsMissing) {
  const std::string long_value(3000, '\x01');
  const std::vector<LogField> fields(20, LogField{"field", long_value});
  const auto line = format_log_line({0, LogLevel::kInfo, "p", "e", fields});
  EXPECT_LE(line.size(), kLogLineBytesMax);
  EXPECT_THAT(line, EndsWith(",\"cut\":true}"));
  EXPECT_GT(line.size(), kLogLineBytesMax / 2);
}

TEST(Log, WritesOneLineAnEventToStandardError) {
  testing::internal::CaptureStderr();
  start_log("gouji-test", LogLevel::kInfo);
  log(LogLevel::kDebug, "not.seen");
  log_info("seen.once", {{"text", "a\nb"}});
  log_error("seen.twice");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, AllOf(StartsWith("{\"time\":\"20"), HasSubstr("\"event\":\"seen.once\",\"text\":\"a\\nb\"}\n"),
                          HasSubstr("\"level\":\"ERROR\",\"program\":\"gouji-test\",\"event\":\"seen.twice\"}\n"),
                          Not(HasSubstr("not.seen"))));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

TEST(Log, KeepsLinesOfManyThreadsApart) {
  testing::internal::CaptureStderr();
  start_log("gouji-test", LogLevel::kInfo);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 200; ++i) log_info("turn", {{"text", std::string(100, 'x')}});
    });
  for (auto& thread : threads) thread.join();
  std::istringstream lines(testing::internal::GetCapturedStderr());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_THAT(line, AllOf(StartsWith("{\"time\":"), EndsWith("x\"}")));
  EXPECT_EQ(count, 800);
}

}  // namespace
}  // namespace gouji::telemetry
