// How far the log was read, what stands in it, and what is known while another log is caught up with.
#include <fmt/format.h>

#include "services/gouji/notify/notify_state_impl.h"

namespace gouji::command {
namespace {

using crawler::Statement;

constexpr std::string_view kStandingColumns = "anomaly, event, value, waived_until";

Standing read_standing(const Statement& row) { return {row.text(0), row.text(1), row.text(2), row.integer(3)}; }
std::string read_text(const Statement& row) { return row.text(0); }
std::int64_t read_number(const Statement& row) { return row.integer(0); }
void nothing(Statement&) {}

template <typename Row>
Result<std::optional<Row>> first(Result<std::vector<Row>> rows) {
  if (!rows) return rows.error();
  return rows->empty() ? std::nullopt : std::optional<Row>(std::move(rows->front()));
}

}  // namespace

Result<std::optional<NotifyState::Progress>> NotifyState::progress(std::int32_t partition) {
  return first(impl_->rows<Progress>("SELECT next, news_from FROM progress WHERE partition = ?1", [&](Statement& row) { row.bind(1, partition); },
                                     [](const Statement& row) { return Progress{row.integer(0), row.integer(1)}; }));
}

Result<void> NotifyState::set_progress(std::int32_t partition, const Progress& progress) {
  return impl_->run("INSERT INTO progress VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET next = ?2, news_from = ?3", [&](Statement& row) {
    row.bind(1, partition).bind(2, progress.next).bind(3, progress.news_from);
  });
}

Result<bool> NotifyState::is_new() {
  GOUJI_ASSIGN(const auto rows, impl_->rows<std::int64_t>("SELECT count(*) FROM progress", nothing, read_number));
  return rows.front() == 0;
}

Result<std::optional<LogMark>> NotifyState::mark(std::int32_t partition) {
  return first(impl_->rows<LogMark>("SELECT offset, digest FROM mark WHERE partition = ?1", [&](Statement& row) { row.bind(1, partition); },
                                    [](const Statement& row) { return LogMark{row.integer(0), row.text(1)}; }));
}

Result<void> NotifyState::set_mark(std::int32_t partition, const LogMark& mark) {
  return impl_->run("INSERT OR REPLACE INTO mark VALUES(?1, ?2, ?3)", [&](Statement& row) { row.bind(1, partition).bind(2, mark.offset).bind(3, mark.digest); });
}

Result<void> NotifyState::start_over(const std::vector<Bounds>& partitions, UnixMillis now) {
  return together([&]() -> Result<void> {
    for (const char* table : {"progress", "mark", "catching_up", "heard", "unheard"}) GOUJI_TRY(impl_->run(fmt::format("DELETE FROM {}", table), nothing));
    GOUJI_TRY(impl_->run("INSERT INTO unheard SELECT anomaly, ?1 FROM standing", [&](Statement& row) { row.bind(1, now); }));
    for (std::size_t partition = 0; partition < partitions.size(); ++partition) {
      const auto number = static_cast<std::int32_t>(partition);
      GOUJI_TRY(set_progress(number, {partitions[partition].begin, partitions[partition].begin}));
      GOUJI_TRY(impl_->run("INSERT INTO catching_up VALUES(?1, ?2)", [&](Statement& row) { row.bind(1, number).bind(2, partitions[partition].end); }));
    }
    return ok();
  });
}

Result<NotifyState::CatchingUp> NotifyState::catching_up() {
  GOUJI_ASSIGN(const auto all, impl_->rows<std::int64_t>("SELECT count(*) FROM catching_up", nothing, read_number));
  if (all.front() == 0) return CatchingUp::kNo;
  GOUJI_ASSIGN(const auto behind, impl_->rows<std::int64_t>("SELECT count(*) FROM catching_up JOIN progress USING(partition) WHERE next < until", nothing, read_number));
  return behind.front() > 0 ? CatchingUp::kReads : CatchingUp::kHasRead;
}

Result<void> NotifyState::caught_up() { return impl_->run("DELETE FROM catching_up", nothing); }

Result<void> NotifyState::hear(const Standing& word) {
  return impl_->run("INSERT OR REPLACE INTO heard VALUES(?1, ?2, ?3)", [&](Statement& row) { row.bind(1, word.anomaly).bind(2, word.event).bind_blob(3, word.value); });
}

Result<std::vector<Standing>> NotifyState::heard(std::size_t limit) {
  return impl_->rows<Standing>("SELECT anomaly, event, value, 0 FROM heard LIMIT ?1", [&](Statement& row) { row.bind(1, static_cast<std::int64_t>(limit)); }, read_standing);
}

Result<void> NotifyState::forget_heard(std::string_view anomaly) {
  return impl_->run("DELETE FROM heard WHERE anomaly = ?1", [&](Statement& row) { row.bind(1, anomaly); });
}

Result<bool> NotifyState::is_unheard(std::string_view anomaly) {
  GOUJI_ASSIGN(const auto rows, impl_->rows<std::string>("SELECT anomaly FROM unheard WHERE anomaly = ?1", [&](Statement& row) { row.bind(1, anomaly); }, read_text));
  return !rows.empty();
}

Result<std::vector<Standing>> NotifyState::unheard_since(UnixMillis before, std::size_t limit) {
  return impl_->rows<Standing>(fmt::format("SELECT {} FROM standing JOIN unheard USING(anomaly) WHERE since < ?1 LIMIT ?2", kStandingColumns),
                               [&](Statement& row) { row.bind(1, before).bind(2, static_cast<std::int64_t>(limit)); }, read_standing);
}

Result<std::int64_t> NotifyState::unheard() {
  GOUJI_ASSIGN(const auto rows, impl_->rows<std::int64_t>("SELECT count(*) FROM unheard", nothing, read_number));
  return rows.front();
}

Result<std::optional<Standing>> NotifyState::standing(std::string_view anomaly) {
  return first(impl_->rows<Standing>(fmt::format("SELECT {} FROM standing WHERE anomaly = ?1", kStandingColumns), [&](Statement& row) { row.bind(1, anomaly); },
                                     read_standing));
}

Result<void> NotifyState::stand(const Standing& standing) {
  GOUJI_TRY(impl_->run("DELETE FROM unheard WHERE anomaly = ?1", [&](Statement& row) { row.bind(1, standing.anomaly); }));
  return impl_->run("INSERT OR REPLACE INTO standing VALUES(?1, ?2, ?3, ?4)", [&](Statement& row) {
    row.bind(1, standing.anomaly).bind(2, standing.event).bind_blob(3, standing.value).bind(4, standing.waived_until);
  });
}

Result<void> NotifyState::fall(std::string_view anomaly) {
  for (const char* table : {"unheard", "standing"})
    GOUJI_TRY(impl_->run(fmt::format("DELETE FROM {} WHERE anomaly = ?1", table), [&](Statement& row) { row.bind(1, anomaly); }));
  return ok();
}

Result<void> NotifyState::each_standing(const std::function<Result<void>(const Standing&)>& visit) {
  constexpr std::int64_t kPage = 500;
  for (std::string after;;) {
    GOUJI_ASSIGN(const auto page, impl_->rows<Standing>(fmt::format("SELECT {} FROM standing WHERE anomaly > ?1 ORDER BY anomaly LIMIT ?2", kStandingColumns),
                                                        [&](Statement& row) { row.bind(1, after).bind(2, kPage); }, read_standing));
    for (const Standing& standing : page) GOUJI_TRY(visit(standing));
    if (page.empty()) return ok();
    after = page.back().anomaly;
  }
}

Result<std::vector<Standing>> NotifyState::waivers_over(UnixMillis now, std::size_t limit) {
  return impl_->rows<Standing>(fmt::format("SELECT {} FROM standing WHERE waived_until > 0 AND waived_until <= ?1 LIMIT ?2", kStandingColumns),
                               [&](Statement& row) { row.bind(1, now).bind(2, static_cast<std::int64_t>(limit)); }, read_standing);
}

}  // namespace gouji::command
