#include "services/crawler/core/decision.h"

#include <gtest/gtest.h>

namespace gouji::crawler {
namespace {

constexpr GoneRule kDayApart{2, 86'400'000};

Known published(const std::string& digest) { return {digest, 3, false, 0, 0, ""}; }

TEST(Decision, MakesTheFirstContentSequenceOne) {
  const Decision decision = decide({}, {Sight::kContent, "aa", 10, ""}, {});
  EXPECT_EQ(decision.change, Change::kNew);
  EXPECT_EQ(decision.next, (Known{"aa", 1, false, 0, 0, ""}));
}

TEST(Decision, MakesNoEventOfIdenticalContent) {
  const Decision decision = decide(published("aa"), {Sight::kContent, "aa", 10, ""}, {});
  EXPECT_EQ(decision.change, Change::kSame);
  EXPECT_FALSE(makes_event(decision.change));
  EXPECT_EQ(decision.next, published("aa"));
}

TEST(Decision, MakesOtherContentTheNextSequence) {
  const Decision decision = decide(published("aa"), {Sight::kContent, "bb", 10, ""}, {});
  EXPECT_EQ(decision.change, Change::kChanged);
  EXPECT_EQ(decision.next, (Known{"bb", 4, false, 0, 0, ""}));
}

TEST(Decision, MakesAReturnToAnOlderContentAnEvent) {
  Known known = published("aa");
  known = decide(known, {Sight::kContent, "bb", 1, ""}, {}).next;
  EXPECT_EQ(decide(known, {Sight::kContent, "aa", 2, ""}, {}).next.sequence, 5);
}

TEST(Decision, WithdrawsOnlyAfterTwoSightingsFarEnoughApart) {
  const Decision first = decide(published("aa"), {Sight::kGone, "", 1'000, ""}, kDayApart);
  EXPECT_EQ(first.change, Change::kNone);
  const Decision early = decide(first.next, {Sight::kGone, "", 1'000 + kDayApart.apart - 1, ""}, kDayApart);
  EXPECT_EQ(early.change, Change::kNone);
  const Decision late = decide(early.next, {Sight::kGone, "", 1'000 + kDayApart.apart, ""}, kDayApart);
  EXPECT_EQ(late.change, Change::kWithdrawn);
  EXPECT_EQ(late.next, (Known{"aa", 4, true, 0, 0, ""}));
}

TEST(Decision, ForgetsAnAbsenceOnceTheDocumentIsSeenAgain) {
  Known known = decide(published("aa"), {Sight::kGone, "", 1'000, ""}, kDayApart).next;
  known = decide(known, {Sight::kUnchanged, "", 2'000, ""}, kDayApart).next;
  EXPECT_EQ(known, published("aa"));
}

TEST(Decision, TakesNoTransientFaultForChangeOrAbsence) {
  const Known missing = decide(published("aa"), {Sight::kGone, "", 1'000, ""}, kDayApart).next;
  const Decision decision = decide(missing, {Sight::kTransient, "", 900'000'000, ""}, kDayApart);
  EXPECT_EQ(decision.change, Change::kNone);
  EXPECT_EQ(decision.next, missing);
}

TEST(Decision, CountsAbsenceAgainWhenTheClockGoesBack) {
  const Known missing = decide(published("aa"), {Sight::kGone, "", 500'000'000, ""}, kDayApart).next;
  const Decision decision = decide(missing, {Sight::kGone, "", 1'000, ""}, kDayApart);
  EXPECT_EQ(decision.change, Change::kNone);
  EXPECT_EQ(decision.next.missing_since, 1'000);
  EXPECT_EQ(decision.next.missing_count, 1);
}

TEST(Decision, NeverWithdrawsWhatWasNeverPublishedOrIsWithdrawn) {
  EXPECT_EQ(decide({}, {Sight::kGone, "", 1, ""}, {1, 0}).change, Change::kNone);
  const Known withdrawn{"aa", 4, true, 0, 0, ""};
  EXPECT_EQ(decide(withdrawn, {Sight::kGone, "", 1, ""}, {1, 0}).change, Change::kNone);
}

TEST(Decision, TellsAReturnAfterAWithdrawalEvenWithTheSameContent) {
  const Decision decision = decide({"aa", 4, true, 0, 0, ""}, {Sight::kContent, "aa", 1, ""}, {});
  EXPECT_EQ(decision.change, Change::kReturned);
  EXPECT_EQ(decision.next, (Known{"aa", 5, false, 0, 0, ""}));
}

// Every line of the table: what is known, what is seen, what it makes.
TEST(Decision, ComparesTextsWhereBytesDiffer) {
  struct Line {
    std::string known_text, seen_text;
    Change expected;
  };
  for (const Line& line : {Line{"t", "t", Change::kChrome}, Line{"t", "u", Change::kChanged}, Line{"", "", Change::kChanged}, Line{"", "t", Change::kChanged}, Line{"t", "", Change::kChanged}}) {
    Known known = published("aa");
    known.text_digest = line.known_text;
    const Decision decision = decide(known, {Sight::kContent, "bb", 1, line.seen_text}, {});
    EXPECT_EQ(decision.change, line.expected) << line.known_text << " " << line.seen_text;
    EXPECT_EQ(decision.next.payload_digest, "bb") << "the same bytes again are no change";
    EXPECT_EQ(decision.next.sequence, makes_event(line.expected) ? 4 : 3);
    EXPECT_EQ(decision.next.text_digest, line.seen_text);
  }
}

}  // namespace
}  // namespace gouji::crawler
