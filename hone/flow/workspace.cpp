#include "hone/flow/workspace.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/data/text_column.h"
#include "hone/vote/vote_file.h"

namespace hone {
namespace {

// A small JSON file of ours, or null when it is missing or broken: it holds nothing that cannot be found out again.
nlohmann::json load(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return nullptr;
  return nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
}

nlohmann::json to_json(const FileStamp& stamp) {
  return {{"bytes", stamp.bytes}, {"changed_ns", stamp.changed_ns}, {"inode", stamp.inode}};
}

std::filesystem::path made_folder(const std::filesystem::path& folder) {
  make_folder(folder);
  return folder;
}

}  // namespace

Workspace::Workspace(Project project)
    : project_(std::move(project)), state_(made_folder(project_.state())), objects_(state_ / "objects"), runs_(state_ / "runs") {}

void Workspace::save(const std::filesystem::path& file, const nlohmann::json& value) const {
  write_file_atomically(file, value.dump(1) + "\n");
}

std::optional<RunRecord> Workspace::current(std::string_view stage) const {
  const nlohmann::json keys = load(state_ / "current.json");
  if (!keys.is_object() || !keys.contains(stage) || !keys.at(std::string(stage)).is_string()) return std::nullopt;
  return runs_.find(keys.at(std::string(stage)).get<std::string>());
}

void Workspace::set_current(std::string_view stage, const std::string& key) {
  nlohmann::json keys = load(state_ / "current.json");
  if (!keys.is_object()) keys = nlohmann::json::object();
  nlohmann::json& known = keys[std::string(stage)];
  if (known == key) return;
  known = key;
  save(state_ / "current.json", keys);
}

std::vector<std::string> Workspace::current_keys() const {
  std::vector<std::string> keys;
  const nlohmann::json current = load(state_ / "current.json");
  if (!current.is_object() && !runs_.keys().empty())
    throw Error(ErrorCode::kNotFound,
                "which runs count now is not known, since .hone/current.json is missing or broken; `hone run` finds it out");
  if (current.is_object())
    for (const auto& [stage, key] : current.items())
      if (key.is_string()) keys.push_back(key.get<std::string>());
  return keys;
}

std::vector<std::string> Workspace::remove_broken(const RunRecord& record) {
  std::vector<std::string> removed;
  for (const NamedRef& output : record.outputs) {
    if (!objects_.has(output.ref) || sound_.contains(output.ref.hash)) continue;
    if (objects_.verify(output.ref)) {
      sound_.insert(output.ref.hash);
      continue;
    }
    objects_.remove(output.ref);
    removed.push_back(output.ref.hash);
  }
  return removed;
}

RunRecord Workspace::needed(std::string_view stage) const {
  if (auto record = current(stage)) return *record;
  throw Error(ErrorCode::kNotFound, "the stage '" + std::string(stage) + "' has not run before; `hone run` does it");
}

std::filesystem::path Workspace::checked_path(const ObjectRef& ref) {
  const std::filesystem::path path = objects_.path(ref);
  if (sound_.contains(ref.hash)) return path;
  if (objects_.verify(ref)) {
    sound_.insert(ref.hash);
    return path;
  }
  objects_.remove(ref);
  throw Error(ErrorCode::kCorruptData, "the object " + ref.hash + " was broken and has been removed; `hone run` makes it again");
}

std::string Workspace::hash_of_source(const std::filesystem::path& file) {
  const std::string name = std::filesystem::absolute(file).lexically_normal().string();
  const nlohmann::json stamp = to_json(stamp_of(file));
  nlohmann::json known = load(state_ / "files.json");
  if (!known.is_object()) known = nlohmann::json::object();
  if (const nlohmann::json entry = known.value(name, nlohmann::json());
      entry.is_object() && entry.contains("stamp") && entry["stamp"] == stamp && entry.contains("sha256") && entry["sha256"].is_string())
    return entry["sha256"];
  const std::string hash = sha256_hex_of_file(file);
  if (to_json(stamp_of(file)) == stamp) {
    known[name] = {{"stamp", stamp}, {"sha256", hash}};
    save(state_ / "files.json", known);
  }
  return hash;
}

nlohmann::json Workspace::json(const ObjectRef& ref) { return nlohmann::json::parse(read_file(checked_path(ref))); }

Dataset Workspace::dataset(const RunRecord& import) {
  for (const NamedRef& part : import.outputs) checked_path(part.ref);  // Parquet does not notice every byte that has changed.
  return Dataset(objects_, import.output("dataset"));
}

std::vector<SourceVotes> Workspace::votes(const RunRecord& vote) {
  std::vector<SourceVotes> votes;
  const nlohmann::json manifest = json(vote.output("votes"));
  for (const nlohmann::json& source : manifest.at("sources"))
    votes.push_back(read_source_votes(checked_path(source.at("ref").get<ObjectRef>()), 0));
  return votes;
}

std::vector<std::vector<std::uint32_t>> Workspace::slices(const RunRecord& vote) {
  std::vector<std::vector<std::uint32_t>> rows;
  const nlohmann::json manifest = json(vote.output("slices"));
  for (const nlohmann::json& slice : manifest.at("slices"))
    rows.push_back(read_source_votes(checked_path(slice.at("ref").get<ObjectRef>()), 0).examples);
  return rows;
}

SoftLabels Workspace::labels(const RunRecord& label, const std::string& name) {
  return read_soft_labels(checked_path(label.output(name + ".patterns")), checked_path(label.output(name + ".examples")));
}

SoftLabels Workspace::predictions(const RunRecord& train) { return read_soft_labels(checked_path(train.output("predictions")), {}); }

Gold read_gold(const Project& project, const Dataset& dataset, GoldUse use) {
  Gold gold;
  if (project.gold.field.empty()) return gold;
  dataset.require_column(project.gold.field);
  gold.classes.assign(dataset.rows(), kNoClass);
  const auto wanted = [&](Split split) {
    return project.gold.use[static_cast<std::size_t>(split)] && (use == GoldUse::kEvaluation || split != Split::kTest);
  };
  const std::vector<std::string> columns{std::string(kSplitColumn), project.gold.field};
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    const auto& splits = static_cast<const arrow::UInt8Array&>(*batch.column(0));
    const TextColumn names(*batch.column(1));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto split = static_cast<Split>(splits.Value(row));
      const std::optional<std::string_view> name = names.at(row);
      if (!wanted(split) || !name || name->empty()) continue;
      const ClassId id = project.task.find(*name);
      if (id != kNoClass) {
        gold.classes[first_row + static_cast<std::uint64_t>(row)] = id;
        ++gold.rows[static_cast<std::size_t>(split)];
        continue;
      }
      ++gold.unknown_values;
      const std::string value(*name);
      if (gold.first_unknown.size() < 5 && std::ranges::find(gold.first_unknown, value) == gold.first_unknown.end())
        gold.first_unknown.push_back(value);
    }
  });
  return gold;
}

}  // namespace hone
