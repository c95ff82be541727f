#include <set>

#include "hone/core/error.h"
#include "hone/flow/stages_internal.h"

namespace hone {
namespace {

std::vector<std::filesystem::path> files_of(const ImportOptions& data) {
  if (data.split.by != SplitOptions::By::kFiles) return data.files;
  std::vector<std::filesystem::path> files;
  for (const auto& split : data.split.files) files.insert(files.end(), split.begin(), split.end());
  return files;
}

std::string split_part(const SplitOptions& split) {
  switch (split.by) {
    case SplitOptions::By::kField:
      return "field " + split.field;
    case SplitOptions::By::kFiles: {
      std::string part = "files, valid " + std::to_string(split.valid_share_of_train) + ":";
      for (const auto& files : split.files) part += " " + std::to_string(files.size());
      return part;
    }
    case SplitOptions::By::kHash:
      return std::to_string(split.share[0]) + " " + std::to_string(split.share[1]) + " " + std::to_string(split.share[2]);
  }
  return {};
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
  parts.emplace_back("data.text", joined_names(data.text));
  parts.emplace_back("data.group", data.group);
  parts.emplace_back("data.split", split_part(data.split));
  parts.emplace_back("data.encoding", data.read.encoding);
  parts.emplace_back("data.delimiter", std::string(1, data.read.delimiter));
  parts.emplace_back("data.max_bad_rows", std::to_string(data.max_bad_rows));
  return parts;
}

void run_import(const StageContext& context, RunRecord& record) {
  const ObjectRef manifest = import_dataset(context.workspace.objects(), context.project().data, context.progress);
  record.outputs.push_back({"dataset", manifest});
  const Dataset dataset(context.workspace.objects(), manifest);
  for (const DatasetManifest::Part& part : dataset.manifest().parts)
    record.outputs.push_back({"part/" + std::to_string(record.outputs.size() - 1), part.ref});
  record.counts = {{"rows", dataset.rows()}, {"bad_rows", dataset.manifest().bad_rows}};
}

std::string joined_names(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

RemovedAtEnd work_folder(const Workspace& workspace) {
  std::filesystem::path folder = temporary_name(workspace.objects().temporary_folder());
  make_folder(folder);
  return RemovedAtEnd(std::move(folder));
}

}  // namespace hone
