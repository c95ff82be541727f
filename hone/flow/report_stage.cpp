#include <nlohmann/json.hpp>

#include "hone/flow/advice_internal.h"
#include "hone/flow/stages_internal.h"

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
          {"bad_rows", manifest.bad_rows},
          {"first_bad_rows", bad},
          {"notes", manifest.notes},
          {"gold", {{"train", gold.at("train")}, {"valid", gold.at("valid")}, {"test", gold.at("test")}}},
          {"class_counts", evaluated.at("class_counts")}};
}

nlohmann::json source_json(const Project& project, const Source& source, const nlohmann::json& analysis, const nlohmann::json& belief,
                           const nlohmann::json& said, std::uint64_t rows) {
  const bool is_lf = source.kind == Source::Kind::kLf;
  return {{"name", source.name},
          {"kind", is_lf ? "lf" : "column"},
          {"votes_for", is_lf ? nlohmann::json(project.task.classes[source.vote]) : nlohmann::json()},
          {"definition", source.definition.dump()},
          {"where", source.file + ":" + std::to_string(source.line)},
          // The whole data was looked at, so that there is no sampling error and no interval.
          {"coverage", {{"value", analysis.at("coverage")}, {"low", nullptr}, {"high", nullptr}, {"n", rows}}},
          {"overlap", analysis.at("overlap")},
          {"conflict", analysis.at("conflict")},
          {"polarity", analysis.at("votes_by_class")},
          {"precision", analysis.at("precision")},
          {"believed_accuracy", belief.at("accuracy")},
          {"failed_rows", said.at("failures").at("count")}};
}

nlohmann::json sources_json(const Project& project, const nlohmann::json& analysis, const nlohmann::json& fit, const nlohmann::json& votes,
                            std::uint64_t rows) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t source = 0; source < project.sources.size(); ++source)
    list.push_back(source_json(project, project.sources[source], analysis.at("sources").at(source), fit.at("sources").at(source),
                               votes.at("sources").at(source), rows));
  return list;
}

nlohmann::json votes_json(const nlohmann::json& analysis, const nlohmann::json& fit) {
  const double rows = analysis.at("examples");
  const auto count = [&](const char* share) { return static_cast<std::uint64_t>(analysis.at(share).get<double>() * rows + 0.5); };
  return {{"total", analysis.at("votes")},
          {"covered", count("covered")},
          {"overlap", count("overlap")},
          {"conflict", count("conflict")},
          {"patterns", fit.at("patterns")}};
}

nlohmann::json label_model_json(const Project& project, const nlohmann::json& fit) {
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
  return {{"dataset", context.of("import").output("dataset").hash},
          {"votes", context.of("vote").output("votes").hash},
          {"labels", context.of("label").output("labels.patterns").hash},
          {"model", project.trains() ? nlohmann::json(context.of("train").output("model").hash) : nlohmann::json()},
          {"gold", project.gold.field.empty() ? nlohmann::json() : nlohmann::json("column " + project.gold.field + " of the dataset")},
          {"code", "hone " HONE_VERSION}};
}

}  // namespace

StageParts report_parts(const StageContext& context) {
  const Project& project = context.project();
  StageParts parts{{"the dataset", context.of("import").output("dataset").hash},
                   {"the votes", context.of("vote").output("votes").hash},
                   {"the label model", context.of("label").output("fit").hash},
                   {"the evaluation", context.of("evaluate").output("evaluation").hash}};
  if (project.trains())
    parts.emplace_back("the training", context.of("train").output("training").hash + " " + context.of("train").output("model").hash);
  for (const Source& source : project.sources)
    parts.emplace_back("definition of " + source.name, source.definition.dump() + " " + source.file + ":" + std::to_string(source.line));
  for (const Slice& slice : project.slices) parts.emplace_back("definition of " + slice.name, slice.definition.dump());
  return parts;
}

void run_report(const StageContext& context, RunRecord& record) {
  Workspace& workspace = context.workspace;
  const Project& project = context.project();
  const Dataset dataset = workspace.dataset(context.of("import"));
  const nlohmann::json evaluated = workspace.json(context.of("evaluate").output("evaluation")),
                       fit = workspace.json(context.of("label").output("fit"));
  const nlohmann::json& analysis = evaluated.at("analysis");
  nlohmann::json report = {
      {"format", "hone-report/1"},
      {"project", nullptr},  // Its folder's name, and times, are put in where the report is read: the object's bytes repeat anywhere.
      {"hone", HONE_VERSION},
      {"pins", pins_json(context)},
      {"task", {{"kind", project.task.kind}, {"classes", project.task.classes}}},
      {"data", data_json(dataset.manifest(), evaluated)},
      {"sources", sources_json(project, analysis, fit, workspace.json(context.of("vote").output("votes")), dataset.rows())},
      {"votes", votes_json(analysis, fit)},
      {"label_model", label_model_json(project, fit)},
      {"evaluation", evaluated.at("evaluation")},
      {"slices", slices_json(project, evaluated)},
      {"training", nullptr},
      {"stages", nlohmann::json::array()}};
  if (project.trains()) report["training"] = workspace.json(context.of("train").output("training"));
  report["summary"] = summary_json(report, evaluated.at("gold"));
  record.outputs.push_back({"report", workspace.objects().put_json(report)});
}

}  // namespace hone
