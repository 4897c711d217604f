// Documents from files, directories or standard input, read in worker processes, for `check`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "common/runtime/worker_pool.h"
#include "services/gouji/report_json.h"
#include "services/parser/parse_stage.h"

namespace gouji::command {

// What the user says about the documents: hints for the parser.
struct UserHints {
  std::string organ;
  std::optional<std::int32_t> year;
  std::string scope;
};

class DocumentSource {
 public:
  static Result<std::unique_ptr<DocumentSource>> create(UserHints hints);

  // The files behind the arguments, directories walked in order of name; "-" stays. kFatal NOT_FOUND
  // names all that do not exist.
  static Result<std::vector<std::string>> expand(const std::vector<std::string>& arguments);
  // Reads one; judgement stays empty. A file that cannot be read is a Refusal UNREADABLE.
  CheckedDocument read(const std::string& file) const;

 private:
  DocumentSource(std::unique_ptr<runtime::WorkerPool> pool, UserHints hints);
  ReadOutcome outcome_of(const std::string& file, std::string bytes) const;
  // What a page has attached beside it; read by a worker of the crawler, which the first page starts.
  std::vector<Content> attachments_of(const std::string& file, const std::string& bytes) const;

  std::unique_ptr<runtime::WorkerPool> pool_;
  mutable std::unique_ptr<runtime::WorkerPool> list_pool_;
  parser::DocumentReader reader_;
  UserHints hints_;
};

}  // namespace gouji::command
