#include "hone/flow/explain.h"

#include <algorithm>
#include <charconv>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/data/row_groups.h"
#include "hone/flow/label_json_internal.h"
#include "hone/flow/main_path.h"
#include "hone/flow/matched_spans_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {
namespace {

std::uint64_t row_number(const Dataset& dataset, std::string_view row) {
  if (const auto found = dataset.find_id(row)) return *found;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(row.data(), row.data() + row.size(), number);
  if (error == std::errc() && end == row.data() + row.size() && number < dataset.rows()) return number;
  throw Error(ErrorCode::kNotFound, "no row with the id '" + std::string(row) + "'; a number from 0 to " +
                                        std::to_string(dataset.rows() - 1) + " names a row by its place");
}

std::string field_text(const RowFields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &RowFields::value_type::first);
  return found == fields.end() ? std::string() : found->second.value_or("");
}

nlohmann::json place_of(const Dataset& dataset, const RowFields& fields) {
  const std::size_t file = std::stoul(field_text(fields, kFileColumn));
  const SourceFile& source = dataset.manifest().files.at(file);
  return {{"file", source.name}, {"line", std::stoull(field_text(fields, kLineColumn))}, {"sha256", source.sha256}};
}

// The file's own fields without the gold column, which is shown only where it may be read.
nlohmann::json own_fields(const Project& project, const RowFields& fields) {
  nlohmann::json own = nlohmann::json::object();
  for (const auto& [name, value] : fields) {
    const bool hidden = name.starts_with("hone_") || name == project.gold.field;
    if (!hidden) own[name] = value ? nlohmann::json(*value) : nlohmann::json();
  }
  return own;
}

nlohmann::json distribution(const Task& task, const SoftLabels& labels, std::size_t pattern) {
  const ClassId hard = labels.hard_of_pattern(pattern);
  if (hard == kNoClass) return nullptr;
  nlohmann::json json = {{"class", task.classes[hard]},
                         {"probability", labels.probability_in_pattern(pattern, hard)},
                         {"probabilities", probabilities_json(labels, pattern, task.classes)}};
  if (!task.taxonomy.empty()) json["node"] = node_json(task, labels, pattern);
  return json;
}

// The row's votes as they are, and once more without each of them in turn: one small matrix.
VoteMatrix leave_one_out(const std::vector<Vote>& votes, std::size_t of_sources, const Answers& answers) {
  std::vector<SourceVotes> sources(of_sources);
  for (std::size_t place = 0; place < votes.size(); ++place) {
    const Vote vote = votes[place];
    SourceVotes& source = sources[vote.source];
    for (std::uint32_t row = 0; row <= votes.size(); ++row) {
      if (row == place + 1) continue;
      source.examples.push_back(row);
      source.classes.push_back(vote.class_id);
      source.confidence.push_back(vote.confidence);
    }
  }
  return VoteMatrix(votes.size() + 1, answers, sources);
}

// The label model of the run, as it was fitted.
std::unique_ptr<LabelModel> fitted_model(Workspace& workspace, const RunRecord& label, const nlohmann::json& fit, const VoteShape& shape) {
  auto model = make_label_model(fit.at("name").get<std::string>(), fit.at("options"));
  model->restore(shape, read_file(workspace.checked_path(label.output("learned"))));
  return model;
}

nlohmann::json source_json(const Project& project, const Source& source, const RowFields& fields, ClassId voted) {
  return {{"source", source.name},
          {"kind", to_string(source.kind)},
          {"class", project.task.name_of(voted)},
          {"definition", source.definition},
          {"where", source.file + ":" + std::to_string(source.line)},
          {"matched", matched_spans(project, source, fields)}};
}

// The sources of the run by name, as far as hone.yaml still has them: the run may be older than the file.
const Source* find_source(const Project& project, const std::string& name) {
  const auto found = std::ranges::find(project.sources, name, &Source::name);
  return found == project.sources.end() ? nullptr : &*found;
}

nlohmann::json votes_json(Workspace& workspace, const RunRecord& vote, const std::vector<Vote>& votes, const SoftLabels& without,
                          const VotePatterns& patterns, const RowFields& fields) {
  const Project& project = workspace.project();
  const nlohmann::json manifest = workspace.json(vote.output("votes"));
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t place = 0; place < votes.size(); ++place) {
    const std::string name = manifest.at("sources").at(votes[place].source).at("name");
    const Source* source = find_source(project, name);
    nlohmann::json entry = source ? source_json(project, *source, fields, votes[place].class_id)
                                  : nlohmann::json{{"source", name}, {"class", project.task.name_of(votes[place].class_id)}};
    entry["without_it"] = distribution(project.task, without, patterns.pattern_of()[place + 1]);
    list.push_back(std::move(entry));
  }
  return list;
}

nlohmann::json majority_of(const Task& task, const VotePatterns& patterns) {
  auto majority = make_label_model("majority");
  majority->fit(patterns);
  const ClassId hard = majority->predict(patterns).hard_of_pattern(patterns.pattern_of()[0]);
  return hard == kNoClass ? nlohmann::json() : nlohmann::json(task.classes[hard]);
}

nlohmann::json known_json(const Project& project, const RowFields& fields, Split split) {
  if (split == Split::kTest) return {{"class", nullptr}, {"note", "gold of the test split is for evaluation alone"}};
  const Gold gold = gold_of_cell(project, field_text(fields, project.gold.field), split, GoldUse::kLearning);
  const nlohmann::json known = gold_json(gold, 0, project.task.answer_names());
  if (known.is_null()) return {{"class", nullptr}, {"note", "none is read for this row"}};
  const bool is_node = !gold.groups.empty() && gold.groups[0] != kNoClass;
  return {{"class", known}, {"note", is_node ? "an inner node: the class below it is not known" : ""}};
}

// The classes of a row of a multi-label task with the probabilities of all that are voted on or held.
nlohmann::json classes_json(const Task& task, const SoftSets& sets, std::uint64_t row) {
  if (!sets.labeled(row)) return nullptr;
  const std::vector<ClassId> held = sets.hard(row);
  nlohmann::json probabilities = nlohmann::json::object();
  for (const ClassId id : sets.listed_classes(sets.pattern(row))) probabilities[task.classes[id]] = sets.probability(row, id);
  for (const ClassId id : held) probabilities[task.classes[id]] = sets.probability(row, id);
  return {{"classes", class_names(held, task.classes)}, {"probabilities", probabilities}};
}

// A row of a multi-label task. Each class has a label model of its own, so that no vote is left out in turn.
void explain_classes(Workspace& workspace, const RunRecord& vote, const RunRecord& label, std::uint64_t row, const RowFields& fields,
                     const std::vector<Vote>& votes, nlohmann::json& explained) {
  const Project& project = workspace.project();
  const nlohmann::json manifest = workspace.json(vote.output("votes"));
  explained["votes"] = nlohmann::json::array();
  for (const Vote& cast : votes) {
    const std::string name = manifest.at("sources").at(cast.source).at("name");
    const Source* source = find_source(project, name);
    explained["votes"].push_back(source ? source_json(project, *source, fields, cast.class_id)
                                        : nlohmann::json{{"source", name}, {"class", project.task.name_of(cast.class_id)}});
  }
  explained["label"] = classes_json(project.task, workspace.set_labels(label), row);
  explained["label_model"] = workspace.json(label.output("fit")).at("name");
}

// A row that has one class: its votes, and what the label would be without each.
void explain_class(Workspace& workspace, const RunRecord& vote, const RunRecord& label, const RowFields& fields,
                   const std::vector<Vote>& votes, nlohmann::json& explained) {
  const Task& task = workspace.project().task;
  const nlohmann::json fit = workspace.json(label.output("fit"));
  const std::size_t sources = workspace.json(vote.output("votes")).at("sources").size();
  const VotePatterns variants(leave_one_out(votes, sources, task.answers()));
  const SoftLabels without = fitted_model(workspace, label, fit, variants.shape())->predict(variants);
  explained["votes"] = votes_json(workspace, vote, votes, without, variants, fields);
  explained["label"] = distribution(task, without, variants.pattern_of()[0]);
  explained["label_model"] = fit.at("name");
  explained["majority"] = majority_of(task, variants);
}

constexpr std::size_t kDuplicatesNamed = 5;

// The rows that say the same, or nearly, as far as the project looks for them.
nlohmann::json duplicates_json(Workspace& workspace, const std::vector<RunRecord>& records, const Dataset& dataset, std::uint64_t row) {
  const RunRecord* found = find_record(records, "near-duplicates");
  if (!found) return {{"looked", false}, {"rows", nullptr}, {"with", nlohmann::json::array()}};
  const RowGroups groups = read_row_groups(workspace.checked_path(found->output("groups")), dataset.rows());
  nlohmann::json with = nlohmann::json::array();
  std::uint64_t rows = 0;
  for (std::uint64_t other = 0; groups[row] != kNoGroup && other < groups.size(); ++other) {
    if (groups[other] != groups[row]) continue;
    ++rows;
    if (other != row && with.size() < kDuplicatesNamed) with.push_back(field_text(dataset.row(other), kIdColumn));
  }
  return {{"looked", true}, {"rows", rows}, {"with", with}};
}

bool is_labeled(const nlohmann::json& explained) { return !explained.at("label").is_null() || !explained.at("gold").at("class").is_null(); }

// The trainer takes rows of train that have a label, or gold that may be read.
nlohmann::json trained_json(const Project& project, const RunRecord* train, const nlohmann::json& explained) {
  const bool in_train = explained.at("split") == to_string(Split::kTrain);
  if (!project.trains()) return {{"used", nullptr}, {"because", "this project trains no model"}};
  if (!train) return {{"used", nullptr}, {"because", "no model is up to date"}};
  if (!in_train) return {{"used", false}, {"because", "it is a row of " + explained.at("split").get<std::string>() + ", not of train"}};
  if (!is_labeled(explained)) return {{"used", false}, {"because", "it is a row of train without a label"}};
  return {{"used", true}, {"because", "it is a row of train with a label"}};
}

nlohmann::json provenance(const std::vector<RunRecord>& records) {
  nlohmann::json runs = nlohmann::json::array();
  for (const RunRecord& record : records) {
    nlohmann::json outputs = nlohmann::json::object();
    for (const NamedRef& output : record.outputs)
      if (output.name.find('/') == std::string::npos) outputs[output.name] = output.ref.hash;
    runs.push_back(
        {{"stage", record.stage}, {"key", record.key}, {"code", record.code_version}, {"ended", record.ended}, {"outputs", outputs}});
  }
  return runs;
}

}  // namespace

nlohmann::json explain_row(Workspace& workspace, std::string_view row) {
  const Project& project = workspace.project();
  const std::vector<RunRecord> records = fresh_records(workspace, "label");
  const Dataset dataset = workspace.dataset(*find_record(records, data_stage(workspace.project())));
  const RunRecord &vote = *find_record(records, "vote"), &label = *find_record(records, "label");
  const std::uint64_t number = row_number(dataset, row);
  const RowFields fields = dataset.row(number);

  const std::vector<Vote> votes = workspace.votes_on(vote, static_cast<std::uint32_t>(number));
  const auto split = static_cast<Split>(std::stoi(field_text(fields, kSplitColumn)));
  nlohmann::json explained = {{"row", number},
                              {"id", field_text(fields, kIdColumn)},
                              {"split", to_string(split)},
                              {"place", place_of(dataset, fields)},
                              {"fields", own_fields(project, fields)}};
  if (project.task.is_multi_label())
    explain_classes(workspace, vote, label, number, fields, votes, explained);
  else
    explain_class(workspace, vote, label, fields, votes, explained);
  explained["gold"] = known_json(project, fields, split);
  explained["prediction"] = nullptr;
  if (const RunRecord* train = find_record(records, "train"))
    explained["prediction"] = distribution(project.task, workspace.predictions(*train), number);
  explained["trained"] = trained_json(project, find_record(records, "train"), explained);
  explained["near_duplicates"] = duplicates_json(workspace, records, dataset, number);
  explained["runs"] = provenance(records);
  return explained;
}

}  // namespace hone
