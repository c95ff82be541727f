// Where splits go by hash, a group moves to the split of its first row: rows that are appended later move no old row, unless they link two
// groups.
#include <arrow/array.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <array>
#include <unordered_map>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/data/near_duplicates.h"
#include "hone/data/revise_dataset.h"
#include "hone/data/row_groups.h"
#include "hone/data/text_column.h"
#include "hone/flow/stages_internal.h"

namespace hone {
namespace {

using Counts = std::array<std::uint64_t, kSplits>;

// How many groups the report shows, and how much of each: enough to see what they are.
constexpr std::size_t kShownGroups = 10, kShownRows = 5, kShownOfRow = 300;

std::size_t place(Split split) { return static_cast<std::size_t>(split); }

nlohmann::json by_split(const Counts& counts) { return {{"train", counts[0]}, {"valid", counts[1]}, {"test", counts[2]}}; }

// --- What the project says.

// Splits whose rows import dealt by hash, so that they may be dealt anew.
std::array<bool, kSplits> movable_splits(const SplitOptions& split) {
  switch (split.by) {
    case SplitOptions::By::kHash:
      return {true, true, true};
    case SplitOptions::By::kFiles:
      return split.valid_share_of_train > 0.0 ? std::array<bool, kSplits>{true, true, false} : std::array<bool, kSplits>{};
    case SplitOptions::By::kField:
      return {};
  }
  return {};
}

nlohmann::json rules_json(const NearDuplicateRules& rules, const SplitOptions& split) {
  const bool is_given = split.by != SplitOptions::By::kHash;
  return {{"similarity", rules.similarity},
          {"copies", rules.copies == NearDuplicateRules::Copies::kDrop ? "drop" : "keep"},
          {"straddling",
           is_given ? nlohmann::json(rules.straddling == NearDuplicateRules::Straddling::kDrop ? "drop" : "report") : nlohmann::json()}};
}

// --- Reading.

// The texts of a column of strings lie in its batch.
void take_texts(const arrow::StringArray& column, std::vector<std::string_view>& texts) {
  texts.clear();
  for (std::int64_t row = 0; row < column.length(); ++row) texts.push_back(column.IsNull(row) ? std::string_view() : column.GetView(row));
}

// Others are made into text, and those of several columns joined by line feeds, in `joined`.
void join_texts(const arrow::RecordBatch& batch, std::vector<std::string>& joined, std::vector<std::string_view>& texts) {
  joined.assign(static_cast<std::size_t>(batch.num_rows()), {});
  for (int number = 0; number < batch.num_columns(); ++number) {
    const TextColumn column(*batch.column(number));
    for (std::size_t row = 0; row < joined.size(); ++row) {
      if (number > 0) joined[row] += '\n';
      joined[row] += column.at(static_cast<std::int64_t>(row)).value_or("");
    }
  }
  texts.assign(joined.begin(), joined.end());
}

TextStream texts_of(const Dataset& dataset, const std::vector<std::string>& columns) {
  return [&dataset, &columns](const TextVisit& visit) {
    std::vector<std::string> joined;
    std::vector<std::string_view> texts;
    dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t) {
      const arrow::Array& first = *batch.column(0);
      if (batch.num_columns() == 1 && first.type_id() == arrow::Type::STRING)
        take_texts(static_cast<const arrow::StringArray&>(first), texts);
      else
        join_texts(batch, joined, texts);
      visit(texts);
    });
  };
}

// --- What becomes of the rows.

// A group counted by split.
std::vector<Counts> count_groups(const RowGroups& groups, std::size_t number, std::span<const RowFate> fates) {
  std::vector<Counts> counts(number);
  for (std::size_t row = 0; row < groups.size(); ++row)
    if (groups[row] != kNoGroup && fates[row] != RowFate::kDropped) ++counts[groups[row]][static_cast<std::size_t>(fates[row])];
  return counts;
}

class Fates {
 public:
  Fates(const Dataset& dataset, const RowGroups& groups, std::size_t number, const NearDuplicateRules& rules, const SplitOptions& split)
      : groups_(groups), number_(number), rules_(rules), is_given_(split.by != SplitOptions::By::kHash), movable_(movable_splits(split)) {
    for (const Split each : dataset.splits()) fates_.push_back(in_split(each));
  }

  const std::vector<RowFate>& now() const { return fates_; }
  std::uint64_t moved() const { return moved_; }
  const Counts& dropped() const { return dropped_; }

  /// `clusters` are the groups, joined by what hangs together otherwise.
  void move_together(const RowGroups& clusters) {
    std::vector<RowFate> home(fates_.size(), RowFate::kDropped);  // By cluster: the split of its first row that may move.
    for (std::size_t row = 0; row < fates_.size(); ++row) {
      if (clusters[row] == kNoGroup || !may_move(row)) continue;
      RowFate& goal = home[clusters[row]];
      if (goal == RowFate::kDropped) goal = fates_[row];
      moved_ += fates_[row] != goal;
      fates_[row] = goal;
    }
  }

  void drop() {
    if (is_given_ && rules_.straddling == NearDuplicateRules::Straddling::kDrop) drop_straddling();
    if (rules_.copies == NearDuplicateRules::Copies::kDrop) drop_copies();
  }

 private:
  bool may_move(std::size_t row) const { return movable_[static_cast<std::size_t>(fates_[row])]; }
  // A test set that somebody made stays as it is, and so does such a valid set.
  bool may_go(std::size_t row) const { return fates_[row] == RowFate::kTrain || may_move(row); }

  void let_go(std::size_t row) {
    ++dropped_[static_cast<std::size_t>(fates_[row])];
    fates_[row] = RowFate::kDropped;
  }

  void drop_straddling() {
    const std::vector<Counts> counts = count_groups(groups_, number_, fates_);
    for (std::size_t row = 0; row < fates_.size(); ++row) {
      if (groups_[row] == kNoGroup || !may_go(row)) continue;
      const Counts& group = counts[groups_[row]];
      const bool in_valid = group[place(Split::kValid)] > 0, in_test = group[place(Split::kTest)] > 0;
      if (fates_[row] != RowFate::kTest && (in_test || (in_valid && fates_[row] == RowFate::kTrain))) let_go(row);
    }
  }

  void drop_copies() {
    std::vector<bool> has_one(number_);
    for (std::size_t row = 0; row < fates_.size(); ++row) {
      if (groups_[row] == kNoGroup || fates_[row] == RowFate::kDropped || !may_go(row)) continue;
      if (has_one[groups_[row]])
        let_go(row);
      else
        has_one[groups_[row]] = true;
    }
  }

  const RowGroups& groups_;
  std::size_t number_;
  const NearDuplicateRules& rules_;
  bool is_given_;
  std::array<bool, kSplits> movable_;
  std::vector<RowFate> fates_;
  std::uint64_t moved_ = 0;
  Counts dropped_{};
};

// --- What is said about them.

struct Straddling {
  std::uint64_t groups = 0;
  std::uint64_t pairs[3] = {0, 0, 0};  // Of rows: train and valid, train and test, valid and test.
};

Straddling straddling_of(const std::vector<Counts>& groups) {
  Straddling found;
  for (const auto& [train, valid, test] : groups) {
    const std::uint64_t pairs[3] = {train * valid, train * test, valid * test};
    found.groups += pairs[0] + pairs[1] + pairs[2] > 0;
    for (int kind = 0; kind < 3; ++kind) found.pairs[kind] += pairs[kind];
  }
  return found;
}

nlohmann::json straddling_json(const Straddling& found) {
  return {{"groups", found.groups},
          {"pairs", {{"train_valid", found.pairs[0]}, {"train_test", found.pairs[1]}, {"valid_test", found.pairs[2]}}}};
}

nlohmann::json sizes_json(const std::vector<DuplicateGroup>& groups) {
  std::uint64_t exact_groups = 0, exact_rows = 0, rows = 0;
  for (const DuplicateGroup& group : groups) {
    rows += group.rows;
    exact_groups += group.texts == 1;
    exact_rows += group.texts == 1 ? group.rows : 0;
  }
  return {{"groups", groups.size()},
          {"rows", rows},
          {"exact", {{"groups", exact_groups}, {"rows", exact_rows}}},
          {"near", {{"groups", groups.size() - exact_groups}, {"rows", rows - exact_rows}}}};
}

// The places of the largest groups, of equal ones the first.
std::vector<std::uint32_t> largest_of(const std::vector<DuplicateGroup>& groups) {
  std::vector<std::uint32_t> places(groups.size());
  for (std::uint32_t group = 0; group < groups.size(); ++group) places[group] = group;
  const auto shown = places.begin() + static_cast<std::ptrdiff_t>(std::min(kShownGroups, places.size()));
  std::partial_sort(places.begin(), shown, places.end(), [&](std::uint32_t a, std::uint32_t b) {
    return groups[a].rows != groups[b].rows ? groups[a].rows > groups[b].rows : a < b;
  });
  places.erase(shown, places.end());
  return places;
}

std::string shown_text(const Project& project, const Dataset& dataset, std::uint64_t row) {
  std::string text;
  for (const auto& [name, value] : dataset.row(row))
    if (std::ranges::find(project.data.text, name) != project.data.text.end()) text += (text.empty() ? "" : "\n") + value.value_or("");
  if (text.size() <= kShownOfRow) return text;
  std::size_t end = kShownOfRow;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

// A group as the report shows it, with the first rows of it; their text is that of a row that may be read: never of test.
class ShownGroups {
 public:
  ShownGroups(const NearDuplicates& found, const std::vector<Counts>& counts) {
    for (const std::uint32_t group : largest_of(found.groups)) {
      place_of_.emplace(group, groups_.size());
      groups_.push_back({{"rows", found.groups[group].rows},
                         {"texts", found.groups[group].texts},
                         {"splits", by_split(counts[group])},
                         {"text", nullptr},
                         {"examples", nlohmann::json::array()}});
    }
    readable_.resize(groups_.size());
  }

  nlohmann::json read(const Project& project, const Dataset& dataset, const RowGroups& group_of) {
    const std::vector<std::string> columns{std::string(kIdColumn), std::string(kSplitColumn), std::string(kFileColumn),
                                           std::string(kLineColumn)};
    if (!groups_.empty())
      dataset.for_each_batch(columns, [&](const arrow::RecordBatch& batch, std::uint64_t first) {
        for (std::int64_t row = 0; row < batch.num_rows(); ++row)
          if (const auto shown = place_of_.find(group_of[first + static_cast<std::uint64_t>(row)]); shown != place_of_.end())
            add(shown->second, batch, row, first, dataset.manifest());
      });
    for (std::size_t group = 0; group < groups_.size(); ++group)
      if (readable_[group]) groups_[group]["text"] = shown_text(project, dataset, *readable_[group]);
    return groups_;
  }

 private:
  void add(std::size_t shown, const arrow::RecordBatch& batch, std::int64_t row, std::uint64_t first, const DatasetManifest& manifest) {
    const auto split = static_cast<Split>(static_cast<const arrow::UInt8Array&>(*batch.column(1)).Value(row));
    if (!readable_[shown] && split != Split::kTest) readable_[shown] = first + static_cast<std::uint64_t>(row);
    nlohmann::json& examples = groups_[shown]["examples"];
    if (examples.size() == kShownRows) return;
    const std::uint32_t file = static_cast<const arrow::UInt32Array&>(*batch.column(2)).Value(row);
    examples.push_back({{"id", static_cast<const arrow::StringArray&>(*batch.column(0)).GetView(row)},
                        {"split", to_string(split)},
                        {"file", manifest.files.at(file).name},
                        {"line", static_cast<const arrow::UInt64Array&>(*batch.column(3)).Value(row)}});
  }

  std::unordered_map<std::uint32_t, std::size_t> place_of_;  // By group. Never walked.
  nlohmann::json groups_ = nlohmann::json::array();
  std::vector<std::optional<std::uint64_t>> readable_;
};

// The groups of the rows that stay, by their new numbers; what is left of a group alone is none.
RowGroups groups_that_stay(const RowGroups& groups, const std::vector<Counts>& counts, std::span<const RowFate> fates) {
  RowGroups stay;
  for (std::size_t row = 0; row < groups.size(); ++row) {
    if (fates[row] == RowFate::kDropped) continue;
    const bool has_others = groups[row] != kNoGroup && counts[groups[row]][0] + counts[groups[row]][1] + counts[groups[row]][2] > 1;
    stay.push_back(has_others ? groups[row] : kNoGroup);
  }
  return stay;
}

std::vector<std::string> notes_of(const Counts& dropped) {
  const std::uint64_t rows = dropped[0] + dropped[1] + dropped[2];
  if (rows == 0) return {};
  return {counted(rows, "row was", "rows were") + " left out as near-duplicates of others"};
}

void put_groups(const StageContext& context, const RowGroups& groups, RunRecord& record) {
  const RemovedAtEnd folder = work_folder(context.workspace);
  write_row_groups(groups, folder.path() / "groups");
  record.outputs.push_back({"groups", context.workspace.objects().put_file(folder.path() / "groups", kParquetMedia)});
}

void put_dataset(const StageContext& context, const Dataset& before, const Fates& fates, RunRecord& record) {
  ObjectStore& objects = context.workspace.objects();
  const ObjectRef manifest = revise_dataset(objects, before, fates.now(), notes_of(fates.dropped()), context.threads);
  record.outputs.push_back({"dataset", manifest});
  const Dataset dataset(objects, manifest);
  for (std::size_t part = 0; part < dataset.manifest().parts.size(); ++part)
    record.outputs.push_back({"part/" + std::to_string(part), dataset.manifest().parts[part].ref});
}

}  // namespace

StageParts near_duplicates_parts(const StageContext& context) {
  const Project& project = context.project();
  const std::array<bool, kSplits> movable = movable_splits(project.data.split);
  return {{"the dataset", context.of("import").output("dataset").hash},
          {"data.text", names_part(project.data.text)},
          {"data.near_duplicates", rules_json(*project.near_duplicates, project.data.split).dump()},
          {"data.split", nlohmann::json(movable).dump()}};
}

void run_near_duplicates(const StageContext& context, RunRecord& record) {
  const Project& project = context.project();
  const NearDuplicateRules& rules = *project.near_duplicates;
  const Dataset dataset = context.workspace.dataset(context.of("import"));
  const NearDuplicateOptions options{.similarity = rules.similarity, .spill_folder = context.workspace.objects().temporary_folder()};
  const NearDuplicates found =
      find_near_duplicates(dataset.rows(), texts_of(dataset, project.data.text), options, context.threads, context.progress);

  Fates fates(dataset, found.group_of, found.groups.size(), rules, project.data.split);
  const std::vector<Counts> before = count_groups(found.group_of, found.groups.size(), fates.now());
  fates.move_together(join_groups(found.group_of, read_groups(dataset)));
  fates.drop();
  const std::vector<Counts> after = count_groups(found.group_of, found.groups.size(), fates.now());

  put_dataset(context, dataset, fates, record);
  put_groups(context, groups_that_stay(found.group_of, after, fates.now()), record);
  nlohmann::json report = rules_json(rules, project.data.split);
  report.update(sizes_json(found.groups));
  report["format"] = "hone-near-duplicates/1";
  report["silent_rows"] = found.silent_rows;
  report["compared"] = found.compared;
  report["straddling_before"] = straddling_json(straddling_of(before));
  report["straddling_after"] = straddling_json(straddling_of(after));
  report["moved_rows"] = fates.moved();
  report["dropped"] = by_split(fates.dropped());
  report["largest"] = ShownGroups(found, before).read(project, dataset, found.group_of);
  record.outputs.push_back({"near-duplicates", context.workspace.objects().put_json(report)});
  record.options = rules_json(rules, project.data.split);
  record.counts = {{"rows", dataset.rows()},
                   {"groups", found.groups.size()},
                   {"moved", fates.moved()},
                   {"dropped", fates.dropped()[0] + fates.dropped()[1] + fates.dropped()[2]}};
}

void add_near_duplicates_part(const StageContext& context, StageParts& parts) {
  if (context.project().near_duplicates) parts.emplace_back("the near-duplicates", context.data().output("groups").hash);
}

}  // namespace hone
