#include <algorithm>

#include "hone/core/suggest.h"
#include "hone/flow/evaluate_options_internal.h"

namespace hone {
namespace {

// A number of points, of a hundred.
double read_points(const ConfigNode& node) {
  const double points = node.number();
  if (!(points > 0.0 && points < 100.0))
    throw node.error("expected points above 0 and below 100, as in 2 for two points of a hundred; found '" + node.text() + "'");
  return points / 100.0;
}

GateOptions::Of read_judged(const ConfigNode& node) {
  if (node.text() == "model") return GateOptions::Of::kModel;
  if (node.text() == "labels") return GateOptions::Of::kLabels;
  throw node.error("expected 'model' or 'labels', found '" + node.text() + "'");
}

// F1 over all classes of all rows is accuracy where each row has one class.
void check_gate_metric(const ConfigNode& node, const Task& task) {
  std::vector<std::string> known{"accuracy", "macro-f1"};
  if (task.is_multi_label()) known.emplace_back("micro-f1");
  const std::string& metric = node.text();
  if (metric == "micro-f1" && !task.is_multi_label())
    throw node.error("a gate on micro-f1 is for a task of kind multi-label; where each row has one class that is its accuracy");
  if (std::ranges::find(known, metric) == known.end())
    throw node.error("no gate on a metric '" + metric + "'" + suggestion(metric, known) + "; there are: " + quoted_list(known));
}

GateOptions read_gate(const ConfigNode& node, const Task& task) {
  node.allow_keys({"metric", "slice", "of", "not_worse_by", "at_least"});
  GateOptions gate;
  if (const ConfigNode* metric = node.find("metric")) {
    check_gate_metric(*metric, task);
    gate.metric = metric->text();
  }
  if (const ConfigNode* slice = node.find("slice")) gate.slice = slice->text();
  if (const ConfigNode* of = node.find("of")) gate.of = read_judged(*of);
  if (const ConfigNode* margin = node.find("not_worse_by")) gate.not_worse_by = read_points(*margin);
  if (const ConfigNode* least = node.find("at_least")) gate.at_least = read_share(*least);
  if (gate.not_worse_by.has_value() == gate.at_least.has_value())
    throw node.error("a gate says one of two: not_worse_by: 2 (points, against the baseline) or at_least: 0.8 (a share)");
  return gate;
}

// What a gate is about must be there.
void check_gate(const GateOptions& gate, const Project& project, const ConfigNode& node) {
  std::vector<std::string> slices;
  for (const Slice& slice : project.slices) slices.push_back(slice.name);
  if (gate.of == GateOptions::Of::kModel && !project.trains()) throw node.at("of").error("this project trains no model; judge its labels");
  if (!gate.slice.empty() && std::ranges::find(slices, gate.slice) == slices.end())
    throw node.at("slice").error("no slice named '" + gate.slice + "'" + suggestion(gate.slice, slices));
}

void check_gates(const Project& project, const ConfigNode& evaluate) {
  const ConfigNode* gates = evaluate.find("gates");
  for (std::size_t place = 0; place < project.evaluate.gates.size(); ++place)
    check_gate(project.evaluate.gates[place], project, gates->items()[place]);
}

// Whatever is wrong with it, the message says whose evaluator it is and what that may vote.
Source read_grading_source(const ConfigNode& node, const std::string& criterion, const FileReader& read) {
  const auto named = [&](const Error& error) {
    return Error(error.code(), std::string(error.what()) + " (the evaluator of criterion '" + criterion + "' votes yes or no)");
  };
  if (!is_source(node))
    throw named(node.error("expected the column of its grades, or a source such as {lf: NAME, vote: yes, any: [word]}"));
  std::vector<Source> sources;
  try {
    sources = parse_source(node, grading_task(), read);
  } catch (const Error& error) {
    throw named(error);
  }
  if (sources.size() != 1)
    throw named(node.error("a dictionary with per_class is several sources, and an evaluator is one; take per_class out"));
  return std::move(sources.front());
}

// What the abstentions of an evaluator say.
Grade read_otherwise(const ConfigNode& node, const Criterion& criterion) {
  if (!criterion.source) throw node.error("is for an evaluator that is a source: an empty cell of a column was not graded");
  if (node.text() == "yes") return Grade::kYes;
  if (node.text() == "no") return Grade::kNo;
  throw node.error("expected yes or no, found '" + node.text() + "'; without the key, rows on which the evaluator abstains are not graded");
}

void read_evaluator(const ConfigNode& node, const std::vector<Criterion>& before, const FileReader& read, Criterion& criterion) {
  const ConfigNode& evaluator = node.at("evaluator");
  if (evaluator.is_scalar()) {
    criterion.evaluator = evaluator.text();
  } else {
    criterion.source = read_grading_source(evaluator, criterion.name, read);
    criterion.evaluator = criterion.source->name;
    const auto is_taken = [&](const Criterion& other) { return other.source && other.evaluator == criterion.evaluator; };
    if (std::ranges::any_of(before, is_taken))
      throw evaluator.error("there is already an evaluator named '" + criterion.evaluator + "'; give one of them another name");
  }
  if (const ConfigNode* otherwise = node.find("otherwise")) criterion.otherwise = read_otherwise(*otherwise, criterion);
}

Criterion read_criterion(const ConfigNode& node, const std::vector<Criterion>& before, const FileReader& read) {
  node.allow_keys({"criterion", "evaluator", "otherwise", "people", "yes", "people_drawn"});
  Criterion criterion;
  criterion.name = node.at("criterion").text();
  if (std::ranges::find(before, criterion.name, &Criterion::name) != before.end())
    throw node.at("criterion").error("the criterion '" + criterion.name + "' stands here twice");
  read_evaluator(node, before, read, criterion);
  if (const ConfigNode* people = node.find("people")) criterion.people = people->text();
  const std::string& column = criterion.source ? criterion.source->field : criterion.evaluator;
  if (!criterion.people.empty() && criterion.people == column)
    throw node.at("people").error("people's grades cannot be the evaluator's own column '" + column + "'");
  if (const ConfigNode* yes = node.find("yes")) criterion.yes = yes->texts();
  if (criterion.yes.empty()) throw node.at("yes").error("name the values that mean that the criterion is met");
  if (const ConfigNode* drawn = node.find("people_drawn")) {
    if (drawn->text() != "evenly" && drawn->text() != "otherwise")
      throw drawn->error("expected 'evenly' or 'otherwise', found '" + drawn->text() + "'");
    criterion.people_drawn_evenly = drawn->text() == "evenly";
  }
  return criterion;
}

}  // namespace

const Task& grading_task() {
  static const Task task = [] {
    Task yes_or_no;
    yes_or_no.classes = {"yes", "no"};
    return yes_or_no;
  }();
  return task;
}

double read_share(const ConfigNode& node) {
  const double value = node.number();
  if (!(value >= 0.0 && value <= 1.0)) throw node.error("expected a share between 0 and 1, found '" + node.text() + "'");
  return value;
}

void read_evaluate(const ConfigNode& node, Project& project, const FileReader& read) {
  static const std::vector<std::string> kKnown{"accuracy", "micro-f1", "macro-f1", "weighted-f1", "log-loss", "ece", "coverage"};
  node.allow_keys({"metrics", "baseline", "gates", "criteria"});
  EvaluateOptions& evaluate = project.evaluate;
  if (const ConfigNode* baseline = node.find("baseline")) evaluate.baseline = baseline->text();
  if (const ConfigNode* gates = node.find("gates"))
    for (const ConfigNode& gate : gates->items()) evaluate.gates.push_back(read_gate(gate, project.task));
  if (const ConfigNode* criteria = node.find("criteria"))
    for (const ConfigNode& criterion : criteria->items()) evaluate.criteria.push_back(read_criterion(criterion, evaluate.criteria, read));
  if (const ConfigNode* metrics = node.find("metrics")) evaluate.metrics = metrics->texts();
  for (const std::string& metric : evaluate.metrics)
    if (std::ranges::find(kKnown, metric) == kKnown.end())
      throw node.error("no metric named '" + metric + "'" + suggestion(metric, kKnown));
  check_gates(project, node);
}

}  // namespace hone
