// The bytes of everything that follows from a report: however results are shared, cached and written,
// verdicts, anomalies and ledger entries stay what they are. The digests beside this file were made by
// the plain encoding; GOUJI_UPDATE_GOLDEN=1 writes them anew after a change that is meant.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "common/core/digest.h"
#include "common/events/codec.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::clean_reading;

constexpr const char* kRuleSet = "1+000000000000";  // a rule that is worded anew changes no bytes here

// A ledger that knows reports as bytes only, and what has been said so far.
class Wire {
 public:
  void arrive(const Reading& reading, const std::string& content, const std::string& location = "0123456789abcdef0123456789abcdef") {
    events::ParsedReport report;
    report.reading = reading;
    report.reading.content_digest = "content of " + content;
    report.location_id = location;
    report.fetch_sequence = ++offset_;
    report.evidence = {"http://www.example.gov.cn/" + location, "payload of " + content, "raw-" + std::to_string(offset_),
                       1'700'000'000'000 + 1'000 * offset_, reading.extractor, ""};
    const auto event = events::decode_parsed(events::encode(report));
    ASSERT_TRUE(event.has_value());
    const auto& decoded = std::get<events::ParsedReport>(*event);
    Arrival arrival;
    arrival.reading = decoded.reading;
    arrival.location_id = decoded.location_id;
    arrival.fetch_sequence = decoded.fetch_sequence;
    arrival.evidence = decoded.evidence;
    arrival.payload_digest = arrival.evidence.raw_digest;
    take(std::move(arrival));
  }
  void withdraw(const ReportKey& key, const std::string& location) {
    Arrival arrival;
    arrival.withdrawn = true;
    arrival.reading.key = key;
    arrival.location_id = location;
    arrival.fetch_sequence = ++offset_;
    take(std::move(arrival));
  }
  std::string digest() { return to_hex(stream_.finish()).substr(0, 24); }

 private:
  void take(Arrival arrival) {
    arrival.seen_at = 1'700'000'000'000 + offset_;
    arrival.input_offset = offset_;
    documents_[offset_] = arrival;
    const History history = [this](const ReportKey& key) -> std::optional<LedgerEntry> {
      const auto found = ledger_.find(key);
      if (found == ledger_.end()) return std::nullopt;
      auto entry = events::decode_ledger_entry(found->second);
      EXPECT_TRUE(entry.has_value());
      entry->rule_set = rule_set_version();
      return std::move(*entry);
    };
    const Reread reread = [this](std::int64_t offset) { return std::optional(documents_.at(offset)); };
    say(judge(history, arrival, reread));
  }

  void say(Judgement judgement) {
    for (Verdict& verdict : judgement.verdicts) {
      verdict.rule_set = verdict.evidence.rule_set = kRuleSet;
      add(events::encode(verdict, "input", 0));
      add(events::encode_current(verdict, "input", 0));
    }
    for (Anomaly& anomaly : judgement.transitions) {
      anomaly.evidence.rule_set = kRuleSet;
      add(events::encode(anomaly, "input", 1));
    }
    for (LedgerChange& change : judgement.ledger) {
      add(to_string(change.key));
      if (!change.entry) {
        ledger_.erase(change.key);
        continue;
      }
      change.entry->rule_set = change.entry->evidence.rule_set = kRuleSet;
      add(ledger_[change.key] = events::encode(*change.entry));
    }
  }

  void add(const std::string& bytes) { stream_.add(std::to_string(bytes.size()) + ":" + bytes); }
  void add(const Record& record) {
    add(record.key.value_or("-"));
    add(record.value.value_or("-"));
    add(std::to_string(record.timestamp));
    for (const Header& header : record.headers) add(header.name + "=" + header.value.value_or("-"));
  }

  std::map<ReportKey, std::string> ledger_;
  std::map<std::int64_t, Arrival> documents_;
  std::int64_t offset_ = 0;
  Sha256Stream stream_;
};

// What may go wrong with a report, by number: cells, tables, prose, dates, names.
void damage(Reading& reading, std::mt19937& random) {
  const auto any_cell = [&]() -> Cell& {
    std::vector<Cell>& cells = reading.tables[random() % 3].cells;
    return cells[random() % cells.size()];
  };
  switch (random() % 12) {
    case 0: reading.tables[random() % 3].money_unit = MoneyUnit::kWanYuan; break;
    case 1: any_cell() = {CellState::kBlank, 0}; break;
    case 2: any_cell() = {CellState::kUnreadable, 0}; break;
    case 3: any_cell() = {CellState::kText, 0}; break;
    case 4: reading.published_on = std::to_string(reading.key.year + 1) + (random() % 2 == 0 ? "-01-20" : "-04-20"); break;
    case 5: reading.sections.erase(reading.sections.begin() + static_cast<std::ptrdiff_t>(random() % reading.sections.size())); break;
    case 6: reading.sections[0].text = "本年度共收到政府信息公开申请" + std::to_string(random() % 90) + "件，其中自然人3件，法人4件。"; break;
    case 7: reading.organ_name = random() % 2 == 0 ? "临河市教育局" : "临河市云山镇人民政府"; break;
    case 8: any_cell() = Cell::number(-3); break;
    default: {
      Cell& cell = any_cell();
      cell = Cell::number(cell.value + static_cast<std::int64_t>(1 + random() % 40));
    }
  }
}

// Two years of an organ with versions, a copy that differs, and a withdrawal.
std::string life_of(std::uint32_t seed, int errors) {
  std::mt19937 random(seed);
  const int year = random() % 3 == 0 ? 2020 : 2022;
  Wire wire;
  Reading reading = clean_reading(year, seed);
  reading.tables[0].money_unit = random() % 2 == 0 ? MoneyUnit::kWanYuan : MoneyUnit::kNotStated;
  wire.arrive(clean_reading(year - 1, seed + 1), "before");
  for (int i = 0; i < errors; ++i) damage(reading, random);
  wire.arrive(reading, "first");
  wire.arrive(reading, "first", "copy");
  Reading other = reading;
  damage(other, random);
  if (random() % 2 == 0) wire.arrive(other, "other", "copy");
  wire.arrive(other, "second");
  wire.arrive(clean_reading(year, seed), "mended");
  if (random() % 2 == 0) wire.withdraw(reading.key, "copy");
  wire.withdraw(reading.key, "0123456789abcdef0123456789abcdef");
  return wire.digest();
}

std::string clean_life_of(std::uint32_t seed, int year) {
  Wire wire;
  for (const int each : {year, year + 1, year - 1}) wire.arrive(clean_reading(each, seed), "report of " + std::to_string(each));
  Reading unnamed = clean_reading(year, seed + 7);
  unnamed.key = {"location:0123", 0, Scope::kUnknown};
  unnamed.year.reset();
  unnamed.organ_name.reset();
  wire.arrive(unnamed, "unnamed");
  return wire.digest();
}

std::optional<gouji::testing::ReportFigures> figures_of(const std::string& name) {
  for (const std::string folder : {"../shared/corpus/grids/", "../../shared/corpus/grids/"})
    if (auto figures = gouji::testing::figures_from_grid_file(folder + name + ".json")) return figures;
  return std::nullopt;
}

std::map<std::string, std::string> digests() {
  std::map<std::string, std::string> found;
  for (std::uint32_t seed = 1; seed <= 10; ++seed)
    for (const int year : {2020, 2022})
      found["clean " + std::to_string(year) + " " + std::to_string(seed)] = clean_life_of(seed, year);
  for (std::uint32_t seed = 100; seed < 200; ++seed)
    found["injected " + std::to_string(seed)] = life_of(seed, 1 + static_cast<int>(seed % 2));
  for (const char* name : testing::kGrids)
    if (const auto figures = figures_of(name)) {
      Wire wire;
      wire.arrive(testing::reading_of(*figures), name);
      found["grid " + std::string(name)] = wire.digest();
    }
  return found;
}

TEST(WireBytes, OfVerdictsAnomaliesAndLedgerStayTheSame) {
  const std::string path = "tests/unit/services/validator/wire_bytes.txt";
  const std::map<std::string, std::string> found = digests();
  if (std::getenv("GOUJI_UPDATE_GOLDEN") != nullptr) {
    std::ofstream file(path);
    for (const auto& [name, digest] : found) file << name << " = " << digest << "\n";
    GTEST_SKIP() << "written: " << path;
  }
  std::ifstream file(path);
  std::size_t lines = 0;
  std::size_t missing = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const std::size_t equals = line.find(" = ");
    ASSERT_NE(equals, std::string::npos) << line;
    const auto known = found.find(line.substr(0, equals));
    // The figures of real reports are there or not.
    if (known == found.end() && line.starts_with("grid ")) {
      ++missing;
      continue;
    }
    ASSERT_NE(known, found.end()) << line;
    EXPECT_EQ(known->second, line.substr(equals + 3)) << known->first;
  }
  EXPECT_EQ(lines, found.size() + missing);
}

}  // namespace
}  // namespace gouji::validator
