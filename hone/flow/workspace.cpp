#include "hone/flow/workspace.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/core/unicode.h"
#include "hone/data/text_column.h"
#include "hone/flow/model_voter_internal.h"
#include "hone/vote/values_in.h"
#include "hone/vote/vote_file.h"

namespace hone {
namespace {

// A small JSON file of ours, or null when it is missing or broken: it holds nothing that cannot be found out again.
nlohmann::json load(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return nullptr;
  return nlohmann::json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
}

nlohmann::json to_json(const FileStamp& stamp) {
  return {{"bytes", stamp.bytes}, {"modified_ns", stamp.modified_ns}, {"changed_ns", stamp.changed_ns}, {"inode", stamp.inode}};
}

// What files.json remembers of a file. `check` tells whether the entry is still as it was written.
nlohmann::json remembered(const FileStamp& stamp, const std::string& hash) {
  nlohmann::json entry{{"stamp", to_json(stamp)}, {"sha256", hash}};
  entry["check"] = sha256_hex(entry.dump());
  return entry;
}

// The hash in an entry of files.json, when it is of a file with this stamp.
std::optional<std::string> hash_in(const nlohmann::json& entry, const FileStamp& stamp) {
  if (!entry.is_object() || !entry.contains("sha256") || !entry["sha256"].is_string()) return std::nullopt;
  std::string hash = entry["sha256"].get<std::string>();
  if (!is_valid_utf8(hash) || entry != remembered(stamp, hash)) return std::nullopt;
  return hash;
}

void take_unknown(Gold& gold, std::string_view value) {
  ++gold.unknown_values;
  if (gold.first_unknown.size() < 5 && std::ranges::find(gold.first_unknown, value) == gold.first_unknown.end())
    gold.first_unknown.emplace_back(value);
}

// A class, or a node of the taxonomy where no more is known.
void take_value(Gold& gold, const Project& project, std::string_view value, std::uint64_t row, Split split) {
  const ClassId answer = project.gold.answer_of(value, project.task);
  if (answer == kNoClass) return take_unknown(gold, value);
  if (answer < project.task.classes.size()) {
    gold.classes[row] = answer;
    ++gold.rows[static_cast<std::size_t>(split)];
    return;
  }
  if (gold.groups.empty()) gold.groups.assign(gold.classes.size(), kNoClass);
  gold.groups[row] = answer;
  ++gold.nodes;
}

// The classes of one row. An empty cell is not known; values that are no class are left out, and counted.
void take_set(Gold& gold, const Project& project, std::string_view cell, Split split) {
  if (cell.empty()) return gold.sets.add_unknown();
  std::vector<ClassId> classes;
  if (cell != project.gold.none)
    for (const std::string& value : values_in(cell, project.gold.separator)) {
      const ClassId id = project.gold.answer_of(value, project.task);
      id == kNoClass ? take_unknown(gold, value) : classes.push_back(id);
    }
  std::ranges::sort(classes);
  classes.erase(std::ranges::unique(classes).begin(), classes.end());
  gold.sets.add(classes);
  ++gold.rows[static_cast<std::size_t>(split)];
}

void take_cell(Gold& gold, const Project& project, std::string_view cell, std::uint64_t row, Split split) {
  if (project.task.is_multi_label()) return take_set(gold, project, cell, split);
  if (!cell.empty()) take_value(gold, project, cell, row, split);
}

bool is_wanted(const Project& project, Split split, GoldUse use) {
  return project.gold.use[static_cast<std::size_t>(split)] && (use == GoldUse::kEvaluation || split != Split::kTest);
}

std::string judged_name(const RunRecord& label) {
  const auto is_crossed = [](const NamedRef& output) { return output.name == "cross-fitted.patterns"; };
  return std::ranges::any_of(label.outputs, is_crossed) ? "cross-fitted" : "labels";
}

std::filesystem::path made_folder(const std::filesystem::path& folder) {
  make_folder(folder);
  return folder;
}

}  // namespace

Workspace::Workspace(Project project)
    : project_(std::move(project)), state_(made_folder(project_.state())), objects_(state_ / "objects"), runs_(state_ / "runs") {
  for (Source& source : project_.sources) add_model_to_version(source, project_.task.classes);
  for (Criterion& criterion : project_.evaluate.criteria)
    if (criterion.source) add_model_to_version(*criterion.source, grading_task().classes);
}

void Workspace::add_model_to_version(Source& source, const std::vector<std::string>& classes) {
  if (source.kind != Source::Kind::kModel) return;
  source.version = Sha256().update_sized(source.version).update_sized(hash_of_source(model_file_of(project_, source, classes))).hex();
}

void Workspace::save(const std::filesystem::path& file, const nlohmann::json& value) const {
  write_file_atomically(file, value.dump(1) + "\n");
}

std::optional<RunRecord> current_record(const std::filesystem::path& state, std::string_view stage) {
  const nlohmann::json keys = load(state / "current.json");
  if (!keys.is_object() || !keys.contains(stage) || !keys.at(std::string(stage)).is_string()) return std::nullopt;
  return RunStore(state / "runs").find(keys.at(std::string(stage)).get<std::string>());
}

std::optional<RunRecord> Workspace::current(std::string_view stage) const { return current_record(state_, stage); }

void Workspace::set_current(std::string_view stage, const std::string& key) {
  nlohmann::json keys = load(state_ / "current.json");
  if (!keys.is_object()) keys = nlohmann::json::object();
  nlohmann::json& known = keys[std::string(stage)];
  if (known == key) return;
  known = key;
  save(state_ / "current.json", keys);
}

void Workspace::keep_current(const std::vector<std::string_view>& stages) {
  nlohmann::json keys = load(state_ / "current.json");
  if (!keys.is_object()) return;
  nlohmann::json kept = nlohmann::json::object();
  for (const auto& [stage, key] : keys.items())
    if (std::ranges::find(stages, stage) != stages.end()) kept[stage] = key;
  if (kept.size() < keys.size()) save(state_ / "current.json", kept);
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

std::vector<std::filesystem::path> Workspace::checked_paths(std::span<const ObjectRef> refs) {
  std::vector<std::uint8_t> sound(refs.size());
  parallel_for(refs.size(), 0,
               [&](std::size_t place) { sound[place] = sound_.contains(refs[place].hash) || objects_.verify(refs[place]); });
  std::vector<std::filesystem::path> paths;
  for (std::size_t place = 0; place < refs.size(); ++place) {
    if (sound[place]) sound_.insert(refs[place].hash);
    paths.push_back(checked_path(refs[place]));
  }
  return paths;
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
  const std::optional<FileStamp> settled = settled_stamp_of(file);
  if (!settled) return sha256_hex_of_file(file);
  nlohmann::json known = load(state_ / "files.json");
  if (!known.is_object()) known = nlohmann::json::object();
  if (const auto hash = hash_in(known.value(name, nlohmann::json()), *settled)) return *hash;
  const std::string hash = sha256_hex_of_file(file);
  if (stamp_of(file) == *settled) {
    known[name] = remembered(*settled, hash);
    save(state_ / "files.json", known);
  }
  return hash;
}

nlohmann::json Workspace::json(const ObjectRef& ref) { return nlohmann::json::parse(read_file(checked_path(ref))); }

Dataset Workspace::dataset(const RunRecord& import) {
  for (const NamedRef& part : import.outputs) checked_path(part.ref);  // Parquet does not notice every byte that has changed.
  return Dataset(objects_, import.output("dataset"));
}

std::vector<std::filesystem::path> Workspace::vote_files(const RunRecord& vote) {
  const nlohmann::json manifest = json(vote.output("votes"));
  std::vector<ObjectRef> refs;
  for (const nlohmann::json& source : manifest.at("sources")) refs.push_back(source.at("ref").get<ObjectRef>());
  return checked_paths(refs);
}

std::vector<SourceVotes> Workspace::votes(const RunRecord& vote) {
  std::vector<SourceVotes> votes;
  for (const std::filesystem::path& file : vote_files(vote)) votes.push_back(read_source_votes(file, 0));
  return votes;
}

VoteMatrix Workspace::vote_matrix(const RunRecord& vote, std::uint64_t rows) {
  const std::vector<std::filesystem::path> files = vote_files(vote);
  return {rows, project_.task.answers(), files.size(), [&](std::size_t source) { return read_source_votes(files[source], 0); }};
}

std::vector<Vote> Workspace::votes_on(const RunRecord& vote, std::uint32_t row) {
  const std::vector<std::filesystem::path> files = vote_files(vote);
  std::vector<std::vector<Vote>> by_source(files.size());
  parallel_for(files.size(), 0, [&](std::size_t source) {
    const SourceVotes votes = read_source_votes(files[source], 0);
    const auto [first, last] = std::ranges::equal_range(votes.examples, row);
    for (auto place = static_cast<std::size_t>(first - votes.examples.begin());
         place < static_cast<std::size_t>(last - votes.examples.begin()); ++place)
      by_source[source].push_back(
          {static_cast<std::uint32_t>(source), votes.classes[place], votes.confidence.empty() ? 1.0f : votes.confidence[place]});
  });
  std::vector<Vote> on_row;
  for (const std::vector<Vote>& votes : by_source) on_row.insert(on_row.end(), votes.begin(), votes.end());
  return on_row;
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

SoftSets Workspace::set_labels(const RunRecord& label, const std::string& name) {
  return read_soft_sets(checked_path(label.output(name + ".patterns")), checked_path(label.output(name + ".examples")));
}

SoftLabels Workspace::judged_labels(const RunRecord& label) { return labels(label, judged_name(label)); }

SoftSets Workspace::judged_sets(const RunRecord& label) { return set_labels(label, judged_name(label)); }

SoftSets Workspace::set_predictions(const RunRecord& train) { return read_soft_sets(checked_path(train.output("predictions")), {}); }

SoftLabels Workspace::predictions(const RunRecord& train) { return read_soft_labels(checked_path(train.output("predictions")), {}); }

std::vector<ClassId> Gold::answers() const {
  std::vector<ClassId> known = classes;
  for (std::size_t row = 0; row < groups.size(); ++row)
    if (groups[row] != kNoClass) known[row] = groups[row];
  return known;
}

std::optional<bool> Gold::right(std::size_t row, ClassId answer, const Answers& answers) const {
  if (answers.rows() == Answers::Rows::kSeveral) {
    if (sets.empty() || !sets.known(row)) return std::nullopt;
    return sets.holds(row, answers.subject(answer)) != answers.is_against(answer);
  }
  const ClassId known = !classes.empty() && classes[row] != kNoClass ? classes[row] : groups.empty() ? kNoClass : groups[row];
  if (known == kNoClass) return std::nullopt;
  if (answers.covers(answer, known)) return true;
  return answers.agree(answer, known) ? std::nullopt : std::optional(false);
}

Gold read_gold(const Project& project, const Dataset& dataset, GoldUse use) {
  Gold gold;
  if (project.gold.field.empty()) return gold;
  dataset.require_column(project.gold.field);
  if (!project.task.is_multi_label()) gold.classes.assign(dataset.rows(), kNoClass);
  const std::vector<std::string> columns{std::string(kSplitColumn), project.gold.field};
  dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t first_row) {
    const auto& splits = static_cast<const arrow::UInt8Array&>(*batch.column(0));
    const TextColumn cells(*batch.column(1));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const auto split = static_cast<Split>(splits.Value(row));
      const std::string_view cell = is_wanted(project, split, use) ? cells.at(row).value_or("") : "";
      take_cell(gold, project, cell, first_row + static_cast<std::uint64_t>(row), split);
    }
  });
  return gold;
}

Gold gold_of_cell(const Project& project, std::string_view cell, Split split, GoldUse use) {
  Gold gold;
  if (project.gold.field.empty()) return gold;
  if (!project.task.is_multi_label()) gold.classes.assign(1, kNoClass);
  take_cell(gold, project, is_wanted(project, split, use) ? cell : "", 0, split);
  return gold;
}

}  // namespace hone
