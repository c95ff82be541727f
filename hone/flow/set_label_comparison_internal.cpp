#include "hone/flow/set_label_comparison_internal.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/eval/set_comparison.h"
#include "hone/flow/gold_needed_internal.h"
#include "hone/flow/label_choice_internal.h"
#include "hone/flow/stages_internal.h"

namespace hone {
namespace {

using nlohmann::json;

constexpr char kSplit[] = "train and valid";

// What one model made of the votes.
struct TriedSets {
  LabelModelInfo info;
  json options;
  SetLabels made;
  std::optional<std::string> failed;  // Why there is nothing.
};

// All models beside each other.
class SetContest {
 public:
  SetContest(const StageContext& context, const Dataset& dataset, std::span<const SourceVotes> votes)
      : context_(context), question_(set_question(context, dataset, votes)), own_(context.project().label_model) {
    if (own_.empty()) own_ = default_label_model();
    for (std::uint32_t row = 0; row < question_.gold.examples(); ++row)
      if (question_.gold.known(row)) gold_rows_.push_back(row);
    for (const LabelModelInfo& info : label_models()) try_model(info);
    count_patterns();
  }

  json result() const {
    json models = json::array();
    for (const TriedSets& tried : tried_) models.push_back(model_json(tried));
    return {{"kind", "multi-label"},
            {"rows", question_.examples},
            {"covered", covered_},
            {"sources", question_.votes.size()},
            {"classes", question_.classes.size()},
            {"gold", gold_rows_.size()},
            {"models", models},
            {"agreement", agreement_json()},
            {"choice", choice_json()},
            {"gold_needed", needed_json()}};
  }

 private:
  // A model that these votes are too much for is left out with its reason; the others are compared.
  void try_model(const LabelModelInfo& info) {
    if (context_.progress)
      context_.progress({.stage = "label models",
                         .done = tried_.size(),
                         .total = label_models().size(),
                         .unit = "models",
                         .note = std::string(info.name)});
    TriedSets tried{.info = info, .options = json::object(), .made = {}, .failed = {}};
    if (info.name == own_) tried.options = context_.project().label_model_options;
    try {
      tried.made = label_sets(question_, std::string(info.name), tried.options, context_.threads);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInvalidArgument) throw;
      tried.failed = error.what();
    }
    tried_.push_back(std::move(tried));
  }

  // Rows of one pattern have one label, by every model.
  void count_patterns() {
    const SoftSets& labels = named(kMajority)->made.labels;
    rows_by_pattern_.resize(labels.patterns());
    for (std::size_t row = 0; row < labels.examples(); ++row) {
      ++rows_by_pattern_[labels.pattern(row)];
      covered_ += labels.labeled(row);
    }
  }

  const TriedSets* named(std::string_view name) const {
    const auto found = std::ranges::find(tried_, name, [](const TriedSets& tried) { return tried.info.name; });
    return found == tried_.end() || found->failed ? nullptr : &*found;
  }

  std::uint64_t rows_that_differ(const TriedSets& a, const TriedSets& b) const {
    std::uint64_t rows = 0;
    for (std::size_t pattern = 0; pattern < rows_by_pattern_.size(); ++pattern)
      if (a.made.labels.hard_of_pattern(pattern) != b.made.labels.hard_of_pattern(pattern)) rows += rows_by_pattern_[pattern];
    return rows;
  }

  SetPair pair(const TriedSets& a, const TriedSets& b) const {
    return {
        {std::string(a.info.name), a.made.judged()}, {std::string(b.info.name), b.made.judged()}, question_.gold, question_.groups, kSplit};
  }

  json model_json(const TriedSets& tried) const {
    json model = {{"name", tried.info.name}, {"what", tried.info.what}, {"options", tried.options}, {"failed", nullptr}};
    if (tried.failed) {
      model["failed"] = *tried.failed;
      return model;
    }
    model.update(measured_json(tried));
    model["used_gold"] = tried.made.used_gold();
    model["iterations"] = tried.made.iterations();
    model["converged"] = tried.made.converged();
    model["assumed_balance"] = tried.made.assumes_recall();
    model["copies"] = json::array();
    model["warnings"] = tried.made.warnings;
    return model;
  }

  json measured_json(const TriedSets& tried) const {
    json result = {{"accuracy", nullptr},
                   {"accuracy_on_covered", nullptr},
                   {"log_loss", nullptr},
                   {"ece", nullptr},
                   {"micro_f1", nullptr},
                   {"micro_precision", nullptr},
                   {"micro_recall", nullptr},
                   {"macro_f1", nullptr},
                   {"weighted_f1", nullptr},
                   {"against_majority", nullptr},
                   {"micro_f1_against_majority", nullptr},
                   {"macro_f1_against_majority", nullptr},
                   {"per_class", nullptr}};
    if (gold_rows_.empty()) return result;
    const json metrics = *measure_sets({tried.made.judged(), question_.gold, question_.groups}, gold_rows_);
    for (auto& [key, value] : result.items())
      if (metrics.contains(key)) value = metrics.at(key);
    result["per_class"] = classes_json(tried);
    if (const TriedSets* majority = named(kMajority); majority != &tried) {
      const SetPair both = pair(tried, *majority);
      result["against_majority"] = compare_whole_rows(both, gold_rows_);
      result["micro_f1_against_majority"] = compare_f1(both, F1Kind::kMicro, gold_rows_);
      result["macro_f1_against_majority"] = compare_f1(both, F1Kind::kMacro, gold_rows_);
    }
    return result;
  }

  json classes_json(const TriedSets& tried) const {
    const TriedSets* majority = named(kMajority);
    const JudgedSets judged{tried.made.judged(), question_.gold, question_.groups};
    json list = json::array();
    for (const SetClassResult& of_class : measure_set_classes(judged, gold_rows_, question_.classes)) {
      json entry = of_class;
      entry["f1"] = of_class.f1 ? json(*of_class.f1) : json();
      entry["against_majority"] = nullptr;
      if (majority != &tried)
        entry["against_majority"] = compare_on_class(pair(tried, *majority), static_cast<ClassId>(list.size()), gold_rows_);
      list.push_back(std::move(entry));
    }
    return list;
  }

  // Of the rows with votes, the share on which two models name the same classes; null beside a model that failed.
  json agreement_json() const {
    json names = json::array(), shares = json::array();
    for (const TriedSets& a : tried_) {
      names.push_back(a.info.name);
      json row = json::array();
      for (const TriedSets& b : tried_) {
        const bool known = covered_ > 0 && !a.failed && !b.failed;
        row.push_back(known ? json(1.0 - static_cast<double>(rows_that_differ(a, b)) / static_cast<double>(covered_)) : json());
      }
      shares.push_back(row);
    }
    return {{"models", names}, {"shares", shares}};
  }

  json choice_json() const {
    LabelChoice among{.own = own_,
                      .named = !context_.project().label_model.empty(),
                      .worked = {},
                      .tried = tried_.size(),
                      .has_gold = !gold_rows_.empty(),
                      .measure = " in micro F1",
                      .compare = {}};
    for (const TriedSets& tried : tried_)
      if (!tried.failed) among.worked.emplace_back(tried.info.name);
    among.compare = [&](const std::string& a, const std::string& b, double alpha) {
      return compare_f1(pair(*named(a), *named(b)), F1Kind::kMicro, gold_rows_, {.alpha = alpha});
    };
    return label_choice_json(among);
  }

  // Between majority and the model that stands; where that is majority, the one that differs from it on most rows.
  json needed_json() const {
    const TriedSets* majority = named(kMajority);
    const TriedSets* other = named(own_);
    if (!other || other == majority) {
      other = nullptr;
      for (const TriedSets& tried : tried_)
        if (!tried.failed && &tried != majority && (!other || rows_that_differ(tried, *majority) > rows_that_differ(*other, *majority)))
          other = &tried;
    }
    if (!other) return nullptr;
    return gold_needed_json({.a = std::string(other->info.name),
                             .b = "majority vote",
                             .rows = question_.examples,
                             .differ = rows_that_differ(*other, *majority)});
  }

  const StageContext& context_;
  SetQuestion question_;
  std::string own_;
  std::vector<std::uint32_t> gold_rows_;
  std::vector<TriedSets> tried_;
  std::vector<std::uint64_t> rows_by_pattern_;
  std::uint64_t covered_ = 0;
};

}  // namespace

json compare_set_label_models(const StageContext& context) {
  const Dataset dataset = context.workspace.dataset(context.data());
  const std::vector<SourceVotes> votes = context.workspace.votes(context.of("vote"));
  return SetContest(context, dataset, votes).result();
}

}  // namespace hone
