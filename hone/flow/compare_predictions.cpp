#include "hone/flow/compare_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/eval/evaluation.h"
#include "hone/eval/score_difference.h"
#include "hone/flow/compare_text_internal.h"
#include "hone/flow/joined_predictions_internal.h"

namespace hone {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
// A difference that is worth asking for more items, where no margin says which: as gold_needed has it.
constexpr double kPointsWorthSeeing = 2.0;

// --- Scores by item.

// The mean over an item's answers, of which most have one; missing where one of them is.
template <typename ScoreOf>
std::vector<double> scores_by_item(const PredictionTable& table, std::span<const std::uint32_t> item_of, std::size_t items,
                                   const ScoreOf& score_of) {
  std::vector<double> scores(items, 0.0);
  std::vector<std::uint32_t> answers;
  if (!table.item_of.empty()) answers.resize(items);
  const std::size_t all = table.item_of.empty() ? item_of.size() : table.item_of.size();
  for (std::size_t answer = 0; answer < all; ++answer) {
    const std::uint32_t item = item_of[table.item_of.empty() ? answer : table.item_of[answer]];
    if (item == kNoName) continue;
    scores[item] += score_of(answer, item);
    if (!answers.empty()) ++answers[item];
  }
  for (std::size_t item = 0; item < answers.size(); ++item) scores[item] /= answers[item];
  return scores;
}

// A file's names of classes as numbers of all; one that is no known answer is none of them.
std::vector<std::uint32_t> class_numbers(const NameTable& names, const NameTable& classes) { return names.numbers_in(classes); }

class ItemScores {
 public:
  ItemScores(const JoinedPredictions& joined, std::vector<std::string>& warnings) : joined_(joined), warnings_(warnings) {}

  std::vector<double> of(const PredictionTable& table, const PredictionLayout& layout, std::span<const std::uint32_t> item_of) {
    switch (joined_.metric.kind) {
      case MetricKind::kField:
        return scores_by_item(table, item_of, joined_.items.size(), [&](std::size_t answer, std::uint32_t) { return table.score[answer]; });
      case MetricKind::kAccuracy:
        return right_or_wrong(table, item_of);
      case MetricKind::kLogLoss:
      case MetricKind::kBrier:
        return losses(table, layout, item_of);
      default:
        return {};
    }
  }

 private:
  std::vector<double> right_or_wrong(const PredictionTable& table, std::span<const std::uint32_t> item_of) const {
    const std::vector<std::uint32_t> class_of = class_numbers(table.prediction.names, joined_.items.classes);
    return scores_by_item(table, item_of, joined_.items.size(), [&](std::size_t answer, std::uint32_t item) {
      const std::uint32_t said = table.prediction.of[answer];
      if (said == kNoName) return kMissing;
      return class_of[said] == joined_.items.gold[item] ? 1.0 : 0.0;
    });
  }

  std::vector<double> losses(const PredictionTable& table, const PredictionLayout& layout, std::span<const std::uint32_t> item_of) {
    const ClassShares& shares = table.probabilities;
    const std::vector<std::uint32_t> class_of = class_numbers(shares.names, joined_.items.classes);
    refuse_unknown_classes(shares, layout, class_of);
    std::uint64_t clipped = 0;
    std::vector<double> losses = scores_by_item(table, item_of, joined_.items.size(), [&](std::size_t answer, std::uint32_t item) {
      if (shares.begins[answer] == shares.begins[answer + 1]) return kMissing;
      double of_gold = 0.0, squares = 0.0;
      for (std::uint64_t place = shares.begins[answer]; place < shares.begins[answer + 1]; ++place) {
        const double share = shares.shares[place];
        squares += share * share;
        if (class_of[shares.classes[place]] == joined_.items.gold[item]) of_gold = share;
      }
      if (joined_.metric.kind == MetricKind::kBrier) return squares - 2.0 * of_gold + 1.0;
      clipped += of_gold < kLeastProbability;
      return -std::log(std::clamp(of_gold, kLeastProbability, 1.0));
    });
    if (clipped > 0)
      warnings_.push_back(counted(clipped, "probability", "probabilities") + " of the known class in '" + layout.file.filename().string() +
                          "' " + (clipped == 1 ? "is" : "are") + " below 1e-12 or left out, and count as 1e-12");
    return losses;
  }

  // What is known to be right must be among the classes that probabilities are given for.
  void refuse_unknown_classes(const ClassShares& shares, const PredictionLayout& layout, std::span<const std::uint32_t> class_of) {
    const NameTable& classes = joined_.items.classes;
    std::vector<bool> named(classes.size());
    std::vector<std::string> never_gold, known;
    for (std::uint32_t name = 0; name < shares.names.size(); ++name) {
      if (class_of[name] == kNoName && never_gold.size() < 100) never_gold.emplace_back(shares.names.name(name));
      if (class_of[name] != kNoName) named[class_of[name]] = true;
      if (known.size() < 100) known.emplace_back(shares.names.name(name));
    }
    for (const std::uint32_t gold : joined_.items.gold)
      if (!named[gold])
        throw Error(ErrorCode::kInvalidArgument, "the probabilities in '" + layout.file.string() +
                                                     "' are of classes that do not include '" + std::string(classes.name(gold)) +
                                                     "', which is a known answer; there are: " + quoted_list(known));
    if (!never_gold.empty())
      warnings_.push_back("'" + layout.file.filename().string() +
                          "' gives probabilities of classes that are no item's known answer: " + quoted_list(never_gold, 5));
  }

  const JoinedPredictions& joined_;
  std::vector<std::string>& warnings_;
};

// --- The comparison.

nlohmann::json or_null(const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }
nlohmann::json or_null(const std::optional<std::uint64_t>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }

nlohmann::json left_out_json(const LeftOut& left_out) { return {{"count", left_out.count}, {"first", left_out.first}}; }

class Comparing {
 public:
  Comparing(const std::filesystem::path& a, const std::filesystem::path& b, const ComparePredictionsOptions& options)
      : options_(options), joined_(join_predictions(a, b, options)) {
    files_[0] = a.string();
    files_[1] = b.string();
    words_.metric = joined_.metric.name;
    words_.cluster = options.cluster;
    words_.verdict = {.least_items = options.least_items, .least_clusters = options.least_clusters};
    words_.lower_is_better = joined_.metric.kind == MetricKind::kField
                                 ? options.lower_is_better
                                 : joined_.metric.kind == MetricKind::kLogLoss || joined_.metric.kind == MetricKind::kBrier;
  }

  nlohmann::json compare() {
    if (!is_comparable()) return json(nothing_of(ReportVerdict::kNotComparable), {}, {});
    ItemScores scores(joined_, joined_.warnings);
    a_ = scores.of(joined_.a, joined_.layout_a, joined_.items.of_a);
    b_ = scores.of(joined_.b, joined_.layout_b, joined_.items.of_b);
    choose_range();
    warn_of_one_class();
    const PairedScores paired{a_, b_, joined_.items.clusters};
    const ScoreDifferenceOptions how{.verdict = words_.verdict, .range = range_, .lower_is_better = words_.lower_is_better};
    ScoreDifference whole = score_difference(paired, how);
    std::vector<ScoreDifference> slices(joined_.slices.size());
    parallel_for(slices.size(), options_.threads,
                 [&](std::size_t slice) { slices[slice] = score_difference(paired, joined_.slices[slice].items, how); });
    const std::vector<double> corrected = correct_for_many(slices, words_.verdict);
    return json(whole, slices, corrected);
  }

 private:
  bool is_comparable() {
    const JoinedItems& items = joined_.items;
    if (items.other_version > 0)
      words_.not_comparable = "the files were asked other questions under the same ids, on " + with_commas(items.other_version) +
                              " items, the first " + items.first_other;
    if (items.other_gold > 0)
      words_.not_comparable = "the known answers of the two files differ on " + counted(items.other_gold, "item") + ": " +
                              items.first_other + " (--gold FILE gives those that count)";
    return words_.not_comparable.empty();
  }

  static ScoreDifference nothing_of(ReportVerdict verdict) {
    ScoreDifference nothing;
    nothing.verdict = verdict;
    return nothing;
  }

  // The range that scores may have, what a point is, and the margin in the score.
  void choose_range() {
    range_ = {0.0, 1.0};
    if (joined_.metric.kind == MetricKind::kLogLoss) range_.high = -std::log(kLeastProbability);
    if (joined_.metric.kind == MetricKind::kBrier) range_.high = 2.0;
    if (joined_.metric.kind == MetricKind::kField) choose_range_of_field();
    const double width = range_.high - range_.low;
    words_.unit = {"points", width / 100.0, 1};
    if (joined_.metric.kind == MetricKind::kLogLoss) words_.unit = {"nats", 1.0, 3};
    words_.worth_seeing = (joined_.metric.kind == MetricKind::kLogLoss ? 0.02 : kPointsWorthSeeing) * words_.unit.size;
    if (!options_.margin) return;
    words_.verdict.margin = *options_.margin * words_.unit.size;
    words_.worth_seeing = *words_.verdict.margin;
    if (*words_.verdict.margin > width)
      throw Error(ErrorCode::kInvalidArgument, "--margin of " + in_units(*words_.verdict.margin, words_.unit) +
                                                   " is more than two scores can differ by, " + in_units(width, words_.unit));
  }

  void choose_range_of_field() {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (const std::vector<double>* scores : {&a_, &b_})
      for (const double score : *scores) {
        if (std::isnan(score)) continue;
        least = std::min(least, score);
        most = std::max(most, score);
      }
    if (options_.range) {
      range_ = *options_.range;
      if (least < range_.low || most > range_.high)
        throw Error(ErrorCode::kInvalidArgument, "'" + joined_.metric.name + "' has scores from " + nlohmann::json(least).dump() + " to " +
                                                     nlohmann::json(most).dump() + ", which lie outside --range");
    } else if (least < 0.0 || most > 1.0) {
      range_ = {least, least < most ? most : least + 1.0};
      joined_.warnings.push_back("points are hundredths of the range of '" + joined_.metric.name + "' in these files, " +
                                 nlohmann::json(range_.low).dump() + " to " + nlohmann::json(range_.high).dump() +
                                 "; --range LOW:HIGH gives the one it can have");
    }
  }

  void warn_of_one_class() {
    const std::vector<std::uint32_t>& gold = joined_.items.gold;
    if (gold.size() < 2 || std::ranges::adjacent_find(gold, std::not_equal_to{}) != gold.end()) return;
    joined_.warnings.push_back("all known answers are '" + std::string(joined_.items.classes.name(gold.front())) +
                               "': the comparison says nothing of other classes");
  }

  // --- As plain data.

  nlohmann::json side_json(const MeasuredScore& score, const std::string& file, std::uint64_t missing, const ScoreDifference& of) const {
    nlohmann::json json = measured_json(score, of);
    json["file"] = file;
    json["missing"] = missing;
    return json;
  }

  static nlohmann::json measured_json(const MeasuredScore& score, const ScoreDifference& of) {
    nlohmann::json json{{"value", nullptr}, {"low", nullptr}, {"high", nullptr}, {"n", of.items}};
    if (of.items > 0) json["value"] = score.value;
    if (score.interval) {
      json["low"] = score.interval->low;
      json["high"] = score.interval->high;
    }
    return json;
  }

  nlohmann::json difference_json(const ScoreDifference& of) const {
    nlohmann::json json{{"difference", nullptr},
                        {"low", nullptr},
                        {"high", nullptr},
                        {"p_value", nullptr},
                        {"test", to_string(of.test)},
                        {"verdict", to_string(of.verdict)},
                        {"smallest_detectable", or_null(of.smallest_detectable)},
                        {"n", of.items},
                        {"clusters", words_.cluster.empty() ? nlohmann::json() : nlohmann::json(of.clusters)},
                        {"discordant", nullptr},
                        {"clustering", nullptr},
                        {"missing", {{"a", of.missing_a}, {"b", of.missing_b}}},
                        {"more_items", or_null(more_items(of, words_))},
                        {"text", verdict_text(of, words_)}};
    if (of.items > 0) json["difference"] = of.difference;
    if (of.interval) {
      json["low"] = of.interval->low;
      json["high"] = of.interval->high;
      json["p_value"] = of.p;
    }
    if (of.counts)
      json["discordant"] = {
          {"only_a", of.counts->only_a}, {"only_b", of.counts->only_b}, {"both", of.counts->both}, {"neither", of.counts->neither}};
    if (of.clustering)
      json["clustering"] = {{"intracluster_correlation", of.clustering->intracluster_correlation},
                            {"effective_items", of.clustering->effective_items},
                            {"largest_share", of.clustering->largest_share},
                            {"degrees_of_freedom", of.degrees_of_freedom}};
    return json;
  }

  nlohmann::json slices_json(std::span<const ScoreDifference> slices, std::span<const double> corrected) const {
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t slice = 0; slice < slices.size(); ++slice) {
      nlohmann::json json = difference_json(slices[slice]);
      json["slice"] = joined_.slices[slice].name;
      json["a"] = measured_json(slices[slice].a, slices[slice]);
      json["b"] = measured_json(slices[slice].b, slices[slice]);
      json["corrected_p"] = is_tested(slices[slice]) ? nlohmann::json(corrected[slice]) : nlohmann::json();
      list.push_back(std::move(json));
    }
    return list;
  }

  nlohmann::json gate_json(const ScoreDifference& whole) const {
    if (!words_.verdict.margin) return nullptr;
    const Gate gate = not_worse_than(*words_.verdict.margin, whole.seen.interval, whole.items, whole.smallest_detectable);
    return {{"margin", *options_.margin}, {"verdict", to_string(gate.verdict)}, {"items_needed", or_null(gate.items_needed)}};
  }

  nlohmann::json json(const ScoreDifference& whole, std::span<const ScoreDifference> slices, std::span<const double> corrected) const {
    nlohmann::json json = difference_json(whole);
    json["metric"] = joined_.metric.name;
    json["lower_is_better"] = words_.lower_is_better;
    json["range"] = {range_.low, range_.high};
    json["points"] = {{"name", words_.unit.name}, {"size", words_.unit.size}};
    json["unit"] = words_.cluster.empty() ? "item" : words_.cluster;
    json["alpha"] = words_.verdict.alpha;
    json["least"] = {{"items", words_.verdict.least_items}, {"clusters", words_.verdict.least_clusters}};
    json["a"] = side_json(whole.a, files_[0], whole.missing_a, whole);
    json["b"] = side_json(whole.b, files_[1], whole.missing_b, whole);
    json["gold"] = options_.gold.empty() ? nlohmann::json() : nlohmann::json(options_.gold.string());
    json["why_test"] = why_this_test(whole, words_);
    json["sentence"] = sentence_about(whole, words_);
    json["margin"] = options_.margin ? nlohmann::json(*options_.margin) : nlohmann::json();
    json["not_worse"] = gate_json(whole);
    json["left_out"] = {{"only_in_a", left_out_json(joined_.items.only_in_a)},
                        {"only_in_b", left_out_json(joined_.items.only_in_b)},
                        {"without_gold", left_out_json(joined_.items.without_gold)}};
    json["slices"] = slices_json(slices, corrected);
    json["slices_corrected_for"] = static_cast<std::uint64_t>(std::ranges::count_if(slices, is_tested));
    json["warnings"] = joined_.warnings;
    return json;
  }

  const ComparePredictionsOptions& options_;
  JoinedPredictions joined_;
  std::string files_[2];
  ComparisonWords words_;
  ScoreRange range_;
  std::vector<double> a_, b_;
};

void refuse(const std::string& message) { throw Error(ErrorCode::kInvalidArgument, message); }

}  // namespace

void ComparePredictionsOptions::validate() const {
  if (margin && !(std::isfinite(*margin) && *margin > 0.0 && *margin <= 100.0))
    refuse("--margin is a number of points (hundredths of the score's range; of log-loss nats) above 0 and up to 100, not " +
           fmt::format("{:g}", *margin));
  if (range && !(std::isfinite(range->low) && std::isfinite(range->high) && range->low < range->high))
    refuse("--range is LOW:HIGH, two numbers of which the second is the larger, such as 1:5");
  if (least_items == 0 || least_clusters < 2) refuse("--least-items must be at least 1, and --least-clusters at least 2");
}

nlohmann::json compare_predictions(const std::filesystem::path& a, const std::filesystem::path& b,
                                   const ComparePredictionsOptions& options) {
  options.validate();
  return Comparing(a, b, options).compare();
}

}  // namespace hone
