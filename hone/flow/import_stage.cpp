#include <set>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/flow/stages_internal.h"

namespace hone {
namespace {

std::vector<std::filesystem::path> files_of(const ImportOptions& data) {
  if (data.split.by != SplitOptions::By::kFiles) return data.files;
  std::vector<std::filesystem::path> files;
  for (const auto& split : data.split.files) files.insert(files.end(), split.begin(), split.end());
  return files;
}

nlohmann::json split_json(const SplitOptions& split) {
  switch (split.by) {
    case SplitOptions::By::kField:
      return {{"field", split.field}};
    case SplitOptions::By::kFiles:
      return {{"files", {split.files[0].size(), split.files[1].size(), split.files[2].size()}}, {"valid", split.valid_share_of_train}};
    case SplitOptions::By::kHash:
      return {{"train", split.share[0]}, {"valid", split.share[1]}, {"test", split.share[2]}};
  }
  return nullptr;
}

// The import must have read the very bytes that its key is made of: the files' parts come first, in their order.
void check_same_files(const DatasetManifest& manifest, const RunRecord& record) {
  const nlohmann::json& parts = record.detail.at("parts");
  for (std::size_t file = 0; file < manifest.files.size(); ++file)
    if (parts.at(file).at(1) != manifest.files[file].sha256)
      throw Error(ErrorCode::kIo, "'" + manifest.files[file].name + "' changed while it was imported; run again when it is complete");
}

}  // namespace

StageParts import_parts(const StageContext& context) {
  const ImportOptions& data = context.project().data;
  StageParts parts;
  std::multiset<std::string> names;
  for (const std::filesystem::path& file : files_of(data)) {
    const std::string name = file.filename().string();
    names.insert(name);
    const auto again = names.count(name);
    parts.emplace_back("file " + name + (again > 1 ? " (" + std::to_string(again) + ")" : ""), context.workspace.hash_of_source(file));
  }
  parts.emplace_back("data.id", data.id);
  parts.emplace_back("data.text", names_part(data.text));
  parts.emplace_back("data.group", data.group);
  parts.emplace_back("data.split", split_json(data.split).dump());
  parts.emplace_back("data.encoding", data.read.encoding);
  parts.emplace_back("data.delimiter", std::string(1, data.read.delimiter));
  parts.emplace_back("data.max_bad_rows", nlohmann::json(data.max_bad_rows).dump());
  parts.emplace_back("data.skip_empty_texts", data.skip_empty_texts ? "true" : "false");
  if (!data.erased.empty()) parts.emplace_back("the erased rows", data.erased.version());
  return parts;
}

void run_import(const StageContext& context, RunRecord& record) {
  const ObjectRef manifest = import_dataset(context.workspace.objects(), context.project().data, context.progress, context.threads);
  const Dataset dataset(context.workspace.objects(), manifest);
  check_same_files(dataset.manifest(), record);
  record.outputs.push_back({"dataset", manifest});
  for (const DatasetManifest::Part& part : dataset.manifest().parts)
    record.outputs.push_back({"part/" + std::to_string(record.outputs.size() - 1), part.ref});
  const ImportOptions& data = context.project().data;
  record.options = {{"id", data.id},
                    {"text", data.text},
                    {"group", data.group},
                    {"split", split_json(data.split)},
                    {"encoding", data.read.encoding},
                    {"max_bad_rows", data.max_bad_rows},
                    {"skip_empty_texts", data.skip_empty_texts}};
  record.counts = {{"rows", dataset.rows()}, {"bad_rows", dataset.manifest().bad_rows}, {"skipped_rows", dataset.manifest().skipped_rows}};
}

std::string names_part(const std::vector<std::string>& names) { return nlohmann::json(names).dump(); }

RemovedAtEnd work_folder(const Workspace& workspace) {
  std::filesystem::path folder = temporary_name(workspace.objects().temporary_folder());
  make_folder(folder);
  return RemovedAtEnd(std::move(folder));
}

}  // namespace hone
