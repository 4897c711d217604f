// A season, from December to April, with the clock moved by hand: portals grow, reports are amended
// and withdrawn, one portal breaks, one organ is late. What comes out of crawler, parser and validator
// is held against what the portals know to be true: every version once, nothing invented. Each log has
// this test (season_local.cpp, season_kafka.cpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/eventlog/topics.h"
#include "common/host/stage_host.h"
#include "services/crawler/core/season.h"
#include "services/crawler/telemetry.h"
#include "services/parser/core/read.h"
#include "services/parser/parse_stage.h"
#include "services/parser/worker.h"
#include "services/validator/service.h"
#include "tests/integration/season_log.h"
#include "tests/support/crawler_ground.h"
#include "tests/support/fake_portal/site.h"
#include "tests/support/record_of.h"
#include "tests/support/temp_folder.h"

namespace gouji::crawler {
namespace {

using namespace std::chrono_literals;
using testing_support::DocumentKind;
using testing_support::FakePortal;
using testing_support::FakeSite;
using testing_support::Family;
using testing_support::Fault;
using testing_support::PortalRequest;
using testing_support::SiteReport;

constexpr UnixMillis kDay = 86'400'000;
constexpr int kDays = 150;  // from 1 December

// An organ with a portal of its own, and the portal file for it.
struct Organ {
  std::string name, host;  // an address of its own: hosts are paced and rested one by one
  std::unique_ptr<FakePortal> portal;
  std::unique_ptr<FakeSite> site;

  Organ(std::string organ, Family family, std::uint32_t seed) : name(std::move(organ)), host("127.0.1." + std::to_string(seed)), portal(std::make_unique<FakePortal>(host)) {
    site = std::make_unique<FakeSite>(family, seed, portal->url(""));
    portal->on_other([this](const PortalRequest& request) { return site->answer(request); });
  }
  Source source() const {
    const std::string page = portal->url(site->list_path());
    std::string own;
    switch (site->family()) {
      case Family::kHanwebJpage: case Family::kGkmlpt: own = R"("vars":{"from":")" + page + R"("},"lists":[{"id":"nb"}])"; break;
      case Family::kLonsun: own = R"("lists":[{"id":"nb","request":{"url":")" + page + R"(&title={report_year}"}}])"; break;
      default: own = R"("lists":[{"id":"nb","request":{"url":")" + page + R"("}}])";
    }
    const std::string family = site->family() == Family::kLonsun ? "lonsun-public" : testing_support::name_of(site->family());
    const auto parsed = parse_portal_file(R"({"schema":1,"id":")" + source_id() + R"(","family":")" + family + R"(","organ":{"name":")" + name + R"(","kind":"department"},"hosts":[")" + host + "\"]," + own + "}", source_id());
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? hasty(*parsed) : Source{};
  }
  std::string source_id() const { return "portal-" + host; }
  std::string address_of(int id) const { return portal->url(site->path_of(site->reports().at(static_cast<std::size_t>(id - 1)))); }
};

ReadOutcome read_here(const events::ReadRequest& request) {
  parser::Input input;
  input.bytes = request.body;
  input.media_type = request.media_type;
  input.url = request.url;
  input.location_id = request.location_id;
  input.hints = request.hints;
  for (const Content& attachment : request.attachments) input.attachments.push_back({attachment.name, attachment.url, attachment.media_type, attachment.bytes});
  ReadOutcome outcome = parser::read(input, parser::embedded_organs());
  if (auto* reading = std::get_if<Reading>(&outcome)) reading->extractor = "season+1";
  return outcome;
}

// How far the stages have come. On Kafka the last offset of a topic may be that of a marker, which no
// group takes: the last record counts.
class Progress {
 public:
  explicit Progress(eventlog::EventLog& log) : log_(log) {}
  // Whether the group has taken every record of the topic.
  bool is_through(std::string_view group, std::string_view topic) {
    std::map<std::int32_t, std::int64_t> taken;
    for (const auto& offset : log_.committed_offsets().value_or(std::vector<eventlog::CommittedOffset>{}))
      if (offset.group == group && offset.at.topic == topic) taken[offset.at.partition] = offset.offset;
    for (std::int32_t partition = 0; partition < log_.partitions(topic).value_or(0); ++partition)
      if (taken[partition] < after_last({std::string(topic), partition})) return false;
    return true;
  }

 private:
  struct Seen {
    std::int64_t looked_to = 0, after_last = 0;
  };
  std::int64_t after_last(const eventlog::TopicPartition& at) {
    Seen& seen = seen_[{at.topic, at.partition}];
    const std::int64_t end = log_.end_offset(at, eventlog::Isolation::kCommitted).value_or(seen.looked_to);
    while (seen.looked_to < end) {
      const auto batch = log_.read(at, seen.looked_to, {});
      if (!batch || batch->next == seen.looked_to) break;
      if (!batch->records.empty()) seen.after_last = batch->records.back().offset + 1;
      seen.looked_to = batch->next;
    }
    return seen.after_last;
  }

  eventlog::EventLog& log_;
  std::map<std::pair<std::string, std::int32_t>, Seen> seen_;
};

// The three services over one log, in this process.
class Season {
 public:
  explicit Season(eventlog::EventLog& log) : health_(clock_), log_(log), progress_(log) {
    // Forward only: the clock of this machine may be trusted never to be ahead of the next December.
    const auto today = shanghai_date(clock_.unix_millis());
    const bool is_december = today.month() == std::chrono::December;
    year_ = static_cast<int>(today.year()) + (is_december ? 1 : 0);
    clock_.advance(std::chrono::milliseconds(day_of(year_, 12, 1) - clock_.unix_millis()));
    const auto blobs = [](const std::string&) -> Result<std::string> { return unavailable(ErrorCode::kBlobMissing, "no store"); };
    parser_telemetry_ = std::make_unique<parser::Telemetry>(metrics_);
    parse_ = std::make_unique<parser::ParseStage>([](const events::ReadRequest& request) -> Result<ReadOutcome> { return read_here(request); }, blobs, *parser_telemetry_,
                                                  parser::ParseStageOptions{"season+1", 1});
    validate_ = validator::make_stage(metrics_, clock_);
    hosts_.push_back(std::make_unique<host::StageHost>(log_, *parse_, real_, metrics_, health_, host::StageHostOptions{"gouji-parser", "0", std::nullopt, "0", {}, std::nullopt}));
    hosts_.push_back(std::make_unique<host::StageHost>(log_, *validate_, real_, metrics_, health_, host::StageHostOptions{"gouji-validator", "0", std::nullopt, "0", {}, std::nullopt}));
    for (const auto& host : hosts_) EXPECT_TRUE(host->start());
    telemetry_ = std::make_unique<Telemetry>(metrics_, health_, clock_);
    settings_.data_folder = folder_.file("data");
    settings_.host_delay = 0ms;
    settings_.archive = false;  // has tests of its own, and costs a wait for the disk a look
    settings_.allow_net = {"127.0.0.0/8"};
  }
  ~Season() {
    for (const auto& host : hosts_) host->request_stop();
  }
  Season(const Season&) = delete;
  Season& operator=(const Season&) = delete;

  static UnixMillis day_of(int year, unsigned month, unsigned day) {
    return shanghai_midnight(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)) + kDay / 2;
  }
  int year() const { return year_; }  // of the reports
  UnixMillis now() const { return clock_.unix_millis(); }

  // One look at everything, a new process each time, until all of it is through.
  void look(const std::vector<Source>& sources) {
    auto crawler = Crawler::open(settings_, sources, {log_, clock_, *telemetry_, pages_});
    ASSERT_TRUE(crawler) << crawler.error().message;
    const auto done = (*crawler)->run_once();
    ASSERT_TRUE(done) << done.error().message;
    for (const auto& [group, topic] : {std::pair("gouji-parser", eventlog::kRawTopic), std::pair("gouji-validator", eventlog::kParsedTopic)}) {
      ASSERT_TRUE(eventually([&] { return progress_.is_through(group, topic); }, 60s)) << group;
    }
  }
  void wait_a_day() { clock_.advance(std::chrono::milliseconds(kDay)); }
  std::string metrics() const { return metrics_.text(); }
  eventlog::EventLog& log() { return log_; }

 private:
  gouji::testing::TempFolder folder_;
  ShiftedClock clock_;
  runtime::SystemClock real_;
  telemetry::Metrics metrics_;
  telemetry::Health health_;
  eventlog::EventLog& log_;
  Progress progress_;
  std::unique_ptr<parser::Telemetry> parser_telemetry_;
  std::unique_ptr<eventlog::Stage> parse_, validate_;
  std::unique_ptr<Telemetry> telemetry_;
  std::vector<std::unique_ptr<host::StageHost>> hosts_;
  DirectPageReader pages_;
  CrawlerSettings settings_;
  int year_ = 0;
};

template <typename Value>
std::vector<Value> all_of(eventlog::EventLog& log, std::string_view topic, Result<Value> (*decode)(const Record&)) {
  std::vector<Value> values;
  for (std::int32_t partition = 0; partition < log.partitions(topic).value_or(0); ++partition) {
    for (const eventlog::StoredRecord& stored : gouji::testing::read_all(log, {std::string(topic), partition})) {
      auto value = decode(stored.record);
      EXPECT_TRUE(value) << topic << ": " << (value ? "" : value.error().message);
      if (value) values.push_back(std::move(*value));
    }
  }
  return values;
}

// "opened 临河市教育局 T3.BALANCE"
std::vector<std::string> lines_of(const std::vector<Anomaly>& anomalies) {
  std::vector<std::string> lines;
  for (const Anomaly& anomaly : anomalies) lines.push_back(std::string(to_string(anomaly.transition)) + " " + anomaly.organ_name + " " + anomaly.findings.front().rule);
  return lines;
}

// Those of the metric alone: all of them are too many for a message.
std::string lines_with(const std::string& text, const std::string& name) {
  std::istringstream all(text);
  std::string found;
  for (std::string line; std::getline(all, line);)
    if (line.starts_with(name)) found += line + "\n";
  return found;
}

// Eight organs, what becomes of them, and what must come of that.
struct Country {
  explicit Country(eventlog::EventLog& log) : season(log) {}
  Season season;
  int year = season.year();
  std::string next = std::to_string(year + 1);
  Organ good{"临河市水利局", Family::kHanwebJpage, 11}, wrong{"临河市教育局", Family::kGeneric, 12}, silent{"临河市民政局", Family::kLonsun, 13}, late{"临河市财政局", Family::kTrsStatic, 14},
      gone{"临河市农业农村局", Family::kGkmlpt, 15}, broken{"临河市交通运输局", Family::kLonsun, 16}, file{"临河市卫生健康局", Family::kTrsStatic, 17}, redone{"临河市统计局", Family::kGeneric, 18};
  std::vector<Organ*> organs{&good, &wrong, &silent, &late, &gone, &broken, &file, &redone};
  std::set<std::string> unwell, overdue;
  std::map<std::string, SourceHealth> health;

  void publish(Organ& organ, const std::string& date, DocumentKind kind = DocumentKind::kHtml) { organ.site->publish(organ.name, year, next + date, kind); }

  // By the day of the season, counted from 1 December: 31 is 1 January. What stands first happens before that day's look.
  std::multimap<int, std::function<void()>> script() {
    return {{42, [&] { publish(silent, "-01-12"); }},
            {45, [&] { publish(good, "-01-15"); }},
            {46, [&] { publish(broken, "-01-16"); }},
            {47, [&] { publish(redone, "-01-17"); }},
            {48, [&] { publish(gone, "-01-18", DocumentKind::kGbkHtml); }},
            {50, [&] { publish(wrong, "-01-20"), wrong.site->amend(3, true); }},  // amended before anybody looked
            {52, [&] { publish(file, "-01-22", DocumentKind::kDocx); }},
            {55, [&] { broken.site->set_fault(Fault::kSoft404, "list"), broken.site->set_fault(Fault::k404, "article"); }},
            {60, [&] { redone.site->change_template(); }},
            {66, [&] { broken.site->set_fault(Fault::kEmptyShell, "list"), broken.site->set_fault(Fault::k503, "article"); }},
            {70, [&] { publish(late, "-02-09"); }},
            {72, [&] { broken.site->set_fault(Fault::kNone, "list"), broken.site->set_fault(Fault::kNone, "article"); }},
            {81, [&] { wrong.site->amend(3, false); }},
            {94, [&] { silent.site->amend(3, true); }},
            {99, [&] { gone.site->withdraw(3); }}};
  }

  ExpectationState expectation(const Organ& organ) {
    for (const Expectation& one : health[organ.source_id()].expectations)
      if (one.year == year) return one.state;
    return ExpectationState::kAwaited;
  }

  void look_around() {
    for (SourceHealth& now : all_of<SourceHealth>(season.log(), eventlog::kSourceHealthTopic, events::decode_source_health)) {
      if (now.state != SourceState::kActive) unwell.insert(now.source_id);
      health[now.source_id] = std::move(now);
    }
    for (const Organ* organ : organs)
      if (expectation(*organ) == ExpectationState::kOverdue) overdue.insert(organ->name);
  }

  void play() {
    std::vector<Source> sources;
    for (Organ* organ : organs) {
      // Years that are no neighbours, so that no figure is carried from one to the other.
      organ->site->publish(organ->name, year - 4, std::to_string(year - 3) + "-01-18");
      organ->site->publish(organ->name, year - 2, std::to_string(year - 1) + "-01-18");
      sources.push_back(organ->source());
    }
    const auto happenings = script();
    for (int day = 0; day < kDays; ++day, season.wait_a_day()) {
      for (auto [at, end] = happenings.equal_range(day); at != end; ++at) at->second();
      const bool is_hot = day >= 40 && day <= 75;
      if (!is_hot && day % 5 != 0) continue;
      season.look(sources);
      if (::testing::Test::HasFatalFailure()) return;
      look_around();
    }
  }
};

// Every version of every report once, and nothing else.
void expect_events(Country& country) {
  std::map<std::string, int> raw, withdrawn, expected;
  for (const auto& event : all_of<events::RawEvent>(country.season.log(), eventlog::kRawTopic, events::decode_raw)) {
    if (const auto* report = std::get_if<RawReport>(&event)) raw[report->url] += 1;
    else withdrawn[std::get<RawWithdrawn>(event).url] += 1;
  }
  for (const Organ* organ : country.organs)
    for (const SiteReport& report : organ->site->reports()) expected[organ->address_of(report.id)] = report.revision;
  expected[country.wrong.address_of(3)] = 2;  // one of its three was never seen
  EXPECT_EQ(raw, expected);
  EXPECT_EQ(withdrawn, (std::map<std::string, int>{{country.gone.address_of(3), 1}}));
  const std::string letters = std::string(eventlog::kRawTopic) + ".dlq.gouji-parser";
  EXPECT_THAT(all_of<events::RawEvent>(country.season.log(), letters, events::decode_raw), ::testing::IsEmpty());
}

// Every report is one of its organ and year, and its versions are counted right.
void expect_verdicts(Country& country) {
  std::map<std::string, int> versions, expected;
  for (const Verdict& verdict : all_of<Verdict>(country.season.log(), eventlog::kVerdictTopic, events::decode_verdict)) {
    int& version = versions[verdict.organ_name + " " + std::to_string(verdict.key.year)];
    version = std::max(version, verdict.version);
  }
  const int year = country.year;
  for (const Organ* organ : country.organs)
    for (const int of_year : {year - 4, year - 2, year}) expected[organ->name + " " + std::to_string(of_year)] = 1;
  expected[country.wrong.name + " " + std::to_string(year)] = expected[country.silent.name + " " + std::to_string(year)] = 2;
  EXPECT_EQ(versions, expected);
  const auto anomalies = all_of<Anomaly>(country.season.log(), eventlog::kAnomalyTopic, events::decode_anomaly);
  EXPECT_THAT(lines_of(anomalies), ::testing::UnorderedElementsAre("opened " + country.wrong.name + " T3.BALANCE", "resolved " + country.wrong.name + " T3.BALANCE",
                                                                   "opened " + country.late.name + " S.DEADLINE", "opened " + country.silent.name + " T3.BALANCE"));
}

// The portals that broke and that changed were told as such, and nothing of them was withdrawn; all
// are well in the end.
void expect_health(Country& country) {
  EXPECT_THAT(country.unwell, ::testing::UnorderedElementsAre(country.broken.source_id(), country.redone.source_id()));
  EXPECT_THAT(country.overdue, ::testing::ElementsAre(country.late.name));
  for (const Organ* organ : {&country.good, &country.wrong, &country.silent, &country.broken, &country.file, &country.redone}) EXPECT_EQ(country.expectation(*organ), ExpectationState::kSeen) << organ->name;
  EXPECT_EQ(country.expectation(country.late), ExpectationState::kLate);
  EXPECT_EQ(country.expectation(country.gone), ExpectationState::kGone);
  for (const auto& [id, health] : country.health) EXPECT_EQ(health.state, SourceState::kActive) << id << " " << health.message;
}

void expect_metrics(Country& country) {
  const std::string text = country.season.metrics();
  for (const std::string line : {"gouji_crawler_events_total{type=\"new\"} 24", "gouji_crawler_events_total{type=\"changed\"} 2", "gouji_crawler_events_total{type=\"withdrawn\"} 1",
                                 "gouji_crawler_expectations{period=\"current\",state=\"late\"} 1", "gouji_crawler_expectations{period=\"current\",state=\"gone\"} 1",
                                 "gouji_crawler_expectations{period=\"current\",state=\"seen\"} 6", "gouji_crawler_sources{state=\"active\"} 8", "gouji_crawler_drift_total{kind=\"template\"} 1", "gouji_crawler_publish_failures_total 0"})
    EXPECT_NE(text.find(line + "\n"), std::string::npos) << line << " is not among\n" << lines_with(text, line.substr(0, line.find('{')));
}

class CrawlerSeason : public ::testing::TestWithParam<SeasonLogFactory> {};

TEST_P(CrawlerSeason, ComesOutAsThePortalsKnowItToBe) {
  const auto log = GetParam()();
  if (!log && !HasFailure()) GTEST_SKIP() << "this log is not available here";
  ASSERT_NE(log, nullptr);
  for (eventlog::TopicSpec topic : eventlog::default_topics()) {
    topic.replication = 1;
    topic.config.clear();
    // The season lies ahead of this machine's clock, which a broker takes for a mistake.
    if (log->address().starts_with("kafka:")) topic.config["message.timestamp.after.max.ms"] = "9223372036854775807";
    ASSERT_TRUE(log->create_topic(topic)) << topic.name;
  }
  Country country(*log);
  country.play();
  expect_events(country);
  expect_verdicts(country);
  expect_health(country);
  expect_metrics(country);
}

INSTANTIATE_TEST_SUITE_P(Over, CrawlerSeason, ::testing::Values(season_log()), [](const auto&) { return std::string("log"); });

}  // namespace
}  // namespace gouji::crawler
