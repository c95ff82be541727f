#include "hone/record/replay.h"

#include <algorithm>
#include <set>

#include "hone/core/build_info.h"
#include "hone/core/config.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/safe_path.h"
#include "hone/flow/main_path.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kProjectFiles = "project/";

void write_project_files(const ObjectStore& objects, const Release& release, const std::filesystem::path& folder) {
  for (const auto& [name, ref] : release.objects) {
    if (!name.starts_with(kProjectFiles)) continue;
    const std::filesystem::path file = SafePath(folder, name.substr(kProjectFiles.size())).path();  // A hand may have changed the manifest.
    make_folder(file.parent_path());
    write_file_atomically(file, objects.get(ref));
  }
}

void collect_patterns(const ConfigNode* node, std::vector<std::string>& patterns) {
  if (!node) return;
  for (const std::string& pattern : node->texts()) patterns.push_back(pattern);
}

std::vector<std::string> data_patterns(const ConfigNode& data) {
  std::vector<std::string> patterns;
  collect_patterns(data.find("files"), patterns);
  const ConfigNode* split = data.find("split");
  if (const ConfigNode* files = split ? split->find("files") : nullptr)
    for (const auto& [name, value] : files->entries()) collect_patterns(&value, patterns);
  return patterns;
}

// The data are read where they lie: links in the folder lead to them, by the same relative names. `folder` lies deep enough for "../..".
void link_data(const Workspace& workspace, const std::filesystem::path& folder) {
  const std::filesystem::path& root = workspace.project().root;
  const ConfigNode yaml = ConfigNode::parse_yaml(read_file(folder / "hone.yaml"), "hone.yaml of the release");
  for (const std::string& pattern : data_patterns(yaml.at("data"))) {
    if (std::filesystem::path(pattern).is_absolute()) continue;
    for (const std::filesystem::path& file : expand_globs({pattern}, root)) {
      const std::filesystem::path link = (folder / file.lexically_relative(root)).lexically_normal();
      if (std::filesystem::exists(std::filesystem::symlink_status(link))) continue;
      make_folder(link.parent_path());
      std::filesystem::create_symlink(file, link);
    }
  }
}

// What rows were erased since stays erased.
void take_erased_rows(const Workspace& workspace, const Project& replayed) {
  if (!std::filesystem::exists(workspace.project().erased_file())) return;
  make_folder(replayed.state());
  write_file_atomically(replayed.erased_file(), read_file(workspace.project().erased_file()), 0600);
}

void note_other_files(const Json& about, const Workspace& replayed, Json& notes) {
  const auto import = replayed.current("import");
  if (!import) return;
  const auto manifest = replayed.objects().get_json(import->output("dataset")).get<DatasetManifest>();
  std::set<std::string> known;
  for (const Json& file : about.at("data").at("files")) known.insert(file.at("sha256").get<std::string>());
  for (const SourceFile& file : manifest.files)
    if (!known.contains(file.sha256)) notes.push_back("the data file " + file.name + " is not the one of the release");
  if (manifest.erased_rows > 0) notes.push_back(std::to_string(manifest.erased_rows) + " rows were erased since");
}

void note_other_code(const Json& about, const Workspace& replayed, Json& notes) {
  for (const Json& stage : about.at("stages")) {
    const auto now = replayed.current(stage.at("stage").get<std::string>());
    if (now && now->code_version != stage.at("code"))
      notes.push_back("the release was made by " + stage.at("code").get<std::string>() + ", this is " + now->code_version);
  }
}

Json compare_stage(const std::string& stage, const Release& release, const Workspace& replayed) {
  Json outputs = {{"stage", stage}, {"same", Json::array()}, {"differ", Json::array()}, {"missing", Json::array()}};
  const auto now = replayed.current(stage);
  const std::string prefix = "stage/" + stage + "/";
  for (const auto& [name, ref] : release.objects) {
    if (!name.starts_with(prefix)) continue;
    const std::string output = name.substr(prefix.size());
    const NamedRef* found = nullptr;
    if (now)
      for (const NamedRef& made : now->outputs)
        if (made.name == output) found = &made;
    outputs[!found ? "missing" : found->ref.hash == ref.hash ? "same" : "differ"].push_back(output);
  }
  return outputs;
}

}  // namespace

nlohmann::json replay_release(const Workspace& workspace, const Release& release, int threads, const Progress& progress) {
  const Json about = workspace.objects().get_json(release.object("release.json"));
  const RemovedAtEnd scratch(temporary_name(std::filesystem::temp_directory_path()));
  const std::filesystem::path folder = scratch.path() / "a/b/c/d/e/f" / workspace.project().name;
  write_project_files(workspace.objects(), release, folder);
  link_data(workspace, folder);
  Project project = load_project(folder);
  take_erased_rows(workspace, project);
  Workspace replayed(load_project(folder));
  const RunResult run = run_project(replayed, {.until = {}, .dry_run = false, .threads = threads, .retry = false}, progress);

  Json notes = Json::array(), stages = Json::array();
  bool same = !run.error;
  for (const Json& stage : about.at("stages")) {
    stages.push_back(compare_stage(stage.at("stage").get<std::string>(), release, replayed));
    same = same && stages.back().at("differ").empty() && stages.back().at("missing").empty();
  }
  note_other_files(about, replayed, notes);
  note_other_code(about, replayed, notes);
  return {{"format", "hone-replay/1"},
          {"release", release.name},
          {"same", same},
          {"stages", stages},
          {"notes", notes},
          {"error", run.error ? Json{{"code", to_string(run.error->code())}, {"message", run.error->what()}} : Json()}};
}

}  // namespace hone
