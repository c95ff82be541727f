#include "hone/flow/slice_rows_internal.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "hone/core/error.h"
#include "hone/core/suggest.h"

namespace hone {
namespace {

using SliceKind = DerivedSlice::Kind;

// Of the values of columns, which need no run.
std::vector<DerivedRows> slices_by_value(const Project& project, const Dataset& dataset) {
  std::vector<DerivedSlice> by_value;
  std::ranges::copy_if(project.derived_slices, std::back_inserter(by_value),
                       [](const DerivedSlice& slice) { return slice.kind == SliceKind::kEach; });
  return derive_slices(by_value, dataset, {}).slices;
}

// Whether the data that a run read is the data of now. The last of several datasets is the one it voted on.
bool read_this_data(const RunRecord& record, const RunRecord& data) {
  const ObjectRef& now = data.output("dataset");
  const auto read = std::ranges::find(record.inputs.rbegin(), record.inputs.rend(), "dataset", &NamedRef::name);
  return read != record.inputs.rend() && read->ref == now;
}

RunRecord last_run_of(Workspace& workspace, const RunRecord& data, std::string_view stage, const std::string& slice) {
  std::optional<RunRecord> record = workspace.current(stage);
  if (!record || !read_this_data(*record, data))
    throw Error(ErrorCode::kNotFound, "the rows of the slice '" + slice + "' are known after a run on the data as it is now: `hone run`");
  return *std::move(record);
}

// What the systems said in the last run, held while it is asked.
class LastRun {
 public:
  LastRun(Workspace& workspace, const RunRecord& data, const std::string& slice) {
    const RunRecord label = last_run_of(workspace, data, "label", slice);
    if (workspace.project().task.is_multi_label()) {
      sets_ = workspace.judged_sets(label);
      return;
    }
    labels_ = workspace.judged_labels(label);
    if (workspace.project().trains()) predictions_ = workspace.predictions(last_run_of(workspace, data, "train", slice));
  }

  SystemsSaid said() const { return sets_ ? systems_said(*sets_) : systems_said(labels_, predictions_ ? &*predictions_ : nullptr); }

 private:
  SoftLabels labels_;
  std::optional<SoftLabels> predictions_;
  std::optional<SoftSets> sets_;
};

std::vector<std::uint32_t> rows_by_systems(Workspace& workspace, const RunRecord& data, const Dataset& dataset, const DerivedSlice& slice) {
  const LastRun last(workspace, data, slice.name);
  DerivedRows derived = derive_slices({slice}, dataset, last.said()).slices.front();
  if (!derived.note.empty()) throw Error(ErrorCode::kNotFound, "the slice '" + slice.name + "' has no rows: " + derived.note);
  return std::move(derived.rows);
}

[[noreturn]] void refuse_name(const Project& project, std::span<const DerivedRows> by_value, const std::string& name) {
  std::vector<std::string> names;
  for (const Slice& slice : project.slices) names.push_back(slice.name);
  for (const DerivedSlice& slice : project.derived_slices)
    if (slice.kind != SliceKind::kEach) names.push_back(slice.name);
  for (const DerivedRows& slice : by_value) names.push_back(slice.name);
  throw Error(ErrorCode::kNotFound, "no slice named '" + name + "'" + suggestion(name, names) +
                                        (names.empty() ? "; hone.yaml defines none" : "; hone.yaml defines " + quoted_list(names)));
}

}  // namespace

double confidence_of(const SoftSets& labels, std::uint32_t row) {
  double confidence = 1.0;
  for (const ClassId id : labels.hard(row)) confidence = std::min(confidence, labels.probability(row, id));
  return confidence;
}

SystemsSaid systems_said(const SoftLabels& labels, const SoftLabels* predictions) {
  const SoftLabels& main = predictions ? *predictions : labels;
  SystemsSaid said;
  said.confidence = [&main](std::uint32_t row) {
    return main.hard(row) == kNoClass ? std::nullopt : std::optional<double>(main.confidence(row));
  };
  if (predictions)
    said.disagree = [&main, &labels](std::uint32_t row) {
      return main.hard(row) != kNoClass && labels.hard(row) != kNoClass && main.hard(row) != labels.hard(row);
    };
  return said;
}

SystemsSaid systems_said(const SoftSets& labels) {
  SystemsSaid said;
  said.confidence = [&labels](std::uint32_t row) { return labels.labeled(row) ? std::optional(confidence_of(labels, row)) : std::nullopt; };
  return said;
}

std::vector<std::uint32_t> rows_of_slice(Workspace& workspace, const RunRecord& data, const Dataset& dataset, const std::string& name) {
  const Project& project = workspace.project();
  const auto condition = std::ranges::find(project.slices, name, &Slice::name);
  if (condition != project.slices.end())
    return workspace.slices(workspace.needed("vote")).at(static_cast<std::size_t>(condition - project.slices.begin()));
  const auto by_systems = std::ranges::find_if(
      project.derived_slices, [&](const DerivedSlice& slice) { return slice.kind != SliceKind::kEach && slice.name == name; });
  if (by_systems != project.derived_slices.end()) return rows_by_systems(workspace, data, dataset, *by_systems);
  std::vector<DerivedRows> by_value = slices_by_value(project, dataset);
  const auto value = std::ranges::find(by_value, name, &DerivedRows::name);
  if (value == by_value.end()) refuse_name(project, by_value, name);
  return std::move(value->rows);
}

}  // namespace hone
