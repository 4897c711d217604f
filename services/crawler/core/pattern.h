// A pattern of a portal file: a regular expression, or, in files of the first form, a part of a text
// or a glob. Takes time linear in the text, whatever the pattern (RE2).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji::crawler {

inline constexpr std::size_t kPatternBytesMax = 500;

// Cheap to copy; immutable; any thread.
class Pattern {
 public:
  // kInvalidInput MALFORMED says what is wrong with the expression.
  static Result<Pattern> regex(std::string_view expression);
  // Of an expression in the program itself: one that is wrong is a bug.
  static Pattern known(std::string_view expression);
  // A glob over the whole text where it holds `*` or `?`, else a part of it.
  static Pattern glob(std::string_view pattern);

  const std::string& text() const { return text_; }
  bool is_in(std::string_view text) const;
  // The groups of the first match from `from` on; without groups in the expression the match itself.
  // Groups that took no part are empty. `end` is where the match ends.
  struct Match {
    std::vector<std::string> groups;
    std::size_t end = 0;
  };
  std::optional<Match> find(std::string_view text, std::size_t from = 0) const;
  // Every match replaced; \1 to \9 are groups.
  std::string replace(std::string text, const std::string& with) const;
  // kInvalidInput MALFORMED when replace() could not use it.
  Result<void> check_replacement(const std::string& with) const;
  int groups() const;

 private:
  struct Compiled;
  class Shared;
  static Result<Pattern> compiled(std::string_view expression);
  std::string text_;
  std::shared_ptr<const Compiled> compiled_;  // null: a glob or a part
};

// A pattern with `*` or `?` is a glob over the whole text, any other is a part of it.
bool is_glob_match(std::string_view pattern, std::string_view text);
bool is_any_in(const std::vector<Pattern>& patterns, std::string_view text);

}  // namespace gouji::crawler
