// The file behind NotifyState: what its two parts share.
#pragma once

#include <functional>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "services/crawler/io/process_lock.h"
#include "services/crawler/io/sqlite.h"
#include "services/gouji/notify/notify_state.h"

namespace gouji::command {

struct NotifyState::Impl {
  Impl(crawler::ProcessLock held, crawler::Database opened) : lock(std::move(held)), database(std::move(opened)) {}

  // Runs a statement that gives no rows.
  Result<void> run(std::string_view sql, const std::function<void(crawler::Statement&)>& bind) {
    const std::scoped_lock guard(mutex);
    GOUJI_ASSIGN(auto statement, database.prepare(sql));
    bind(statement);
    return statement.run();
  }

  template <typename Row>
  Result<std::vector<Row>> rows(std::string_view sql, const std::function<void(crawler::Statement&)>& bind, Row (*read)(const crawler::Statement&)) {
    const std::scoped_lock guard(mutex);
    GOUJI_ASSIGN(auto statement, database.prepare(sql));
    bind(statement);
    std::vector<Row> found;
    for (;;) {
      GOUJI_ASSIGN(const bool is_there, statement.step());
      if (!is_there) return found;
      found.push_back(read(statement));
    }
  }

  crawler::ProcessLock lock;
  std::recursive_mutex mutex;
  crawler::Database database;
};

}  // namespace gouji::command
