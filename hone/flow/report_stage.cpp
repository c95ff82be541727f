#include <cmath>

#include "hone/core/json.h"
#include "hone/flow/advice_internal.h"
#include "hone/flow/stages_internal.h"
#include "hone/stats/proportion.h"

namespace hone {
namespace {

nlohmann::json by_split(const std::uint64_t (&counts)[kSplits]) {
  return {{"train", counts[0]}, {"valid", counts[1]}, {"test", counts[2]}};
}

nlohmann::json data_json(const DatasetManifest& manifest, const nlohmann::json& evaluated) {
  nlohmann::json files = nlohmann::json::array(), columns = nlohmann::json::array(), bad = nlohmann::json::array();
  for (const SourceFile& file : manifest.files)
    files.push_back({{"name", file.name}, {"rows", file.rows}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  for (const DatasetManifest::Column& column : manifest.columns)
    columns.push_back({{"name", column.name}, {"type", column.type}, {"nulls", column.nulls}});
  for (const BadRow& row : manifest.first_bad_rows) bad.push_back({{"file", row.file}, {"line", row.line}, {"reason", row.reason}});
  const nlohmann::json& gold = evaluated.at("gold");
  return {{"rows", manifest.rows},
          {"splits", by_split(manifest.split_rows)},
          {"files", files},
          {"columns", columns},
          {"groups", manifest.groups},
          {"empty_texts", manifest.empty_texts},
          {"skipped_rows", manifest.skipped_rows},
          {"bad_rows", manifest.bad_rows},
          {"first_bad_rows", bad},
          {"notes", manifest.notes},
          {"gold", {{"train", gold.at("train")}, {"valid", gold.at("valid")}, {"test", gold.at("test")}}},
          {"class_counts", evaluated.at("class_counts")}};
}

// All rows were looked at, so that the interval is not about them: it is about further rows like these. A row may have several votes of a
// source where it may hold several classes.
nlohmann::json coverage_json(const nlohmann::json& analysis, std::uint64_t rows) {
  const double share = analysis.at("coverage");
  const auto interval = wilson(static_cast<std::uint64_t>(std::llround(share * static_cast<double>(rows))), rows);
  return {{"value", share},
          {"low", interval ? nlohmann::json(interval->low) : nlohmann::json()},
          {"high", interval ? nlohmann::json(interval->high) : nlohmann::json()},
          {"n", rows}};
}

// What the stages found of one source.
struct SourceFindings {
  const nlohmann::json& analysis;
  const nlohmann::json& belief;
  const nlohmann::json& worth;
  const nlohmann::json& said;
  const nlohmann::json& wrong;
};

std::string votes_for(const Task& task, const Source& lf) {
  std::string names;
  for (const ClassId answer : lf.votes) names += (names.empty() ? "" : ", ") + task.name_of(answer);
  return names;
}

nlohmann::json source_json(const Project& project, const Source& source, const SourceFindings& found, std::uint64_t rows) {
  return {{"name", source.name},
          {"kind", to_string(source.kind)},
          {"votes_for", source.votes.empty() ? nlohmann::json() : nlohmann::json(votes_for(project.task, source))},
          {"definition", source.definition.dump()},
          {"where", source.file + ":" + std::to_string(source.line)},
          {"object", found.said.at("ref").at("hash")},
          {"votes", found.analysis.at("votes")},
          {"coverage", coverage_json(found.analysis, rows)},
          {"overlap", found.analysis.at("overlap")},
          {"conflict", found.analysis.at("conflict")},
          {"polarity", found.analysis.at("votes_by_class")},
          {"precision", found.analysis.at("precision")},
          {"gold_votes", found.analysis.at("gold_votes")},
          {"gold_right", found.analysis.at("gold_right")},
          {"wrong", found.wrong},
          {"believed_accuracy", found.belief.at("accuracy")},
          {"believed",
           {{"accuracy", found.belief.at("accuracy")},
            {"low", found.belief.at("low")},
            {"high", found.belief.at("high")},
            {"assumed", found.belief.at("assumed")}}},
          {"worth", found.worth},
          {"failed_rows", found.said.at("failures").at("count")}};
}

nlohmann::json sources_json(const Project& project, const nlohmann::json& evaluated, const nlohmann::json& fit, const nlohmann::json& votes,
                            std::uint64_t rows) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t source = 0; source < project.sources.size(); ++source)
    list.push_back(
        source_json(project, project.sources[source],
                    {evaluated.at("analysis").at("sources").at(source), fit.at("sources").at(source),
                     fit.at("worth").at("sources").at(source), votes.at("sources").at(source), evaluated.at("wrong_votes").at(source)},
                    rows));
  return list;
}

nlohmann::json votes_json(const nlohmann::json& evaluated, const nlohmann::json& fit) {
  const nlohmann::json& analysis = evaluated.at("analysis");
  const double rows = analysis.at("examples");
  const auto count = [&](const char* share) { return static_cast<std::uint64_t>(analysis.at(share).get<double>() * rows + 0.5); };
  return {{"total", analysis.at("votes")},
          {"covered", count("covered")},
          {"overlap", count("overlap")},
          {"conflict", count("conflict")},
          {"patterns", fit.at("patterns")},
          {"pairs", evaluated.at("pairs").at("list")},
          {"pairs_left_out", evaluated.at("pairs").at("left_out")},
          {"pairs_rows", evaluated.at("pairs").at("rows")}};
}

nlohmann::json copies_json(const Project& project, const nlohmann::json& fit, const nlohmann::json& pairs) {
  nlohmann::json list = nlohmann::json::array();
  for (const nlohmann::json& group : fit.at("copies")) {
    nlohmann::json names = nlohmann::json::array();
    for (const nlohmann::json& source : group.at("sources")) names.push_back(project.sources.at(source.get<std::size_t>()).name);
    list.push_back(
        {{"sources", names}, {"checked", group.at("checked")}, {"counted_as", group.at("counted_as")}, {"pairs", pairs.at(list.size())}});
  }
  return list;
}

// Where the class shares of the label model come from.
const char* class_shares(const Project& project, const nlohmann::json& fit) {
  if (!project.task.class_balance.empty()) return "declared";
  if (fit.at("assumed_balance")) return "assumed";
  return fit.at("used_gold") ? "gold" : "votes";
}

nlohmann::json label_model_json(const Project& project, const nlohmann::json& fit, const nlohmann::json& evaluated) {
  nlohmann::json prior = nlohmann::json::array();
  for (std::size_t id = 0; id < fit.at("class_prior").size(); ++id)
    prior.push_back({{"class", project.task.classes[id]}, {"share", fit.at("class_prior").at(id)}});
  return {
      {"name", fit.at("name")},
      {"options", fit.at("options")},
      {"iterations", fit.at("iterations")},
      {"converged", fit.at("converged")},
      {"used_gold", fit.at("used_gold")},
      {"note",
       fit.at("used_gold").get<bool>() ? "cross-fitted: rows whose gold the label model used are judged by fits that did not see it" : ""},
      {"class_prior", prior},
      {"class_shares", class_shares(project, fit)},
      {"copies", copies_json(project, fit, evaluated.at("pairs").at("copies"))},
      {"worth_rows", fit.at("worth").at("rows")},
      {"against_majority", evaluated.at("label_model").at("against_majority")},
      {"reliability", evaluated.at("label_model").at("reliability")},
      {"contested", evaluated.at("label_model").at("contested")},
      {"classes", fit.value("classes", nlohmann::json())},
      {"warnings", fit.at("warnings")}};
}

// With the definitions as they stand now: another definition may hold the same rows, and evaluation is not done again then.
nlohmann::json slices_json(const Project& project, const nlohmann::json& evaluated) {
  nlohmann::json slices = evaluated.at("slices");
  for (std::size_t slice = 0; slice < project.slices.size(); ++slice)
    slices.at(slice)["definition"] = project.slices[slice].definition.dump();
  return slices;
}

nlohmann::json pins_json(const StageContext& context) {
  const Project& project = context.project();
  return {{"dataset", context.data().output("dataset").hash},
          {"votes", context.of("vote").output("votes").hash},
          {"labels", context.of("label").output("labels.patterns").hash},
          {"model", project.trains() ? nlohmann::json(context.of("train").output("model").hash) : nlohmann::json()},
          {"gold", project.gold.field.empty() ? nlohmann::json() : nlohmann::json("column " + project.gold.field + " of the dataset")},
          {"code", "hone " HONE_VERSION}};
}

}  // namespace

StageParts report_parts(const StageContext& context) {
  const Project& project = context.project();
  StageParts parts{{"the dataset", context.data().output("dataset").hash},
                   {"the votes", context.of("vote").output("votes").hash},
                   {"the label model", context.of("label").output("fit").hash},
                   {"the evaluation", context.of("evaluate").output("evaluation").hash}};
  if (project.trains())
    parts.emplace_back("the training", context.of("train").output("training").hash + " " + context.of("train").output("model").hash);
  if (project.near_duplicates) parts.emplace_back("the near-duplicates", context.data().output("near-duplicates").hash);
  for (const Source& source : project.sources)
    parts.emplace_back("definition of " + source.name, source.definition.dump() + " " + source.file + ":" + std::to_string(source.line));
  for (const Slice& slice : project.slices) parts.emplace_back("definition of " + slice.name, slice.definition.dump());
  return parts;
}

void run_report(const StageContext& context, RunRecord& record) {
  Workspace& workspace = context.workspace;
  const Project& project = context.project();
  const Dataset dataset = workspace.dataset(context.data());
  const nlohmann::json evaluated = workspace.json(context.of("evaluate").output("evaluation")),
                       fit = workspace.json(context.of("label").output("fit"));
  nlohmann::json report = {
      {"format", "hone-report/1"},
      {"project", nullptr},  // Its folder's name, and times, are put in where the report is read: the object's bytes repeat anywhere.
      {"hone", HONE_VERSION},
      {"pins", pins_json(context)},
      {"task", {{"kind", project.task.kind}, {"classes", project.task.classes}}},
      {"data", data_json(dataset.manifest(), evaluated)},
      {"near_duplicates", nullptr},
      {"sources", sources_json(project, evaluated, fit, workspace.json(context.of("vote").output("votes")), dataset.rows())},
      {"votes", votes_json(evaluated, fit)},
      {"label_model", label_model_json(project, fit, evaluated)},
      {"evaluation", evaluated.at("evaluation")},
      {"slices", slices_json(project, evaluated)},
      {"slices_by_value", evaluated.at("slices_by_value")},
      {"criteria", evaluated.at("criteria")},
      {"training", nullptr},
      {"stages", nlohmann::json::array()}};
  if (project.near_duplicates) report["near_duplicates"] = workspace.json(context.data().output("near-duplicates"));
  if (project.trains()) report["training"] = workspace.json(context.of("train").output("training"));
  report["summary"] = summary_json(report, evaluated.at("gold"));
  record.outputs.push_back({"report", workspace.objects().put_json(report)});
}

}  // namespace hone
