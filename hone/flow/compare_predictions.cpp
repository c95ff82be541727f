#include "hone/flow/compare_predictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/eval/auroc_difference.h"
#include "hone/eval/class_difference.h"
#include "hone/eval/difference_text.h"
#include "hone/eval/evaluation.h"
#include "hone/eval/score_difference.h"
#include "hone/flow/joined_predictions_internal.h"
#include "hone/stats/probability_scores.h"

namespace hone {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
// A difference that is worth asking for more items, where no margin says which: as gold_needed has it.
constexpr double kPointsWorthSeeing = 2.0;

// Of the bootstrap; of slices as many as are enough while exploring (statistics, of the bootstrap).
constexpr std::uint64_t kReplicates = 10'000, kReplicatesOfSlices = 2'000;
// More classes are free texts.
constexpr std::size_t kMostClassesOfF1 = 2000;

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
    const bool is_brier = joined_.metric.kind == MetricKind::kBrier;
    std::vector<double> of_truth(shares.begins.size() - 1, 1.0), squares(of_truth.size(), 0.0);
    const auto item_of_answer = [&](std::size_t answer) { return item_of[table.item_of.empty() ? answer : table.item_of[answer]]; };
    for (std::size_t answer = 0; answer < of_truth.size(); ++answer) {
      if (item_of_answer(answer) == kNoName || shares.begins[answer] == shares.begins[answer + 1]) continue;
      of_truth[answer] = 0.0;
      for (std::uint64_t place = shares.begins[answer]; place < shares.begins[answer + 1]; ++place) {
        const double share = std::min(1.0, static_cast<double>(shares.shares[place]));
        squares[answer] += share * share;
        if (class_of[shares.classes[place]] == joined_.items.gold[item_of_answer(answer)]) of_truth[answer] = share;
      }
    }
    const LogLosses logs = log_losses(of_truth);
    const std::uint64_t clipped = is_brier ? 0 : logs.clipped;
    std::vector<double> losses = scores_by_item(table, item_of, joined_.items.size(), [&](std::size_t answer, std::uint32_t) {
      if (shares.begins[answer] == shares.begins[answer + 1]) return kMissing;
      return is_brier ? squares[answer] - 2.0 * of_truth[answer] + 1.0 : logs.scores[answer];
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

nlohmann::json value_or_null(const std::optional<double>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }
nlohmann::json value_or_null(const std::optional<std::uint64_t>& value) { return value ? nlohmann::json(*value) : nlohmann::json(); }

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
    warn_of_one_class();
    const auto difference = difference_to_make();
    if (!words_.not_defined.empty()) return json(nothing_of(ReportVerdict::kNotDefined), {}, {});
    std::vector<std::uint32_t> all(joined_.items.size());
    std::iota(all.begin(), all.end(), 0u);
    ScoreDifference whole = difference(all, options_.threads);
    std::vector<ScoreDifference> slices(joined_.slices.size());
    parallel_for(slices.size(), options_.threads, [&](std::size_t slice) { slices[slice] = difference(joined_.slices[slice].items, 1); });
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

  // --- By metric: what gives the difference on some of the items.

  using Difference = std::function<ScoreDifference(std::span<const std::uint32_t> items, int threads)>;

  Difference difference_to_make() {
    if (joined_.metric.kind == MetricKind::kMacroF1) return macro_f1_to_compare();
    if (joined_.metric.kind == MetricKind::kAuroc) return auroc_to_compare();
    ItemScores scores(joined_, joined_.warnings);
    a_ = scores.of(joined_.a, joined_.layout_a, joined_.items.of_a);
    b_ = scores.of(joined_.b, joined_.layout_b, joined_.items.of_b);
    choose_range();
    const ScoreDifferenceOptions how{.verdict = words_.verdict, .range = range_, .lower_is_better = words_.lower_is_better};
    return [this, how](std::span<const std::uint32_t> items, int) {
      return score_difference({a_, b_, joined_.items.clusters}, items, how);
    };
  }

  Difference macro_f1_to_compare() {
    choose_range();
    NameTable& classes = joined_.items.classes;
    answers_a_ = answers_by_item(joined_.a, joined_.layout_a, joined_.items.of_a, classes);
    answers_b_ = answers_by_item(joined_.b, joined_.layout_b, joined_.items.of_b, classes);
    if (classes.size() > kMostClassesOfF1)
      throw Error(ErrorCode::kInvalidArgument, "the answers are of " + with_commas(classes.size()) + " classes, more than the " +
                                                   with_commas(kMostClassesOfF1) + " that macro-f1 is told over; compare by accuracy");
    warn_of_rare_classes();
    return [this](std::span<const std::uint32_t> items, int threads) {
      const PairedClasses paired{joined_.items.gold, answers_a_, answers_b_, joined_.items.clusters, joined_.items.classes.size()};
      const bool is_whole = items.size() == joined_.items.size();
      return macro_f1_difference(paired, items,
                                 {.verdict = words_.verdict,
                                  .seed = options_.seed,
                                  .replicates = is_whole ? kReplicates : kReplicatesOfSlices,
                                  .threads = threads});
    };
  }

  void warn_of_rare_classes() {
    const std::vector<ClassF1> found = f1_by_class(joined_.items.gold, joined_.items.gold, joined_.items.classes.size());
    std::vector<std::string> names;
    for (const ClassNumber rare : classes_with_little_gold(found)) names.emplace_back(joined_.items.classes.name(rare));
    if (!names.empty())
      joined_.warnings.push_back("classes with fewer than 5 items, whose F1 hangs on single ones: " + quoted_list(names, 5));
  }

  // One answer each; kNoAnswer where it is missing.
  static std::vector<ClassNumber> answers_by_item(const PredictionTable& table, const PredictionLayout& layout,
                                                  std::span<const std::uint32_t> item_of, NameTable& classes) {
    refuse_epochs(table, layout, "macro-f1");
    std::vector<ClassNumber> number_of(table.prediction.names.size());
    for (std::uint32_t name = 0; name < number_of.size(); ++name) number_of[name] = classes.of(table.prediction.names.name(name));
    std::vector<ClassNumber> answers(
        static_cast<std::size_t>(std::ranges::count_if(item_of, [](std::uint32_t item) { return item != kNoName; })), kNoAnswer);
    for (std::size_t answer = 0; answer < item_of.size(); ++answer)
      if (item_of[answer] != kNoName && table.prediction.of[answer] != kNoName)
        answers[item_of[answer]] = number_of[table.prediction.of[answer]];
    return answers;
  }

  static void refuse_epochs(const PredictionTable& table, const PredictionLayout& layout, const std::string& metric) {
    if (!table.item_of.empty())
      throw Error(ErrorCode::kInvalidArgument, metric + " needs one answer per item; '" + layout.file.string() + "' has several, by epoch");
  }

  Difference auroc_to_compare() {
    choose_range();
    const std::optional<std::uint32_t> positive = positive_class();
    if (!positive) return {};
    for (const std::uint32_t gold : joined_.items.gold) positive_.push_back(gold == *positive ? 1 : 0);
    const std::string name(joined_.items.classes.name(*positive));
    refuse_epochs(joined_.a, joined_.layout_a, "auroc");
    refuse_epochs(joined_.b, joined_.layout_b, "auroc");
    a_ = shares_of(name, joined_.a, joined_.items.of_a);
    b_ = shares_of(name, joined_.b, joined_.items.of_b);
    joined_.warnings.push_back("auroc is of the class '" + name + "' (--positive names another)");
    const ScoreDifferenceOptions how{.verdict = words_.verdict};
    return [this, how](std::span<const std::uint32_t> items, int) {
      return auroc_difference({a_, b_, joined_.items.clusters}, positive_, items, how);
    };
  }

  // The class that high scores speak for; nothing where auroc is not defined, as words_ then says.
  std::optional<std::uint32_t> positive_class() {
    const NameTable& classes = joined_.items.classes;
    std::vector<bool> occurs(classes.size());
    for (const std::uint32_t gold : joined_.items.gold) occurs[gold] = true;
    std::vector<std::string> names;
    for (std::uint32_t of = 0; of < classes.size(); ++of)
      if (occurs[of]) names.emplace_back(classes.name(of));
    std::ranges::sort(names);
    if (names.size() < 2) {
      words_.not_defined = "only one class occurs, '" + names.front() + "'";
      return std::nullopt;
    }
    if (options_.positive.empty() && names.size() > 2)
      throw Error(ErrorCode::kInvalidArgument, "auroc is of two classes, and the known answers are of " + with_commas(names.size()) +
                                                   "; name the one that is told from all others with --positive: " + quoted_list(names));
    const std::string name = options_.positive.empty() ? names.back() : options_.positive;
    if (std::ranges::find(names, name) == names.end())
      throw Error(ErrorCode::kNotFound, "no known answer is '" + name + "'" + suggestion(name, names));
    return classes.find(name);
  }

  // The probability of a class, or the score where there are no probabilities.
  std::vector<double> shares_of(const std::string& name, const PredictionTable& table, std::span<const std::uint32_t> item_of) const {
    const ClassShares& shares = table.probabilities;
    const std::uint32_t wanted = shares.names.find(name);
    return scores_by_item(table, item_of, joined_.items.size(), [&](std::size_t answer, std::uint32_t) {
      if (!table.score.empty()) return table.score[answer];
      if (shares.begins[answer] == shares.begins[answer + 1]) return kMissing;
      double share = 0.0;
      for (std::uint64_t place = shares.begins[answer]; place < shares.begins[answer + 1]; ++place)
        if (shares.classes[place] == wanted) share = shares.shares[place];
      return share;
    });
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
                        {"smallest_detectable", value_or_null(of.smallest_detectable)},
                        {"n", of.items},
                        {"clusters", words_.cluster.empty() ? nlohmann::json() : nlohmann::json(of.clusters)},
                        {"discordant", nullptr},
                        {"clustering", nullptr},
                        {"missing", {{"a", of.missing_a}, {"b", of.missing_b}}},
                        {"more_items", value_or_null(more_items(of, words_))},
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
      json["clustering"] = {{"intracluster_correlation", value_or_null(of.clustering->intracluster_correlation)},
                            {"effective_items", value_or_null(of.clustering->effective_items)},
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
      json["corrected_p"] = is_tested(slices[slice].verdict) ? nlohmann::json(corrected[slice]) : nlohmann::json();
      list.push_back(std::move(json));
    }
    return list;
  }

  // A file compared with itself would say all twice.
  static std::vector<std::string> each_once(const std::vector<std::string>& texts) {
    std::vector<std::string> once;
    for (const std::string& text : texts)
      if (std::ranges::find(once, text) == once.end()) once.push_back(text);
    return once;
  }

  nlohmann::json gate_json(const ScoreDifference& whole) const {
    if (!words_.verdict.margin) return nullptr;
    const Gate gate = not_worse_than(*words_.verdict.margin, whole.seen.interval, whole.items, whole.smallest_detectable);
    return {{"margin", *options_.margin}, {"verdict", to_string(gate.verdict)}, {"items_needed", value_or_null(gate.items_needed)}};
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
    json["slices_corrected_for"] = static_cast<std::uint64_t>(std::ranges::count_if(slices, is_tested, &ScoreDifference::verdict));
    json["warnings"] = each_once(joined_.warnings);
    return json;
  }

  const ComparePredictionsOptions& options_;
  JoinedPredictions joined_;
  std::string files_[2];
  ComparisonWords words_;
  ScoreRange range_;
  std::vector<double> a_, b_;  // Scores by item.
  std::vector<ClassNumber> answers_a_, answers_b_;
  std::vector<std::uint8_t> positive_;
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
