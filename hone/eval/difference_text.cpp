#include "hone/eval/difference_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "hone/core/count.h"
#include "hone/stats/paired.h"

namespace hone {
namespace {

// Never "-0.0".
std::string number(double amount, const ScoreUnit& unit) {
  const std::string text = fmt::format("{:.{}f}", amount / unit.size, unit.digits);
  return text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-') ? text.substr(1) : text;
}

std::string range_of(const Interval& interval, const ScoreUnit& unit) {
  return number(interval.low, unit) + " to " + number(interval.high, unit);
}

// Of A, with better being above 0.
Interval turned_to_better(const ScoreDifference& difference, const ComparisonWords& words) {
  const Interval interval = difference.interval.value_or(Interval{});
  return words.lower_is_better ? Interval{-interval.high, -interval.low} : interval;
}

// How large, for a verdict that is one: "3.2 points (0.4 to 6.1)".
std::string amount_with_interval(const ScoreDifference& difference, const ComparisonWords& words) {
  Interval interval = difference.interval.value_or(Interval{});
  if (difference.difference < 0.0) interval = {-interval.high, -interval.low};
  return in_units(std::abs(difference.difference), words.unit) + " (" + range_of(interval, words.unit) + ")";
}

std::string few_items(const ScoreDifference& difference, const ComparisonWords& words) {
  return fmt::format("{} of {} needed", with_commas(difference.items), with_commas(words.verdict.least_items));
}

std::string few_clusters(const ScoreDifference& difference, const ComparisonWords& words) {
  if (difference.clusters < words.verdict.least_clusters)
    return fmt::format("{} of {} needed", with_commas(difference.clusters), with_commas(words.verdict.least_clusters));
  if (difference.seen.largest_share > words.verdict.largest_share)
    return fmt::format("one holds {:.0f} % of the items", 100.0 * difference.seen.largest_share);
  return fmt::format("they are of so unequal size that they count like {:.1f}", difference.seen.degrees_of_freedom + 1.0);
}

std::uint64_t missing(const ScoreDifference& difference) { return difference.missing_a + difference.missing_b; }

// Why there is no interval though there are items.
std::string why_not_defined(const ScoreDifference& difference, const ComparisonWords& words) {
  if (difference.test == DifferenceTest::kJackknife) return "only one class occurs there, or but one item of the other";
  return words.not_defined.empty() ? "the difference is the same on all items, so that it has no spread to be tested with"
                                   : words.not_defined;
}

std::string smallest_text(const ScoreDifference& difference, const ComparisonWords& words) {
  if (!difference.smallest_detectable) return "no difference could be detected with so few items";
  return "smallest detectable effect is " + in_units(*difference.smallest_detectable, words.unit) + " (80 % power)";
}

std::string need_more(const ScoreDifference& difference, const ComparisonWords& words) {
  const std::optional<std::uint64_t> more = more_items(difference, words);
  if (!more) return {};
  const std::string worth = in_units(words.worth_seeing, words.unit);
  if (*more == 0) return " These items are enough to show a difference of " + worth + " in four of five cases.";
  return " About " + with_commas(*more) + " more items would show a difference of " + worth + " in four of five cases.";
}

std::string means(const ScoreDifference& difference, const ComparisonWords& words) {
  const auto value = [&](double score) {
    return words.unit.name == "points" && words.unit.size == 0.01 ? fmt::format("{:.1f} %", 100.0 * score) : fmt::format("{:.4g}", score);
  };
  return words.metric + " is " + value(difference.a.value) + " against " + value(difference.b.value);
}

std::string on_items(const ScoreDifference& difference, const ComparisonWords& words) {
  const std::string items = counted(difference.items, "item");
  return difference.clustering ? items + " in " + with_commas(difference.clusters) + " clusters of '" + words.cluster + "'" : items;
}

}  // namespace

std::string in_units(double amount, const ScoreUnit& unit) {
  const std::string text = number(amount, unit);
  const bool is_one = text == "1" || text == "1.0" || text == "1.000";
  return (is_one ? "1" : text) + " " + (is_one ? unit.name.substr(0, unit.name.size() - 1) : unit.name);
}

std::optional<std::uint64_t> more_items(const ScoreDifference& difference, const ComparisonWords& words) {
  if (difference.verdict == ReportVerdict::kTooFewItems && difference.items < words.verdict.least_items)
    return words.verdict.least_items - difference.items;
  if (difference.verdict != ReportVerdict::kNoDifferenceDetectable) return std::nullopt;
  std::optional<std::uint64_t> needed;
  if (difference.test == DifferenceTest::kMcNemar) {
    const double differing = (static_cast<double>(difference.differing) + 1.0) / (static_cast<double>(difference.items) + 2.0);
    needed = items_needed(std::min(words.worth_seeing, 0.999), differing);
  } else if (difference.smallest_detectable) {
    const double times = *difference.smallest_detectable / words.worth_seeing;
    needed = static_cast<std::uint64_t>(std::ceil(static_cast<double>(difference.items) * times * times));
  }
  if (!needed) return std::nullopt;
  return *needed > difference.items ? *needed - difference.items : 0;
}

std::string verdict_text(const ScoreDifference& difference, const ComparisonWords& words) {
  switch (difference.verdict) {
    case ReportVerdict::kNotComparable:
      return "not comparable: " + words.not_comparable;
    case ReportVerdict::kNotDefined:
      return "not defined: " + why_not_defined(difference, words);
    case ReportVerdict::kTooFewItems:
      return difference.items == 0 ? "no items" : "too few items: " + few_items(difference, words);
    case ReportVerdict::kTooFewClusters:
      return "too few clusters: " + few_clusters(difference, words);
    case ReportVerdict::kNotDecided:
      return "not decided: " + counted(missing(difference), "score is", "scores are") + " missing";
    case ReportVerdict::kBetter:
      return "better by " + amount_with_interval(difference, words);
    case ReportVerdict::kWorse:
      return "worse by " + amount_with_interval(difference, words);
    case ReportVerdict::kSameWithinMargin:
      return "the same within " + in_units(words.verdict.margin.value_or(0.0), words.unit);
    case ReportVerdict::kNeverDiffer:
      return "the systems never differ on these " + counted(difference.items, "item") +
             (difference.interval ? " (" + range_of(*difference.interval, words.unit) + ")" : "");
    case ReportVerdict::kNoDifferenceDetectable:
      return "no difference detectable: " + smallest_text(difference, words);
  }
  return "";
}

std::string sentence_about(const ScoreDifference& difference, const ComparisonWords& words) {
  switch (difference.verdict) {
    case ReportVerdict::kNotComparable:
      return "The two files cannot be compared: " + words.not_comparable + ".";
    case ReportVerdict::kNotDefined:
      return "There is no verdict: " + why_not_defined(difference, words) + ".";
    case ReportVerdict::kTooFewItems:
      if (difference.items == 0) return "No item has a score in both files.";
      return "There are too few items for a verdict: " + few_items(difference, words) + ". On these, " + means(difference, words) + ".";
    case ReportVerdict::kTooFewClusters:
      return "Items of one '" + words.cluster +
             "' tell less than as many of different ones, and there are too few of these for a verdict: " +
             few_clusters(difference, words) + ".";
    case ReportVerdict::kNotDecided:
      return "There is no verdict, since it hangs on " + counted(missing(difference), "score that is", "scores that are") +
             " missing: filled in one way it is another than filled in the other. On the " + on_items(difference, words) +
             " that have both, " + means(difference, words) + ".";
    case ReportVerdict::kBetter:
    case ReportVerdict::kWorse: {
      const Interval interval = turned_to_better(difference, words);
      const bool better = difference.verdict == ReportVerdict::kBetter;
      const Interval shown = better ? interval : Interval{-interval.high, -interval.low};
      return std::string("A does ") + (better ? "better" : "worse") + " than B on " + on_items(difference, words) + ": " +
             means(difference, words) + ". Chance does not explain that; with 95 % confidence A is between " +
             number(shown.low, words.unit) + " and " + in_units(shown.high, words.unit) + (better ? " better" : " worse") +
             " on such items.";
    }
    case ReportVerdict::kSameWithinMargin:
      return "A and B do equally well as far as it matters: the difference lies between " + number(difference.interval->low, words.unit) +
             " and " + in_units(difference.interval->high, words.unit) + ", within the margin of " +
             in_units(*words.verdict.margin, words.unit) + ".";
    case ReportVerdict::kNeverDiffer:
      return "A and B have the same score on each of the " + on_items(difference, words) +
             ". On more such items they could still differ by up to " +
             in_units(difference.interval ? difference.interval->high : 0.0, words.unit) + ".";
    case ReportVerdict::kNoDifferenceDetectable: {
      const std::string could = difference.smallest_detectable
                                    ? " A difference of " + in_units(*difference.smallest_detectable, words.unit) +
                                          " or more would have been seen in four of five cases."
                                    : " So few items could not have shown any.";
      return "The " + on_items(difference, words) + " do not tell A and B apart: " + means(difference, words) +
             ", and the true difference may lie anywhere from " + number(difference.interval->low, words.unit) + " to " +
             in_units(difference.interval->high, words.unit) + "." + could + need_more(difference, words);
    }
  }
  return "";
}

std::string why_this_test(const ScoreDifference& difference, const ComparisonWords& words) {
  switch (difference.test) {
    case DifferenceTest::kNone:
      return "no item has both scores";
    case DifferenceTest::kMcNemar:
      return "each item is right or wrong in both files and stands alone: McNemar's test (mid-p) on the items that one has right and the "
             "other "
             "wrong, with Tango's interval";
    case DifferenceTest::kPairedT:
      return "each item has a score in both files and stands alone: Student's t of the differences";
    case DifferenceTest::kClusterT:
      return "items of one '" + words.cluster +
             "' hang together, so that clusters are the unit: the mean difference with the CR2 standard error and "
             "Student's t";
    case DifferenceTest::kJackknife:
      return words.metric + " is no mean of the items' scores: the difference without each " +
             (words.cluster.empty() ? "item" : "'" + words.cluster + "'") + " in turn (jackknife), and Student's t";
    case DifferenceTest::kSwap:
      return words.metric +
             " is no mean of the items' scores: A's and B's answers are swapped at random, and the interval comes from resampling";
  }
  return "";
}

}  // namespace hone
