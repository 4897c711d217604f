// Which report a document is: organ, year and scope, each decided by votes of everything that
// speaks of it. Nothing is guessed: without a vote, or with votes that cancel out, a field is open.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/organs.h"
#include "common/report/reading.h"
#include "services/parser/core/front_matter.h"
#include "services/parser/core/prose.h"

namespace gouji::parser {

struct ReportIdentity {
  ReportKey key;
  std::optional<std::string> organ_name;
  std::optional<std::int32_t> year;
  std::vector<Vote> votes;
  std::vector<ReadingNote> warnings;  // YEAR_CONFLICT, ORGAN_NOT_UNIQUE
};

struct IdentityEvidence {
  const Document& document;
  const FrontMatter& front;
  const std::vector<Sentence>& prose;
  const std::vector<Hint>& hints;
  std::string_view location_id;
  std::int32_t part = 0;  // Where::part of the document
};

// Weights of the votes; the text outweighs what portals and people say about it.
inline constexpr std::int32_t kTitleWeight = 50;
inline constexpr std::int32_t kPeriodWeight = 60;
inline constexpr std::int32_t kDamagedPeriodWeight = 30;
inline constexpr std::int32_t kMetaTitleWeight = 30;
inline constexpr std::int32_t kPublisherWeight = 12;
inline constexpr std::int32_t kProseWeight = 6;     // for each sentence
inline constexpr std::int32_t kProseWeightMax = 24;
inline constexpr std::int32_t kHintWeight = 10;
inline constexpr std::int32_t kUserWeight = 1000;   // the person who runs the command says so
inline constexpr std::size_t kVotesMax = 64;

// Of a report in several documents: the body's evidence first, then its attachments'. Not empty.
ReportIdentity decide_identity(std::span<const IdentityEvidence> evidence, const OrganDirectory& organs);

// Two documents that say that they are reports of different organs or years.
bool are_different_reports(const ReportIdentity& a, const ReportIdentity& b);

// The votes of each field, in report_identity_<field>.cpp.
std::vector<Vote> year_votes(const IdentityEvidence& evidence);
std::vector<Vote> organ_votes(const IdentityEvidence& evidence, const OrganDirectory& organs);
std::vector<Vote> scope_votes(const IdentityEvidence& evidence, std::string_view organ);

// Where a word stands that shows what kind of organ speaks of itself: "局" for 我局.
std::string self_reference(const std::vector<Sentence>& prose);

}  // namespace gouji::parser
