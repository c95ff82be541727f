#include "hone/record/gates.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "hone/core/count.h"
#include "hone/core/json.h"
#include "hone/eval/gate.h"
#include "hone/flow/clusters.h"
#include "hone/flow/main_path.h"
#include "hone/record/baseline_rows_internal.h"
#include "hone/record/system_answers_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr double kAlpha = 0.05;

std::string points(double share) {
  const std::string text = fmt::format("{:.1f}", 100.0 * share);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

// The gate in words: "accuracy on slice 'angry' of the trained model not worse than the baseline by 2 points".
std::string words_of(const GateOptions& gate, bool of_model) {
  std::string words = gate.metric + (gate.slice.empty() ? "" : " on slice '" + gate.slice + "'") + " of the " +
                      (of_model ? "trained model" : "label model");
  if (gate.not_worse_by) return words + " not worse than the baseline by " + points(*gate.not_worse_by) + " points";
  return words + " at least " + points(*gate.at_least) + " %";
}

// Different evaluations since the baseline, this one among them.
std::uint64_t count_looks(ProjectLedger& ledger, const std::optional<Baseline>& baseline, const RunRecord& evaluate) {
  std::set<std::string> seen{evaluate.output("evaluation").hash};
  if (!ledger.is_there()) return 1;
  EventFilter runs{.kinds = {"stage.run"}, .name = "evaluate"};
  if (baseline) runs.after_seq = baseline->seq;
  for (const std::uint64_t seq : ledger.index().find(runs)) {
    const Json body = ledger.reader().event(seq).body;
    for (const Json& output : body.value("outputs", Json::array()))
      if (output.is_object()) seen.insert(output.value("ref", output).value("hash", ""));
  }
  seen.erase("");
  return seen.size();
}

// What the gates of one run are judged by.
class Judging {
 public:
  Judging(Workspace& workspace, ProjectLedger& ledger, int threads)
      : workspace_(workspace),
        project_(workspace.project()),
        records_(fresh_records(workspace, "evaluate")),
        data_(*find_record(records_, data_stage(project_))),
        dataset_(workspace.dataset(data_)),
        gold_(read_gold(project_, dataset_, GoldUse::kEvaluation)),
        clusters_(read_clusters(workspace, data_, dataset_)),
        baseline_(find_baseline(workspace, ledger)),
        look_(count_looks(ledger, baseline_, *find_record(records_, "evaluate"))),
        threads_(threads) {
    choose_rows();
    if (!rows_.empty() && needs_baseline()) match();
  }

  Json json() {
    Json gates = Json::array();
    for (const GateOptions& gate : project_.evaluate.gates) gates.push_back(gate_json(gate));
    const auto count = [&](const char* verdict) {
      return std::ranges::count_if(gates, [&](const Json& gate) { return gate.at("verdict") == verdict; });
    };
    const auto failed = count("fails"), undecided = count("undecided");
    return {{"format", "hone-gates/1"},
            {"baseline", baseline_ ? baseline_json() : Json()},
            {"split", rows_.empty() ? Json() : Json(to_string(split_))},
            {"rows", rows_.size()},
            {"matched",
             {{"rows", matched_.rows.size()}, {"new", matched_.fresh}, {"changed", matched_.changed}, {"other_gold", matched_.other_gold}}},
            {"look", look_},
            {"alpha", alpha()},
            {"gates", gates},
            {"failed", failed},
            {"undecided", undecided}};
  }

 private:
  Json baseline_json() const {
    const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
    return {{"kind", baseline_->kind == Baseline::Kind::kRelease ? "release" : "run"},
            {"name", or_null(baseline_->name)},
            {"version", or_null(baseline_->version)},
            {"event", baseline_->seq},
            {"time", baseline_->time}};
  }

  bool needs_baseline() const {
    return baseline_ && std::ranges::any_of(project_.evaluate.gates, [](const GateOptions& gate) { return gate.not_worse_by.has_value(); });
  }

  // The terms 1 / (k (k + 1)) add up to 1 over all looks.
  double alpha() const {
    const double look = static_cast<double>(look_);
    return kAlpha / (look * (look + 1.0) * static_cast<double>(project_.evaluate.gates.size()));
  }

  // Test where it has gold, else valid, else train.
  void choose_rows() {
    const std::vector<Split> splits = dataset_.splits();
    for (const Split split : {Split::kTest, Split::kValid, Split::kTrain}) {
      for (std::uint32_t row = 0; gold_.rows[static_cast<std::size_t>(split)] > 0 && row < splits.size(); ++row)
        if (splits[row] == split && gold_classes(gold_, row)) rows_.push_back(row);
      split_ = split;
      if (!rows_.empty()) return;
    }
  }

  void match() { matched_ = match_baseline(workspace_, {dataset_, split_, rows_}, *baseline_); }

  bool of_model(const GateOptions& gate) const {
    return gate.of == GateOptions::Of::kModel || (gate.of == GateOptions::Of::kMain && project_.trains());
  }

  const SystemAnswers& current(bool model) {
    std::optional<SystemAnswers>& answers = model ? model_now_ : labels_now_;
    if (answers) return *answers;
    const RunRecord& record = *find_record(records_, model ? "train" : "label");
    if (project_.task.is_multi_label())
      answers.emplace(model ? workspace_.set_predictions(record) : workspace_.judged_sets(record));
    else
      answers.emplace(model ? workspace_.predictions(record) : workspace_.judged_labels(record));
    return *answers;
  }

  const std::optional<ClassSets>& before(bool model) {
    std::optional<std::optional<ClassSets>>& answers = model ? model_before_ : labels_before_;
    if (!answers) answers = baseline_answers(workspace_, *baseline_, matched_.rows, model);
    return *answers;
  }

  // By row of the dataset, whether it lies in the slice; empty: all do.
  const std::vector<bool>& members(const std::string& slice) {
    const auto known = members_.find(slice);
    if (known != members_.end()) return known->second;
    std::vector<bool>& inside = members_[slice];
    if (slice.empty()) return inside;
    if (slices_.empty()) slices_ = workspace_.slices(*find_record(records_, "vote"));
    const auto place = std::ranges::find(project_.slices, slice, &Slice::name) - project_.slices.begin();
    inside.assign(dataset_.rows(), false);
    for (const std::uint32_t row : slices_.at(static_cast<std::size_t>(place))) inside[row] = true;
    return inside;
  }

  // Columns that a gate is judged by,, row by row.
  struct Columns {
    ClassSets gold, answers, before;
    std::vector<std::uint32_t> clusters;
    GateRows rows(std::size_t classes) const { return {gold, answers, clusters, classes}; }
  };

  void add(std::uint32_t row, const SystemAnswers& said, Columns& columns) const {
    add_row(gold_classes(gold_, row), columns.gold);
    add_row(said.of(row), columns.answers);
    if (!clusters_.empty()) columns.clusters.push_back(clusters_[row]);
  }

  GateFinding judge(const GateOptions& gate) {
    const GateTest test{.metric = gate.metric, .alpha = alpha(), .threads = threads_};
    const std::vector<bool>& inside = members(gate.slice);
    const auto is_inside = [&](std::uint32_t row) { return inside.empty() || inside[row]; };
    const SystemAnswers& said = current(of_model(gate));
    Columns columns;
    if (gate.at_least) {
      for (const std::uint32_t row : rows_)
        if (is_inside(row)) add(row, said, columns);
      return judge_level(columns.rows(project_.task.classes.size()), *gate.at_least, test);
    }
    const ClassSets& then = *before(of_model(gate));
    for (std::size_t place = 0; place < matched_.rows.size(); ++place) {
      if (!is_inside(matched_.rows[place].now)) continue;
      add(matched_.rows[place].now, said, columns);
      then.known(place) ? columns.before.add(then.of(place)) : columns.before.add_unknown();
    }
    return judge_against(columns.rows(project_.task.classes.size()), columns.before, *gate.not_worse_by, test);
  }

  // Why a gate cannot be judged at all; empty: it can.
  std::string obstacle(const GateOptions& gate) {
    if (rows_.empty()) return "there is no gold that evaluation may read";
    if (gate.at_least) return "";
    if (!baseline_) return "there is no release to compare with yet; `hone release NAME` makes one";
    if (!matched_.not_comparable.empty()) return "not comparable with " + baseline_->words() + ": " + matched_.not_comparable;
    return before(of_model(gate)) ? "" : baseline_->words() + " has no trained model";
  }

  Json gate_json(const GateOptions& gate) {
    GateFinding found;
    found.why = obstacle(gate);
    if (found.why.empty()) found = judge(gate);
    const auto end = [&](double Interval::*which) { return found.interval ? Json((*found.interval).*which) : Json(); };
    return {{"gate", words_of(gate, of_model(gate))},
            {"metric", gate.metric},
            {"slice", gate.slice.empty() ? Json() : Json(gate.slice)},
            {"of", of_model(gate) ? "model" : "labels"},
            {"not_worse_by", gate.not_worse_by ? Json(*gate.not_worse_by) : Json()},
            {"at_least", gate.at_least ? Json(*gate.at_least) : Json()},
            {"verdict", to_string(found.verdict)},
            {"value", found.n > 0 ? Json(found.value) : Json()},
            {"low", end(&Interval::low)},
            {"high", end(&Interval::high)},
            {"n", found.n},
            {"clusters", clusters_.empty() ? Json() : Json(found.clusters)},
            {"items_needed", found.items_needed ? Json(*found.items_needed) : Json()},
            {"text", text_of(gate, found)}};
  }

  static std::string text_of(const GateOptions& gate, const GateFinding& found) {
    if (!found.interval || !found.why.empty()) return found.why;
    const auto number = [&](double share) { return (gate.not_worse_by && share >= 0.0 ? "+" : "") + points(share); };
    std::string text = number(found.value) + (gate.not_worse_by ? " points (" : " % (") + number(found.interval->low) + " to " +
                       number(found.interval->high) + ") on " + with_commas(found.n) + " rows";
    if (found.verdict != GateVerdict::kUndecided) return text;
    return text + (found.items_needed ? "; about " + with_commas(*found.items_needed) + " rows would decide" : "; more rows would decide");
  }

  Workspace& workspace_;
  const Project& project_;
  std::vector<RunRecord> records_;
  const RunRecord& data_;
  Dataset dataset_;
  Gold gold_;
  std::vector<std::uint32_t> clusters_;
  std::optional<Baseline> baseline_;
  std::uint64_t look_;
  int threads_;
  Split split_ = Split::kTest;
  std::vector<std::uint32_t> rows_;  // Judged, with gold.
  BaselineRows matched_;
  std::optional<SystemAnswers> labels_now_, model_now_;
  std::optional<std::optional<ClassSets>> labels_before_, model_before_;
  std::vector<std::vector<std::uint32_t>> slices_;
  std::map<std::string, std::vector<bool>> members_;
};

}  // namespace

Json check_gates(Workspace& workspace, ProjectLedger& ledger, int threads) {
  if (workspace.project().evaluate.gates.empty()) return nullptr;
  return Judging(workspace, ledger, threads).json();
}

}  // namespace hone
