#include <algorithm>
#include <iterator>
#include <map>
#include <ranges>
#include <set>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/data/row_texts.h"
#include "hone/eval/clarity.h"
#include "hone/eval/comparison.h"
#include "hone/eval/errors_to_read.h"
#include "hone/eval/evaluation.h"
#include "hone/eval/levels.h"
#include "hone/flow/criteria_internal.h"
#include "hone/flow/drawn_gold_internal.h"
#include "hone/flow/label_evaluation_internal.h"
#include "hone/flow/slice_findings_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/vote/analysis.h"
#include "hone/vote/source_pairs.h"

namespace hone {
namespace {

using Rows = std::vector<std::uint32_t>;

// How many confusions a report carries, and how many texts with each.
constexpr std::size_t kConfusions = 10, kConfusionTexts = 3;
// Wrong votes that are shown of each source. With a thousand sources the page still has to open at once.
constexpr std::size_t kWrongVotes = 2;
// Pairs of sources: those that differ most, and those of copies.
constexpr std::size_t kPairs = 2000, kCopyPairs = 500;
// Rows in conflict that are shown, of either kind.
constexpr std::size_t kContested = 20;
// Longer texts are cut in the report; the dataset has them whole.
constexpr std::size_t kShownBytes = 2000, kSearchedBytes = 600, kWrongVoteBytes = 240;

// Everything the measures look at, held once.
struct Measured {
  const StageContext& context;
  Dataset dataset;
  Gold gold;
  std::vector<std::uint32_t> groups;
  Rows split_rows[kSplits];  // Rows with gold.
  VoteMatrix votes;
  SoftLabels labels;  // Cross-fitted where the label model used gold.
  std::optional<SoftLabels> predictions;
  std::optional<std::size_t> best_source;
  SoftLabels best_labels;
  nlohmann::json fit;         // What the label stage says of the label model.
  std::vector<double> prior;  // Declared class shares.
  nlohmann::json against_majority;
  std::vector<std::string> answers;  // Names.

  const Project& project() const { return context.project(); }
  // The split that comparisons, slices and errors are about: test, else valid, else train.
  std::optional<Split> judged_split() const {
    for (const Split split : {Split::kTest, Split::kValid, Split::kTrain})
      if (!split_rows[static_cast<std::size_t>(split)].empty()) return split;
    return std::nullopt;
  }
  // The split whose rows may be read while sources are written: never test.
  std::optional<Split> readable_split() const {
    for (const Split split : {Split::kValid, Split::kTrain})
      if (!split_rows[static_cast<std::size_t>(split)].empty()) return split;
    return std::nullopt;
  }
  const Rows& rows(Split split) const { return split_rows[static_cast<std::size_t>(split)]; }
  Judged judged(const SoftLabels& of) const { return {of, gold.classes, groups}; }
  LabelsToJudge labels_to_judge() const { return {votes, labels, gold.classes, groups, split_rows, prior, fit}; }
  // What is read first where there is a trained model: that, else the label model.
  const SoftLabels& main_system() const { return predictions ? *predictions : labels; }
};

// A source's votes as labels: certain where it voted for a class, none elsewhere.
SoftLabels labels_of(const VoteMatrix& votes, std::size_t source) {
  const std::size_t examples = votes.shape().examples, classes = votes.shape().classes;
  SoftLabels labels(classes);
  std::vector<double> distribution(classes, 0.0);
  for (std::size_t id = 0; id < classes; ++id) {
    distribution[id] = 1.0;
    labels.add_pattern(distribution, static_cast<ClassId>(id));
    distribution[id] = 0.0;
  }
  const std::uint32_t silent = labels.add_pattern({}, kNoClass);
  std::vector<std::uint32_t> pattern_of(examples, silent);
  for (std::size_t example = 0; example < examples; ++example)
    for (const Vote vote : votes.on(example))
      if (vote.source == source && vote.class_id < classes) pattern_of[example] = vote.class_id;
  labels.set_examples(std::move(pattern_of));
  return labels;
}

// The source that is right on most rows of the valid split, of equal ones the first; nothing when none is right on any.
std::optional<std::size_t> best_on_valid(const Measured& measured) {
  std::vector<std::uint64_t> right(measured.votes.shape().sources);
  for (const std::uint32_t row : measured.rows(Split::kValid))
    for (const Vote vote : measured.votes.on(row)) right[vote.source] += vote.class_id == measured.gold.classes[row];
  const auto best = std::ranges::max_element(right);
  if (best == right.end() || *best == 0) return std::nullopt;
  return static_cast<std::size_t>(best - right.begin());
}

void take_rows(Measured& measured, const std::vector<Split>& splits) {
  for (std::uint32_t row = 0; row < measured.gold.classes.size(); ++row)
    if (measured.gold.classes[row] != kNoClass) measured.split_rows[static_cast<std::size_t>(splits[row])].push_back(row);
}

Measured gather(const StageContext& context, const std::vector<Split>& splits) {
  Measured measured{context, context.workspace.dataset(context.data()), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  measured.answers = context.project().task.answer_names();
  measured.gold = read_gold(context.project(), measured.dataset, GoldUse::kEvaluation);
  if (measured.gold.classes.empty()) measured.gold.classes.assign(measured.dataset.rows(), kNoClass);
  measured.groups = read_clusters(context, measured.dataset);
  take_rows(measured, splits);
  measured.votes = context.workspace.vote_matrix(context.of("vote"), measured.dataset.rows());
  measured.labels = context.workspace.judged_labels(context.of("label"));
  measured.fit = context.workspace.json(context.of("label").output("fit"));
  measured.prior = context.project().task.declared_prior();
  if (context.project().trains()) measured.predictions = context.workspace.predictions(context.of("train"));
  measured.best_source = best_on_valid(measured);
  if (measured.best_source) measured.best_labels = labels_of(measured.votes, *measured.best_source);
  measured.against_majority = against_majority_json(measured.labels_to_judge());
  return measured;
}

nlohmann::json metrics_json(const Judged& judged, const Rows& rows) {
  const auto metrics = measure(judged, rows);
  return metrics ? nlohmann::json(*metrics) : nlohmann::json();
}

nlohmann::json by_split(const Measured& measured, const SoftLabels& of) {
  nlohmann::json splits = nlohmann::json::object();
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    splits[std::string(to_string(split))] = metrics_json(measured.judged(of), measured.rows(split));
  return splits;
}

nlohmann::json best_source_json(const Measured& measured) {
  if (!measured.best_source) return nullptr;
  nlohmann::json json = by_split(measured, measured.best_labels);
  json["name"] = measured.project().sources[*measured.best_source].name;
  return json;
}

nlohmann::json classes_by_split(const Measured& measured, const SoftLabels& of) {
  nlohmann::json splits = nlohmann::json::object();
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
    const Rows& rows = measured.rows(split);
    splits[std::string(to_string(split))] =
        rows.empty() ? nlohmann::json() : nlohmann::json(measure_classes(measured.judged(of), rows, measured.project().task.classes));
  }
  return splits;
}

// Texts of rows that are shown.
struct ShownText {
  std::string id, text;
};
using ShownTexts = std::map<std::uint32_t, ShownText>;

ShownTexts read_texts(const Measured& measured, Rows rows) {
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
  std::vector<std::string> columns{std::string(kIdColumn)};
  columns.insert(columns.end(), measured.project().data.text.begin(), measured.project().data.text.end());
  const std::vector<RowTexts> read = row_texts(measured.dataset, rows, columns);
  ShownTexts shown;
  for (std::size_t place = 0; place < rows.size(); ++place) {
    ShownText& here = shown[rows[place]];
    here.id = read[place][0].value_or("");
    for (std::size_t field = 1; field < columns.size(); ++field) here.text += (field > 1 ? "\n" : "") + read[place][field].value_or("");
  }
  return shown;
}

// At most so many bytes, and no character cut through.
std::string cut(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

nlohmann::json answer_or_null(const Measured& measured, ClassId id) {
  return id == kNoClass ? nlohmann::json() : nlohmann::json(measured.answers[id]);
}

nlohmann::json example_json(const Measured& measured, const ShownTexts& texts, std::uint32_t row, std::size_t bytes = kShownBytes) {
  const ShownText& shown = texts.at(row);
  const SoftLabels& main = measured.main_system();
  return {{"row", row},
          {"id", shown.id},
          {"text", cut(shown.text, bytes)},
          {"gold", answer_or_null(measured, measured.gold.classes[row])},
          {"predicted", answer_or_null(measured, main.hard(row))},
          {"confidence", main.confidence(row)}};
}

// A vote that gold contradicts.
struct WrongVote {
  std::uint32_t row = 0;
  ClassId voted = kNoClass;
};

// Rows that a report shows: of the readable split and, wrong votes, of valid and train.
struct ShownRows {
  std::vector<Confusion> confusions;
  Rows confident, errors;
  std::vector<std::vector<WrongVote>> wrong_votes;  // By source.
  std::vector<ContestedRow> contested;
  std::optional<SliceFindings> slices;

  Rows all() const {
    Rows rows = confident;
    if (slices) std::ranges::copy(slices->examples(), std::back_inserter(rows));
    rows.insert(rows.end(), errors.begin(), errors.end());
    for (const Confusion& confusion : confusions) rows.insert(rows.end(), confusion.examples.begin(), confusion.examples.end());
    for (const std::vector<WrongVote>& votes : wrong_votes)
      for (const WrongVote& vote : votes) rows.push_back(vote.row);
    for (const ContestedRow& row : contested) rows.push_back(row.row);
    return rows;
  }
};

// The first wrong votes of every source on gold that may be looked at.
std::vector<std::vector<WrongVote>> first_wrong_votes(const Measured& measured) {
  std::vector<std::vector<WrongVote>> wrong(measured.votes.shape().sources);
  for (const Split split : {Split::kValid, Split::kTrain})
    for (const std::uint32_t row : measured.rows(split))
      for (const Vote vote : measured.votes.on(row))
        if (!measured.votes.answers().allows(vote.class_id, measured.gold.classes[row]) && wrong[vote.source].size() < kWrongVotes)
          wrong[vote.source].push_back({row, vote.class_id});
  return wrong;
}

// Where the main system fails more than elsewhere, among valid rows; nothing where none has gold.
std::optional<SliceFindings> slice_findings(const Measured& measured) {
  const Rows& rows = measured.rows(Split::kValid);
  if (rows.empty()) return std::nullopt;
  const SoftLabels& main = measured.main_system();
  return find_slices(
      measured.context, measured.dataset, rows, measured.groups,
      {measured.predictions ? "model" : "label_model", [&](std::uint32_t row) { return main.hard(row) != measured.gold.classes[row]; },
       [&](std::uint32_t row) { return main.confidence(row); }});
}

ShownRows choose_rows(const Measured& measured, const std::vector<Split>& splits) {
  ShownRows shown;
  shown.slices = slice_findings(measured);
  shown.wrong_votes = first_wrong_votes(measured);
  shown.contested = contested_rows(measured.labels_to_judge(), splits, kContested);
  const auto split = measured.readable_split();
  if (!split) return shown;
  const Judged judged = measured.judged(measured.main_system());
  shown.confusions = worst_confusions(judged, measured.rows(*split), kConfusions, kConfusionTexts);
  shown.confident = most_confident_errors(judged, measured.rows(*split), kErrorsToRead);
  shown.errors = errors_to_read(judged, measured.rows(*split));
  return shown;
}

nlohmann::json confusions_json(const Measured& measured, const std::vector<Confusion>& confusions, const ShownTexts& texts) {
  nlohmann::json list = nlohmann::json::array();
  for (const Confusion& confusion : confusions) {
    nlohmann::json examples = nlohmann::json::array();
    for (const std::uint32_t row : confusion.examples) examples.push_back(example_json(measured, texts, row));
    list.push_back({{"gold", answer_or_null(measured, confusion.gold)},
                    {"predicted", answer_or_null(measured, confusion.predicted)},
                    {"count", confusion.count},
                    {"share_of_gold", confusion.share_of_gold},
                    {"examples", examples}});
  }
  return list;
}

nlohmann::json votes_by_source(const Measured& measured, const ExampleVotes& votes) {
  nlohmann::json by_source = nlohmann::json::object();
  for (const Vote vote : votes) by_source[measured.project().sources[vote.source].name] = answer_or_null(measured, vote.class_id);
  return by_source;
}

// An error with what the votes said: who led there.
nlohmann::json error_json(const Measured& measured, const ShownTexts& texts, std::uint32_t row) {
  nlohmann::json json = example_json(measured, texts, row, kSearchedBytes);
  const ExampleVotes votes = measured.votes.on(row);
  json["label"] = answer_or_null(measured, measured.labels.hard(row));
  json["said"] = to_string(votes_said(votes, measured.votes.answers(), measured.labels.hard(row), measured.gold.classes[row]));
  json["votes"] = votes_by_source(measured, votes);
  return json;
}

nlohmann::json contested_json(const Measured& measured, const ShownRows& shown, const ShownTexts& texts) {
  nlohmann::json list = nlohmann::json::array();
  for (const ContestedRow& contested : shown.contested) {
    const std::uint32_t row = contested.row;
    list.push_back({{"row", row},
                    {"id", texts.at(row).id},
                    {"text", cut(texts.at(row).text, kWrongVoteBytes)},
                    {"why", contested.overruled ? "overruled" : "unsure"},
                    {"rows", contested.rows},
                    {"label", answer_or_null(measured, measured.labels.hard(row))},
                    {"confidence", measured.labels.confidence(row)},
                    {"majority", answer_or_null(measured, contested.majority)},
                    {"gold", answer_or_null(measured, measured.gold.classes[row])},
                    {"votes", votes_by_source(measured, measured.votes.on(row))}});
  }
  return list;
}

// What gold says of the label model itself, whether or not something was trained on its labels.
nlohmann::json label_model_json(const Measured& measured, const ShownRows& shown, const ShownTexts& texts) {
  const auto split = measured.judged_split();
  nlohmann::json json = {
      {"against_majority", measured.against_majority}, {"reliability", nullptr}, {"contested", contested_json(measured, shown, texts)}};
  if (split)
    json["reliability"] = {{"split", to_string(*split)}, {"bins", reliability(measured.judged(measured.labels), measured.rows(*split))}};
  return json;
}

nlohmann::json wrong_votes_json(const Measured& measured, const ShownRows& shown, const ShownTexts& texts) {
  nlohmann::json by_source = nlohmann::json::array();
  for (const std::vector<WrongVote>& votes : shown.wrong_votes) {
    nlohmann::json list = nlohmann::json::array();
    for (const WrongVote& vote : votes)
      list.push_back({{"row", vote.row},
                      {"id", texts.at(vote.row).id},
                      {"text", cut(texts.at(vote.row).text, kWrongVoteBytes)},
                      {"gold", answer_or_null(measured, measured.gold.classes[vote.row])},
                      {"voted", answer_or_null(measured, vote.voted)}});
    by_source.push_back(list);
  }
  return by_source;
}

nlohmann::json clarity_json(const Measured& measured, Split split) {
  const auto by_class = clarity(measured.votes, measured.labels, measured.judged(measured.main_system()), measured.rows(split));
  nlohmann::json said = nlohmann::json::array(), list = nlohmann::json::array();
  for (std::size_t state = 0; state < kVotesSaid; ++state) said.push_back(to_string(static_cast<VotesSaid>(state)));
  for (std::size_t id = 0; id < by_class.size(); ++id)
    list.push_back({{"class", measured.project().task.classes[id]}, {"rows", by_class[id].rows}, {"right", by_class[id].right}});
  return {{"split", to_string(split)}, {"said", said}, {"by_class", list}};
}

nlohmann::json pair_json(const Measured& measured, const SourcePair& pair) {
  const auto name = [&](std::uint32_t source) { return measured.project().sources[source].name; };
  return {{"a", name(pair.a)}, {"b", name(pair.b)}, {"both", pair.both}, {"differ", pair.differ}};
}

// The pairs within each group of copies, as the label model has the groups.
nlohmann::json copies_json(const Measured& measured, const std::vector<SourcePair>& pairs) {
  nlohmann::json groups = nlohmann::json::array();
  std::map<std::uint32_t, std::size_t> group_of;
  for (const nlohmann::json& group : measured.fit.at("copies")) {
    for (const nlohmann::json& source : group.at("sources")) group_of[source] = groups.size();
    groups.push_back(nlohmann::json::array());
  }
  std::size_t listed = 0;
  for (const SourcePair& pair : pairs) {
    const auto a = group_of.find(pair.a), b = group_of.find(pair.b);
    if (a == group_of.end() || b == group_of.end() || a->second != b->second || listed++ >= kCopyPairs) continue;
    groups[a->second].push_back(pair_json(measured, pair));
  }
  return groups;
}

nlohmann::json pairs_json(const Measured& measured) {
  const SourcePairs found = source_pairs(measured.votes, {.most_pairs = SIZE_MAX, .threads = measured.context.threads});
  nlohmann::json list = nlohmann::json::array();
  for (const SourcePair& pair : found.pairs | std::views::take(kPairs)) list.push_back(pair_json(measured, pair));
  return {
      {"list", list}, {"left_out", found.pairs.size() - list.size()}, {"rows", found.rows}, {"copies", copies_json(measured, found.pairs)}};
}

nlohmann::json comparisons_json(const Measured& measured) {
  nlohmann::json list = nlohmann::json::array();
  const auto add = [&](const System& a, const System& b, Split split) {
    list.push_back(compare(a, b, measured.gold.classes, measured.groups, measured.rows(split), std::string(to_string(split))));
  };
  const System label_model{"label model", measured.labels};
  const nlohmann::json& beside = measured.against_majority.at("splits");
  for (const Split split : {Split::kTest, Split::kValid}) {
    if (measured.rows(split).empty()) continue;
    if (measured.best_source) add(label_model, {"best source", measured.best_labels}, split);
    if (const nlohmann::json& majority = beside.at(std::string(to_string(split))); majority.is_object()) list.push_back(majority);
    if (!measured.predictions) continue;
    const System model{"trained model", *measured.predictions};
    add(model, label_model, split);
    if (measured.best_source) add(model, {"best source", measured.best_labels}, split);
  }
  return list;
}

// What is to be read and learned from, so of valid or train rows alone.
void add_errors(const Measured& measured, const ShownRows& shown, const ShownTexts& texts, nlohmann::json& json) {
  const auto split = measured.readable_split();
  if (!split) return;
  json["errors_split"] = to_string(*split);
  json["errors_confusion"] = confusion_matrix(measured.judged(measured.main_system()), measured.rows(*split),
                                              measured.project().task.classes, std::string(to_string(*split)));
  json["clarity"] = clarity_json(measured, *split);
  json["worst_confusions"] = confusions_json(measured, shown.confusions, texts);
  for (const std::uint32_t row : shown.confident) json["most_confident_errors"].push_back(example_json(measured, texts, row));
  for (const std::uint32_t row : shown.errors) json["errors"].push_back(error_json(measured, texts, row));
  if (shown.slices)
    json["discovered_slices"] =
        to_json(*shown.slices, [&](std::uint32_t row) { return example_json(measured, texts, row, kSearchedBytes); });
}

// How the intervals and verdicts came about, in a sentence each.
std::string method(const Measured& measured) {
  if (measured.groups.empty()) return "95 % intervals: Wilson. Systems are compared on the same rows: McNemar's mid-p, Tango's interval.";
  return "95 % intervals: Wilson on the effective number of rows, as the rows of one group hang together. Systems are compared on the same "
         "rows: Student's t of the groups (CR2).";
}

bool learned_from_train_gold(const Measured& measured) { return measured.gold.rows[static_cast<std::size_t>(Split::kTrain)] > 0; }

std::vector<bool> right_answers(const Measured& measured, const SoftLabels& of) {
  std::vector<bool> right;
  for (std::size_t row = 0; row < measured.gold.classes.size(); ++row)
    right.push_back(measured.gold.classes[row] != kNoClass && of.hard(row) == measured.gold.classes[row]);
  return right;
}

nlohmann::json drawn_json(const Measured& measured) {
  if (measured.project().gold.drawn.empty()) return nullptr;
  std::vector<DrawnSystem> systems{{"label_model", right_answers(measured, measured.labels)}};
  if (measured.predictions) systems.push_back({"model", right_answers(measured, *measured.predictions)});
  return drawn_gold_json(measured.project(), measured.dataset, systems, measured.split_rows, measured.groups);
}

nlohmann::json notes_json(const Measured& measured, const nlohmann::json& drawn) {
  nlohmann::json notes = drawn_gold_notes(drawn);
  for (const Source& source : measured.project().sources)
    if (reads_gold(measured.project(), source))
      notes.push_back("The source '" + source.name + "' reads the gold column: it votes on train rows alone and is not measured.");
  if (!measured.predictions) return notes;
  if (!measured.rows(Split::kValid).empty())
    notes.push_back("Training of the model ended by its loss on the valid split, so its numbers there flatter it a little.");
  if (learned_from_train_gold(measured)) notes.push_back("The model learned from gold of the train split and is not measured there.");
  return notes;
}

// How labels and predictions do at each level of the taxonomy, rows of which a node alone is known included.
nlohmann::json levels_json(const Measured& measured, const std::vector<Split>& splits) {
  const Task& task = measured.project().task;
  if (task.taxonomy.empty()) return nullptr;
  const std::vector<ClassId> known = measured.gold.answers();
  for (const Split split : {Split::kTest, Split::kValid, Split::kTrain}) {
    Rows rows;
    for (std::uint32_t row = 0; row < known.size(); ++row)
      if (known[row] != kNoClass && splits[row] == split) rows.push_back(row);
    if (rows.empty()) continue;
    const auto of = [&](const SoftLabels& labels) {
      return nlohmann::json(measure_levels({labels, known, measured.groups}, rows, task.taxonomy, task.certainty));
    };
    return {{"split", to_string(split)},
            {"certainty", task.certainty},
            {"label_model", of(measured.labels)},
            {"model", measured.predictions ? of(*measured.predictions) : nlohmann::json()}};
  }
  return nullptr;
}

nlohmann::json evaluation_json(const Measured& measured, const ShownRows& shown, const ShownTexts& texts,
                               const std::vector<Split>& splits) {
  const auto split = measured.judged_split();
  const nlohmann::json drawn = drawn_json(measured);
  nlohmann::json json = evaluation_without_numbers(method(measured), notes_json(measured, drawn));
  json["drawn"] = drawn;
  json["levels"] = levels_json(measured, splits);
  if (!split) return json;
  const Rows& rows = measured.rows(*split);
  const std::string split_name(to_string(*split));
  const std::vector<std::string>& classes = measured.project().task.classes;
  json["best_source"] = best_source_json(measured);
  json["label_model"] = by_split(measured, measured.labels);
  json["per_class"] = {{"label_model", classes_by_split(measured, measured.labels)},
                       {"model", {{"train", nullptr}, {"valid", nullptr}, {"test", nullptr}}}};
  json["confusion"]["label_model"] = confusion_matrix(measured.judged(measured.labels), rows, classes, split_name);
  if (measured.predictions) {
    json["model"] = by_split(measured, *measured.predictions);
    if (learned_from_train_gold(measured)) json["model"]["train"] = nullptr;
    json["per_class"]["model"] = classes_by_split(measured, *measured.predictions);
    if (learned_from_train_gold(measured)) json["per_class"]["model"]["train"] = nullptr;
    json["confusion"]["model"] = confusion_matrix(measured.judged(*measured.predictions), rows, classes, split_name);
  }
  add_errors(measured, shown, texts, json);
  json["comparisons"] = comparisons_json(measured);
  json["reliability"] = reliability(measured.judged(measured.main_system()), rows);
  return json;
}

Rows common(const Rows& a, const Rows& b) {
  Rows both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

// The least difference of two systems that so many rows show; null where they show none.
nlohmann::json detectable_json(const Measured& measured, const Rows& rows) {
  const SoftLabels* const other = measured.predictions ? &measured.labels : nullptr;
  const auto least = smallest_detectable(measured.judged(measured.main_system()), other, rows);
  return least ? nlohmann::json(*least) : nlohmann::json();
}

nlohmann::json slice_json(const Measured& measured, const std::vector<Split>& splits, const std::string& name, const Rows& members) {
  nlohmann::json json = slice_without_numbers(name, members, splits);
  const auto split = measured.judged_split();
  if (!split) return json;
  const Rows rows = common(members, measured.rows(*split));
  if (measured.best_source) json["best_source"] = metrics_json(measured.judged(measured.best_labels), rows);
  json["label_model"] = metrics_json(measured.judged(measured.labels), rows);
  if (measured.predictions) json["model"] = metrics_json(measured.judged(*measured.predictions), rows);
  json["note"] = note_on_slice(rows.size());
  json["smallest_detectable"] = detectable_json(measured, rows);
  return json;
}

// What the main system is sure of, and where it differs from the label model.
SystemsSaid systems_said(const Measured& measured) {
  const SoftLabels &main = measured.main_system(), &labels = measured.labels;
  SystemsSaid said;
  said.confidence = [&main](std::uint32_t row) {
    return main.hard(row) == kNoClass ? std::nullopt : std::optional<double>(main.confidence(row));
  };
  if (measured.predictions)
    said.disagree = [&main, &labels](std::uint32_t row) {
      return main.hard(row) != kNoClass && labels.hard(row) != kNoClass && main.hard(row) != labels.hard(row);
    };
  return said;
}

nlohmann::json slices_json(const Measured& measured, const std::vector<Split>& splits, const DerivedSlices& derived) {
  const auto members = measured.context.workspace.slices(measured.context.of("vote"));
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t slice = 0; slice < members.size(); ++slice)
    list.push_back(slice_json(measured, splits, measured.project().slices[slice].name, members[slice]));
  for (const DerivedRows& slice : derived.slices)
    list.push_back(with_definition(slice_json(measured, splits, slice.name, slice.rows), slice));
  return list;
}

nlohmann::json class_counts(const Measured& measured) {
  const std::vector<std::string>& classes = measured.project().task.classes;
  std::vector<std::uint64_t> gold(classes.size() * kSplits), labeled(classes.size());
  for (std::size_t split = 0; split < kSplits; ++split)
    for (const std::uint32_t row : measured.split_rows[split]) ++gold[measured.gold.classes[row] * kSplits + split];
  for (std::size_t row = 0; row < measured.labels.examples(); ++row)
    if (const ClassId hard = measured.labels.hard(row); hard != kNoClass) ++labeled[hard];
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t id = 0; id < classes.size(); ++id)
    list.push_back({{"class", classes[id]},
                    {"train", gold[id * kSplits]},
                    {"valid", gold[id * kSplits + 1]},
                    {"test", gold[id * kSplits + 2]},
                    {"labeled", labeled[id]}});
  return list;
}

nlohmann::json gold_json(const Gold& gold) {
  return {{"train", gold.rows[0]}, {"valid", gold.rows[1]},
          {"test", gold.rows[2]},  {"unknown_values", gold.unknown_values},
          {"nodes", gold.nodes},   {"first_unknown", gold.first_unknown}};
}

}  // namespace

nlohmann::json evaluation_without_numbers(const std::string& method, const nlohmann::json& notes) {
  return {{"best_source", nullptr},
          {"label_model", nullptr},
          {"model", nullptr},
          {"per_class", nullptr},
          {"confusion", {{"label_model", nullptr}, {"model", nullptr}}},
          {"worst_confusions", nlohmann::json::array()},
          {"most_confident_errors", nlohmann::json::array()},
          {"comparisons", nlohmann::json::array()},
          {"reliability", nlohmann::json::array()},
          {"errors_split", nullptr},
          {"errors_confusion", nullptr},
          {"errors", nlohmann::json::array()},
          {"clarity", nullptr},
          {"levels", nullptr},
          {"discovered_slices", nullptr},
          {"drawn", nullptr},
          {"method", method},
          {"notes", notes}};
}

nlohmann::json slice_without_numbers(const std::string& name, std::span<const std::uint32_t> members, std::span<const Split> splits) {
  std::uint64_t counts[kSplits] = {0, 0, 0};
  for (const std::uint32_t row : members) ++counts[static_cast<std::size_t>(splits[row])];
  return {{"slice", name},
          {"rows", {{"train", counts[0]}, {"valid", counts[1]}, {"test", counts[2]}}},
          {"best_source", nullptr},
          {"label_model", nullptr},
          {"model", nullptr},
          {"note", "no gold"},
          {"smallest_detectable", nullptr}};
}

std::string note_on_slice(std::uint64_t rows) {
  if (rows >= kLeastItems) return {};
  return "too few rows with gold: " + std::to_string(rows) + " of " + std::to_string(kLeastItems) + " needed";
}

nlohmann::json with_definition(nlohmann::json slice, const DerivedRows& derived) {
  slice["definition"] = derived.definition.dump();
  if (!derived.note.empty()) slice["note"] = derived.note;
  return slice;
}

StageParts evaluate_parts(const StageContext& context) {
  const RunRecord& label = context.of("label");
  StageParts parts{{"the dataset", context.data().output("dataset").hash},
                   {"the votes", context.of("vote").output("votes").hash},
                   {"the slices", context.of("vote").output("slices").hash},
                   {"the labels", label.output("labels.patterns").hash + " " + label.output("labels.examples").hash},
                   {"the label model", label.output("fit").hash},
                   {"task.classes", classes_part(context.project().task)},
                   {"data.text", names_part(context.project().data.text)},
                   {"gold", gold_part(context)}};
  const std::set<std::string>& personal = context.project().about.personal;
  for (const DerivedSlice& slice : context.project().derived_slices) parts.emplace_back("slice " + slice.name, slice.definition.dump());
  if (!personal.empty()) parts.emplace_back("data.about.personal", names_part({personal.begin(), personal.end()}));
  if (!context.project().task.taxonomy.empty()) parts.emplace_back("task.certainty", std::to_string(context.project().task.certainty));
  if (context.project().trains()) parts.emplace_back("the predictions", context.of("train").output("predictions").hash);
  if (!context.project().gold.drawn.empty()) parts.emplace_back("gold.drawn", context.project().gold.drawn);
  if (!context.project().evaluate.criteria.empty()) parts.emplace_back("evaluate.criteria", criteria_part(context.project()));
  add_near_duplicates_part(context, parts);
  return parts;
}

void run_evaluate(const StageContext& context, RunRecord& record) {
  if (context.project().task.is_multi_label()) return run_evaluate_sets(context, record);
  const std::vector<Split> splits = context.workspace.dataset(context.data()).splits();
  const Measured measured = gather(context, splits);
  const ShownRows shown = choose_rows(measured, splits);
  const ShownTexts texts = read_texts(measured, shown.all());
  const DerivedSlices derived = derive_slices(context.project().derived_slices, measured.dataset, systems_said(measured));
  nlohmann::json result = {
      {"format", "hone-evaluation/1"},
      {"evaluation", evaluation_json(measured, shown, texts, splits)},
      {"label_model", label_model_json(measured, shown, texts)},
      {"wrong_votes", wrong_votes_json(measured, shown, texts)},
      {"pairs", pairs_json(measured)},
      {"slices", slices_json(measured, splits, derived)},
      {"slices_by_value", derived.values},
      {"criteria", criteria_json(context, measured.dataset, measured.groups)},
      {"gold", gold_json(measured.gold)},
      {"class_counts", class_counts(measured)},
      {"analysis", to_json(analyze_votes(measured.votes, source_names(context.project()), measured.gold.answers(), splits, context.threads),
                           measured.answers)}};
  ObjectStore& objects = context.workspace.objects();
  record.outputs.push_back({"evaluation", objects.put_json(result)});
  record.counts = {{"gold", measured.gold.rows[0] + measured.gold.rows[1] + measured.gold.rows[2]}};
}

}  // namespace hone
