#include "common/runtime/settings.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gouji::runtime {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

// A folder that goes away with its test.
class Folder {
 public:
  Folder() : path_(testing::TempDir() + "gouji_settings_XXXXXX") { EXPECT_NE(mkdtemp(path_.data()), nullptr); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string write(const std::string& name, std::string_view text) const {
    const auto path = path_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

SettingSpec spec(const char* name, SettingKind kind, const char* default_value, std::int64_t max = INT64_MAX) {
  SettingSpec spec;
  spec.name = name;
  spec.kind = kind;
  spec.default_value = default_value;
  spec.help_zh = "说明";
  spec.help_en = "help";
  spec.max = max;
  return spec;
}

std::vector<SettingSpec> specs() {
  std::vector<SettingSpec> all{spec("log_level", SettingKind::kText, "info"),
                               spec("kafka.bootstrap", SettingKind::kText, ""),
                               spec("kafka.extra", SettingKind::kTextMap, ""),
                               spec("parser.workers", SettingKind::kInteger, "2", 64),
                               spec("parser.deadline", SettingKind::kDuration, "10s"),
                               spec("parser.memory", SettingKind::kBytes, "512MiB"),
                               spec("parser.strict", SettingKind::kBool, "false"),
                               spec("crawler.sources", SettingKind::kTextList, ""),
                               spec("kafka.password", SettingKind::kText, "")};
  all.back().is_secret = true;
  return all;
}

SettingSources file(const std::string& path) {
  SettingSources sources;
  sources.file = path;
  return sources;
}

std::string mistakes(const SettingSources& sources) {
  const auto settings = load_settings(specs(), sources);
  if (settings) return "none";
  EXPECT_EQ(settings.error().kind, ErrorKind::kFatal);
  EXPECT_EQ(settings.error().code, ErrorCode::kBadSettings);
  return settings.error().message;
}

TEST(Settings, HaveTheirDefaults) {
  const auto settings = load_settings(specs(), {});
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->text("log_level"), "info");
  EXPECT_EQ(settings->text("kafka.bootstrap"), "");
  EXPECT_EQ(settings->integer("parser.workers"), 2);
  EXPECT_EQ(settings->duration("parser.deadline"), 10s);
  EXPECT_EQ(settings->bytes("parser.memory"), 512 << 20);
  EXPECT_FALSE(settings->flag("parser.strict"));
  EXPECT_THAT(settings->list("crawler.sources"), IsEmpty());
  EXPECT_THAT(settings->map("kafka.extra"), IsEmpty());
}

TEST(Settings, AreReadFromAFile) {
  const Folder folder;
  const auto path = folder.write("gouji.yaml", R"(
log_level: debug
kafka:
  bootstrap: "broker:9092"
  extra:
    client.rack: a
    fetch.min.bytes: 1
parser.workers: 8
parser:
  strict: true
crawler:
  sources: [one, "two, three"]
validator:
)");
  auto with_validator = specs();
  with_validator.push_back(spec("validator.x", SettingKind::kText, ""));
  const auto settings = load_settings(with_validator, file(path));
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  EXPECT_EQ(settings->text("log_level"), "debug");
  EXPECT_EQ(settings->text("kafka.bootstrap"), "broker:9092");
  EXPECT_THAT(settings->map("kafka.extra"), ElementsAre(Pair("client.rack", "a"), Pair("fetch.min.bytes", "1")));
  EXPECT_EQ(settings->integer("parser.workers"), 8);
  EXPECT_TRUE(settings->flag("parser.strict"));
  EXPECT_THAT(settings->list("crawler.sources"), ElementsAre("one", "two, three"));
}

TEST(Settings, TakeFlagsBeforeEnvironmentBeforeFileBeforeDefaults) {
  const Folder folder;
  SettingSources sources = file(folder.write("gouji.yaml", "parser:\n  workers: 3\n  deadline: 3s\n  memory: 3MiB\n"));
  sources.environment = {{"GOUJI_PARSER__WORKERS", "4"}, {"GOUJI_PARSER__DEADLINE", "4s"}, {"OTHER", "x"}};
  sources.flags = {{"parser.workers", "1"}, {"parser.workers", "5"}};
  const auto settings = load_settings(specs(), sources);
  ASSERT_TRUE(settings.has_value());
  EXPECT_EQ(settings->integer("parser.workers"), 5);
  EXPECT_EQ(settings->duration("parser.deadline"), 4s);
  EXPECT_EQ(settings->bytes("parser.memory"), 3 << 20);
}

TEST(Settings, AddRepeatedFlagsOfAListAndReplaceOtherSources) {
  SettingSources sources;
  sources.environment = {{"GOUJI_CRAWLER__SOURCES", "a,b"}, {"GOUJI_KAFKA__EXTRA", "x=1"}};
  EXPECT_THAT(load_settings(specs(), sources)->list("crawler.sources"), ElementsAre("a", "b"));
  sources.flags = {{"crawler.sources", "c"}, {"crawler.sources", "d,e"}, {"kafka.extra", "y=2"}};
  const auto settings = load_settings(specs(), sources);
  EXPECT_THAT(settings->list("crawler.sources"), ElementsAre("c", "d", "e"));
  EXPECT_THAT(settings->map("kafka.extra"), ElementsAre(Pair("y", "2")));
}

TEST(Settings, ReportAllMistakesAtOnceWithTheirPlaces) {
  const Folder folder;
  SettingSources sources = file(folder.write("gouji.yaml", "kafak:\n  bootstrap: x\nparser:\n  workers: 65\n  strct: true\n"));
  sources.environment = {{"GOUJI_PARSER__DEADLINE", "5"}, {"GOUJI_PARSER__MEMRY", "1"}};
  sources.flags = {{"parser.strict", "maybe"}};
  const auto path = folder.path() + "/gouji.yaml";
  EXPECT_THAT(mistakes(sources),
              AllOf(HasSubstr("6 mistakes"), HasSubstr(path + ":1: kafak: unknown setting; did you mean kafka?"),
                    HasSubstr(path + ":4: parser.workers: '65' is not a whole number, from 0 to 64"),
                    HasSubstr(path + ":5: parser.strct: unknown setting; did you mean parser.strict?"),
                    HasSubstr("environment GOUJI_PARSER__DEADLINE: parser.deadline: '5' is not a duration"),
                    HasSubstr("environment: GOUJI_PARSER__MEMRY: unknown setting; did you mean GOUJI_PARSER__MEMORY?"),
                    HasSubstr("flag --parser-strict: parser.strict: 'maybe' is not true or false")));
}

struct BadFile {
  const char* text;
  const char* message;
};

TEST(Settings, NameWhatIsWrongWithAFile) {
  const Folder folder;
  for (const BadFile& bad : std::initializer_list<BadFile>{
           {"a: [", "gouji.yaml:1: no YAML"},
           {"- a\n", "must hold names with values"},
           {"just text", "must hold names with values"},
           {"log_level: a\n---\nlog_level: b\n", "more than one YAML document"},
           {"log_level: a\nlog_level: b\n", ":2: log_level: stands twice"},
           {"log_level: [a]\n", ":1: log_level: expected a text"},
           {"log_level:\n", ":1: log_level: expected a text"},
           {"kafka: x\n", ":1: kafka: is a section"},
           {"kafka: [x]\n", ":1: kafka: is a section"},
           {"crawler:\n  sources: {a: b}\n", ":2: crawler.sources: expected a list"},
           {"crawler:\n  sources: [[a]]\n", ":2: crawler.sources: every item"},
           {"kafka:\n  extra: [a]\n", ":2: kafka.extra: expected names with values"},
           {"kafka:\n  extra: {a: [b]}\n", ":2: kafka.extra: every name and value"},
           {"kafka:\n  extra: {a: 1, a: 2}\n", ":2: kafka.extra: a name stands twice"},
           {"kafka:\n  password: hunter2\n", ":2: kafka.password: is a secret and is only read from a file: set kafka.password_file"},
           {"[a]: b\n", "a name must be a plain text"},
           {"a: &x [*x]\n", "gouji.yaml:1"}})
    EXPECT_THAT(mistakes(file(folder.write("gouji.yaml", bad.text))), HasSubstr(bad.message)) << bad.text;
}

TEST(Settings, AcceptAnEmptyFile) {
  const Folder folder;
  EXPECT_EQ(mistakes(file(folder.write("empty.yaml", ""))), "none");
  EXPECT_EQ(mistakes(file(folder.write("comment.yaml", "# nothing\n"))), "none");
}

TEST(Settings, NameAFileThatCannotBeRead) {
  const Folder folder;
  EXPECT_THAT(mistakes(file(folder.path() + "/missing.yaml")), HasSubstr("missing.yaml: No such file"));
  EXPECT_THAT(mistakes(file(folder.path())), HasSubstr("is a directory"));
  EXPECT_THAT(mistakes(file("/dev/zero")), HasSubstr("not a regular file"));
  EXPECT_THAT(mistakes(file(folder.write("huge.yaml", std::string(2 << 20, '#')))), HasSubstr("more than 1048576 bytes"));
}

TEST(Settings, ReadSecretsFromFilesAndNeverShowThem) {
  const Folder folder;
  const auto secret = folder.write("password", "canary-1\n");
  SettingSources sources;
  sources.environment = {{"GOUJI_KAFKA__PASSWORD_FILE", secret}};
  const auto settings = load_settings(specs(), sources);
  ASSERT_TRUE(settings.has_value()) << settings.error().message;
  EXPECT_EQ(settings->text("kafka.password"), "canary-1");
  EXPECT_THAT(settings->show(), AllOf(HasSubstr("kafka.password: \"***\"  # environment"), Not(HasSubstr("canary"))));

  EXPECT_EQ(mistakes(file(folder.write("a.yaml", "kafka:\n  password_file: " + secret + "\n"))), "none");
  sources.environment = {{"GOUJI_KAFKA__PASSWORD", "canary-2"}};
  EXPECT_THAT(mistakes(sources), AllOf(HasSubstr("GOUJI_KAFKA__PASSWORD_FILE"), Not(HasSubstr("canary"))));
  sources.environment = {{"GOUJI_KAFKA__PASSWORD_FILE", folder.path() + "/none"}};
  EXPECT_THAT(mistakes(sources), HasSubstr("No such file"));
  sources.environment = {{"GOUJI_KAFKA__PASSWORD_FILE", folder.write("blank", "\n")}};
  EXPECT_THAT(mistakes(sources), HasSubstr("is empty"));
}

TEST(Settings, LeaveVariablesOfOthersAlone) {
  SettingSources sources;
  sources.environment = {{"GOUJI_CACHE", "x"},
                         {"GOUJI_TEST_SEED", "1"},
                         {"GOUJI_PARSER_SERVICE_HOST", "10.0.0.1"},
                         {"GOUJI_PARSER_PORT_9464_TCP_ADDR", "10.0.0.1"},
                         {"GOUJI_PARSER_PORT", "tcp://10.0.0.1:9464"}};
  EXPECT_EQ(mistakes(sources), "none");
  sources.environment = {{"GOUJI_PARSER", "x"}};
  EXPECT_THAT(mistakes(sources), HasSubstr("GOUJI_PARSER: unknown setting"));
  sources.environment = {{"GOUJI_ADMIN__PORT", "1"}};
  EXPECT_THAT(mistakes(sources), HasSubstr("GOUJI_ADMIN__PORT: unknown setting"));
}

TEST(Settings, ShowWhereEachValueCameFromAsAFileThatCanBeReadAgain) {
  const Folder folder;
  SettingSources sources = file(folder.write("gouji.yaml", "log_level: \"a\\\"b\\n\"\n"));
  sources.flags = {{"crawler.sources", "a,b"}, {"kafka.extra", "k=v"}};
  const auto settings = load_settings(specs(), sources);
  ASSERT_TRUE(settings.has_value());
  const auto shown = settings->show();
  EXPECT_THAT(shown, AllOf(HasSubstr("log_level: \"a\\\"b\\x0a\"  # file " + folder.path() + "/gouji.yaml:1\n"),
                           HasSubstr("crawler.sources: [\"a\", \"b\"]  # flag\n"),
                           HasSubstr("kafka.extra: {\"k\": \"v\"}  # flag\n"),
                           HasSubstr("parser.workers: \"2\"  # default\n")));
  auto without_secret = specs();
  without_secret.pop_back();
  const auto plain = load_settings(without_secret, sources);
  const auto again = load_settings(without_secret, file(folder.write("again.yaml", plain->show())));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->text("log_level"), "a\"b\n");
  EXPECT_THAT(again->list("crawler.sources"), ElementsAre("a", "b"));
}

TEST(SettingsDeathTest, AnUnknownNameIsABug) {
  const auto settings = load_settings(specs(), {});
  EXPECT_DEATH(static_cast<void>(settings->text("nothing")), "");
  EXPECT_DEATH(static_cast<void>(settings->text("parser.workers")), "");
}

TEST(Settings, TakeNoTextButTheChoices) {
  auto level = spec("log_level", SettingKind::kText, "info");
  level.choices = {"info", "error"};
  SettingSources sources;
  sources.environment = {{"GOUJI_LOG_LEVEL", "error"}};
  EXPECT_EQ(load_settings({level}, sources)->text("log_level"), "error");
  sources.flags = {{"log_level", "verbose"}};
  const auto settings = load_settings({level}, sources);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kBadSettings);
  EXPECT_THAT(settings.error().message, HasSubstr("flag --log-level: log_level: 'verbose' is not one of info, error"));
}

ServiceCommandLine parse(std::vector<std::string> words) {
  words.insert(words.begin(), "gouji-parser");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_service_flags(static_cast<int>(words.size()), argv.data(), "gouji-parser", "解析 / parses", specs());
}

TEST(ServiceFlags, BecomeSettingsInTheirOrder) {
  const auto line = parse({"--parser-workers", "3", "--crawler-sources=a", "--config", "x.yaml", "--parser-workers", "4",
                           "--kafka-password-file", "/run/p"});
  EXPECT_FALSE(line.exit_code.has_value());
  EXPECT_EQ(line.sources.file, "x.yaml");
  EXPECT_THAT(line.sources.flags,
              ElementsAre(Pair("parser.workers", "3"), Pair("crawler.sources", "a"), Pair("parser.workers", "4"),
                          Pair("kafka.password_file", "/run/p")));
}

TEST(ServiceFlags, TakeTheEnvironmentOfTheProcess) {
  setenv("GOUJI_LOG_LEVEL", "debug", 1);
  const auto line = parse({});
  unsetenv("GOUJI_LOG_LEVEL");
  EXPECT_EQ(line.sources.environment.at("GOUJI_LOG_LEVEL"), "debug");
}

TEST(ServiceFlags, ShowHelpInBothLanguagesAndTheVersion) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_code, 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(),
              AllOf(HasSubstr("解析 / parses"), HasSubstr("--parser-workers"), HasSubstr("说明 / help [2]"),
                    HasSubstr("--kafka-password-file"), Not(HasSubstr("--kafka-password "))));
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--version"}).exit_code, 0);
  EXPECT_THAT(testing::internal::GetCapturedStdout(), testing::StartsWith("gouji-parser 0."));
}

TEST(ServiceFlags, AlignTheirHelpWithoutHoles) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"--help"}).exit_code, 0);
  const std::string help = testing::internal::GetCapturedStdout();
  EXPECT_THAT(help, Not(HasSubstr("\n\n\n")));
  std::size_t column = 0;
  for (std::size_t at = help.find("说明"); at != std::string::npos; at = help.find("说明", at + 1)) {
    const std::size_t found = at - (help.rfind('\n', at) + 1);
    if (column == 0) column = found;
    EXPECT_EQ(found, column) << help;
  }
  EXPECT_GT(column, 0U);
}

TEST(ServiceFlags, EndAWrongUseWithItsExitCodeAndAHint) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> wrong{
      {{"--parser-worker", "3"}, "did you mean --parser-workers?"},
      {{"--parser-worker=3"}, "did you mean --parser-workers?"},
      {{"--zzz"}, "unknown flag --zzz"},
      {{"document.html"}, "unexpected argument 'document.html'"},
      {{"--parser-workers"}, "--parser-workers"},
      {{"--config"}, "--config"}};
  for (const auto& [words, message] : wrong) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(parse(words).exit_code, 64);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), AllOf(HasSubstr("用法错误 / usage error"), HasSubstr(message)));
  }
}

}  // namespace
}  // namespace gouji::runtime
