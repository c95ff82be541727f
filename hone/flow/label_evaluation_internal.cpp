#include "hone/flow/label_evaluation_internal.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>

#include "hone/core/count.h"
#include "hone/core/json.h"
#include "hone/eval/comparison.h"
#include "hone/flow/gold_needed_internal.h"
#include "hone/label_model/label_model.h"
#include "hone/vote/analysis.h"
#include "hone/vote/vote_patterns.h"

namespace hone {
namespace {

using nlohmann::json;
using Rows = std::vector<std::uint32_t>;

std::unique_ptr<LabelModel> majority_of(const VotePatterns& votes, const std::vector<double>& prior) {
  auto majority = make_label_model("majority");
  majority->fit(votes, {.gold = {}, .prior = prior});
  return majority;
}

// On rows with gold, which become rows 0, 1, 2…
Comparison compare_on(const LabelsToJudge& judged, const Rows& rows, std::string split) {
  const VotePatterns votes(judged.votes.only(rows));
  const SoftLabels labels = judged.labels.only(rows), majority = majority_of(votes, judged.prior)->predict(votes);
  std::vector<ClassId> gold;
  Rows groups, all;
  for (const std::uint32_t row : rows) {
    all.push_back(static_cast<std::uint32_t>(gold.size()));
    gold.push_back(judged.gold[row]);
    if (!judged.groups.empty()) groups.push_back(judged.groups[row]);
  }
  return compare({"label model", labels}, {"majority vote", majority}, gold, groups, all, std::move(split));
}

Rows rows_of(const LabelsToJudge& judged, Split split) { return judged.rows[static_cast<std::size_t>(split)]; }

Rows readable_rows(const LabelsToJudge& judged) {
  Rows rows = rows_of(judged, Split::kTrain);
  const Rows valid = rows_of(judged, Split::kValid);
  rows.insert(rows.end(), valid.begin(), valid.end());
  std::ranges::sort(rows);
  return rows;
}

// On train and valid; on test where those are too few for a verdict and test is not.
std::optional<Comparison> deciding(const LabelsToJudge& judged) {
  std::optional<Comparison> decides;
  if (const Rows rows = readable_rows(judged); !rows.empty()) decides = compare_on(judged, rows, "train and valid");
  if (decides && is_tested(decides->verdict)) return decides;
  const Rows test = rows_of(judged, Split::kTest);
  if (test.empty()) return decides;
  const Comparison on_test = compare_on(judged, test, "test");
  return !is_tested(on_test.verdict) && decides ? decides : on_test;
}

const char* recommendation(const std::optional<Comparison>& found) {
  if (!found || !is_tested(found->verdict)) return "unknown";
  if (found->verdict == ReportVerdict::kWorse) return "majority";
  return found->verdict == ReportVerdict::kBetter ? "keep" : "either";
}

std::string in_words(const std::optional<Comparison>& found, const json& needed) {
  const std::string of_gold = needed.at("text").get<std::string>() + ".";
  if (!found) return "There is no gold, and votes alone cannot tell which is right more often: " + of_gold;
  const std::string rows = " on " + with_commas(found->n) + " rows of " + found->split;
  if (!is_tested(found->verdict)) return "Too little gold to tell it from majority vote (" + found->text + "): " + of_gold;
  if (found->verdict == ReportVerdict::kBetter) return "The label model is " + found->text + " than majority vote" + rows + ".";
  if (found->verdict == ReportVerdict::kWorse)
    return "The label model is " + found->text + " than majority vote" + rows + ": use label_model: majority.";
  return "Beside majority vote" + rows + ": " + found->text + ". To tell more, " + of_gold;
}

// Rows with one label and one set of votes.
struct Alike {
  std::uint32_t first = 0;
  std::uint32_t rows = 0;
};

std::vector<Alike> alike_rows(const SoftLabels& labels, std::span<const Split> splits) {
  std::vector<Alike> by_pattern(labels.patterns());
  for (std::uint32_t row = 0; row < labels.examples(); ++row) {
    if (splits[row] == Split::kTest) continue;
    Alike& alike = by_pattern[labels.pattern(row)];
    if (alike.rows++ == 0) alike.first = row;
  }
  return by_pattern;
}

// The first `most` of any number of rows, by a key; never many more are held.
template <typename Key>
class First {
 public:
  First(std::size_t most, Key key) : most_(most), key_(key) {}

  void add(const ContestedRow& row) {
    rows_.push_back(row);
    if (rows_.size() >= kTimes * most_) cut();
  }

  const std::vector<ContestedRow>& rows() {
    cut();
    return rows_;
  }

 private:
  static constexpr std::size_t kTimes = 64;  // So that sorting them now and then costs little.

  void cut() {
    std::ranges::sort(rows_, {}, key_);
    rows_.resize(std::min(most_, rows_.size()));
  }

  std::size_t most_;
  Key key_;
  std::vector<ContestedRow> rows_;
};

}  // namespace

json against_majority_json(const LabelsToJudge& judged) {
  const json& seen = judged.fit.at("majority");
  const json needed =
      gold_needed_json({.a = "the label model", .b = "majority vote", .rows = seen.at("rows"), .differ = seen.at("differ")});
  json result = {{"splits", {{"train", nullptr}, {"valid", nullptr}, {"test", nullptr}}},
                 {"decided_on", nullptr},
                 {"comparison", nullptr},
                 {"recommend", "same"},
                 {"text", "The label model is majority vote."},
                 {"gold_needed", needed}};
  if (judged.fit.at("name") == "majority") return result;
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    if (const Rows rows = rows_of(judged, split); !rows.empty())
      result["splits"][std::string(to_string(split))] = compare_on(judged, rows, std::string(to_string(split)));
  const std::optional<Comparison> decides = deciding(judged);
  if (decides) {
    result["decided_on"] = decides->split;
    result["comparison"] = *decides;
  }
  result["recommend"] = recommendation(decides);
  result["text"] = in_words(decides, needed);
  return result;
}

std::vector<ContestedRow> contested_rows(const LabelsToJudge& judged, std::span<const Split> splits, std::size_t most) {
  const VoteMatrix& votes = judged.votes;
  const SoftLabels& labels = judged.labels;
  const std::unique_ptr<LabelModel> majority = majority_of(VotePatterns(votes.only({})), judged.prior);
  First unsure(most, [&](const ContestedRow& row) { return std::tuple(labels.confidence(row.row), row.row); });
  First overruled(most, [](const ContestedRow& row) { return std::tuple(-static_cast<std::int64_t>(row.rows), row.row); });
  const LabelModel::LabelRow label = majority->label_row();
  std::vector<double> distribution(votes.shape().classes);
  for (const Alike& alike : alike_rows(labels, splits)) {
    if (alike.rows == 0 || labels.hard(alike.first) == kNoClass || !in_conflict(votes.on(alike.first), votes.answers())) continue;
    ContestedRow row{.row = alike.first, .rows = alike.rows, .majority = label(votes.on(alike.first), distribution)};
    row.overruled = row.majority != labels.hard(alike.first);
    row.overruled ? overruled.add(row) : unsure.add(row);
  }
  std::vector<ContestedRow> contested = unsure.rows();
  contested.insert(contested.end(), overruled.rows().begin(), overruled.rows().end());
  return contested;
}

}  // namespace hone
