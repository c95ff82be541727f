#include "hone/stats/verdict.h"

#include <gtest/gtest.h>

#include "hone/core/error.h"
#include "hone/stats/not_defined.h"

namespace hone {
namespace {

DifferenceSeen difference_seen(double low, double high, double p) {
  DifferenceSeen seen;
  seen.p = p;
  seen.interval = Interval{low, high};
  seen.items = 200;
  return seen;
}

TEST(Verdict, NeedsBothPAndInterval) {
  EXPECT_EQ(decide(difference_seen(.01, .1, .02)), ReportVerdict::kBetter);
  EXPECT_EQ(decide(difference_seen(-.1, -.01, .02)), ReportVerdict::kWorse);
  EXPECT_EQ(decide(difference_seen(.01, .1, .06)), ReportVerdict::kNoDifferenceDetectable);
  EXPECT_EQ(decide(difference_seen(-.01, .1, .02)), ReportVerdict::kNoDifferenceDetectable);
  EXPECT_EQ(decide(difference_seen(.01, .1, .02), {.alpha = .01}), ReportVerdict::kNoDifferenceDetectable);
}

TEST(Verdict, IsTheFirstThatApplies) {
  DifferenceSeen seen = difference_seen(.01, .1, .02);
  seen.largest_share = .6;
  EXPECT_EQ(decide(seen), ReportVerdict::kTooFewClusters);
  seen.items = 29;
  EXPECT_EQ(decide(seen), ReportVerdict::kTooFewItems);
  seen.interval.reset();
  EXPECT_EQ(decide(seen), ReportVerdict::kNotDefined);
  seen.comparable = false;
  EXPECT_EQ(decide(seen), ReportVerdict::kNotComparable);
}

TEST(Verdict, NeedsItemsClustersAndDegreesOfFreedom) {
  DifferenceSeen seen = difference_seen(.01, .1, .02);
  seen.clusters = 9;
  EXPECT_EQ(decide(seen), ReportVerdict::kTooFewClusters);
  EXPECT_EQ(decide(seen, {.least_clusters = 9}), ReportVerdict::kBetter);
  seen.clusters = 12;
  seen.degrees_of_freedom = 3.9;
  EXPECT_EQ(decide(seen), ReportVerdict::kTooFewClusters);
  seen.clusters = 1;
  seen.interval.reset();
  EXPECT_EQ(decide(seen), ReportVerdict::kTooFewClusters);
  EXPECT_EQ(decide({}), ReportVerdict::kTooFewItems);
}

TEST(Verdict, IsTheSameOnlyInsideAMargin) {
  EXPECT_EQ(decide(difference_seen(-.02, .02, .9), {.margin = .03}), ReportVerdict::kSameWithinMargin);
  EXPECT_EQ(decide(difference_seen(-.04, .02, .9), {.margin = .03}), ReportVerdict::kNoDifferenceDetectable);
  EXPECT_EQ(decide(difference_seen(.01, .02, .01), {.margin = .03}), ReportVerdict::kBetter);
}

TEST(Verdict, SaysThatTheSystemsNeverDiffer) {
  DifferenceSeen seen = difference_seen(-.05, .05, 1.0);
  seen.differ = false;
  EXPECT_EQ(decide(seen), ReportVerdict::kNeverDiffer);
  EXPECT_EQ(decide(seen, {.margin = .1}), ReportVerdict::kSameWithinMargin);
}

TEST(Verdict, MustHoldWhateverIsMissing) {
  using enum ReportVerdict;
  EXPECT_EQ(as_filled(kBetter, kBetter, kBetter), kBetter);
  EXPECT_EQ(as_filled(kBetter, kBetter, kNoDifferenceDetectable), kNotDecided);
  EXPECT_EQ(as_filled(kNoDifferenceDetectable, kBetter, kWorse), kNotDecided);
  EXPECT_EQ(as_filled(kTooFewItems, kBetter, kWorse), kTooFewItems);
}

TEST(Verdict, HasANameInSnakeCase) {
  EXPECT_EQ(to_string(ReportVerdict::kSameWithinMargin), "same_within_margin");
  EXPECT_EQ(to_string(ReportVerdict::kNoDifferenceDetectable), "no_difference_detectable");
  EXPECT_EQ(to_string(GateVerdict::kUndecided), "undecided");
  EXPECT_EQ(to_string(NotDefined::kOneCluster), "one_cluster");
}

TEST(Verdict, RefusesWhatCannotBe) {
  EXPECT_THROW(decide({}, {.alpha = 0.0}), Error);
  EXPECT_THROW(decide({}, {.margin = -0.1}), Error);
  EXPECT_THROW(not_worse_than(0.0, std::nullopt, 9, std::nullopt), Error);
}

TEST(NotWorseThan, PassesFailsOrSaysWhatWouldDecide) {
  EXPECT_EQ(not_worse_than(.03, Interval{-.02, .05}, 200, .04).verdict, GateVerdict::kPasses);
  EXPECT_EQ(not_worse_than(.03, Interval{-.09, -.04}, 200, .04).verdict, GateVerdict::kFails);
  const Gate open = not_worse_than(.03, Interval{-.05, .02}, 200, .06);
  EXPECT_EQ(open.verdict, GateVerdict::kUndecided);
  EXPECT_EQ(open.items_needed, 800u);
  EXPECT_FALSE(not_worse_than(.03, Interval{-.05, .02}, 200, std::nullopt).items_needed);
  EXPECT_EQ(not_worse_than(.03, std::nullopt, 0, std::nullopt).verdict, GateVerdict::kUndecided);
}

}  // namespace
}  // namespace hone
