#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "hone/core/file.h"
#include "hone/flow/main_path.h"
#include "hone/label_model/label_model.h"
#include "hone/label_model/set_labels.h"

namespace hone {

// Two functions a stage: what its result depends on, and how it is made. main_path() lists them in order.
StageParts import_parts(const StageContext& context);
void run_import(const StageContext& context, RunRecord& record);

StageParts near_duplicates_parts(const StageContext& context);
void run_near_duplicates(const StageContext& context, RunRecord& record);

StageParts vote_parts(const StageContext& context);
void run_vote(const StageContext& context, RunRecord& record);

StageParts label_parts(const StageContext& context);
void run_label(const StageContext& context, RunRecord& record);

// The two of a multi-label task, on which run_label() and run_evaluate() call.
void run_label_sets(const StageContext& context, RunRecord& record);
void run_evaluate_sets(const StageContext& context, RunRecord& record);

/// What a multi-label task asks of its rows, with the gold that may be learned from. Borrows the votes, by source.
SetQuestion set_question(const StageContext& context, const Dataset& dataset, std::span<const SourceVotes> votes);

/// Throws kInvalidArgument, saying what to do, unless some source voted on some row.
void check_some_vote(bool any, const Project& project, std::uint64_t rows);

StageParts train_parts(const StageContext& context);
void run_train(const StageContext& context, RunRecord& record);

StageParts grade_parts(const StageContext& context);
void run_grade(const StageContext& context, RunRecord& record);

StageParts evaluate_parts(const StageContext& context);
void run_evaluate(const StageContext& context, RunRecord& record);

StageParts report_parts(const StageContext& context);
void run_report(const StageContext& context, RunRecord& record);

/// What the label model takes a source for. One of one class fires where it sees that class; a model without a bound could name any class
/// on every row. What a column holds and a program answers may be anything.
SourceKind label_kind(const Source& source);

/// By source.
std::vector<std::string> source_names(const Project& project);

/// What the label model knows besides the votes: gold that may be learned from, declared shares, kinds and names of the sources.
LabelEvidence label_evidence(const Project& project, const Dataset& dataset);

/// In the detail of a record: why the stage runs again although nothing it depends on changed.
inline constexpr char kRunAgain[] = "run_again";

/// Puts labels by pattern beside a record's outputs, as NAME.patterns and NAME.examples; `write` writes the two files.
using WriteByPattern = std::function<void(const std::filesystem::path& patterns, const std::filesystem::path& examples)>;
void put_by_pattern(const StageContext& context, const std::string& name, const WriteByPattern& write, RunRecord& record);

/// The part "gold" of a stage: which column and splits are read, without reading them.
std::string gold_part(const StageContext& context);

/// The part "task.classes": the classes, and the tree above them.
std::string classes_part(const Task& task);

/// A list of columns as a part's value: JSON, so that no two lists are written alike.
std::string names_part(const std::vector<std::string>& names);

/// The group of every row by `data.group`, numbered by first appearance; empty when every row stands alone.
std::vector<std::uint32_t> read_groups(const Dataset& dataset);

/// The same of what hangs together by `data.group`, as near-duplicates, or by a chain of both: the clusters of the statistics and of
/// cross-fitting.
std::vector<std::uint32_t> read_clusters(const StageContext& context, const Dataset& dataset);

/// The part "the near-duplicates" of a stage that reads clusters, where the project looks for them.
void add_near_duplicates_part(const StageContext& context, StageParts& parts);

/// A temporary folder inside the object store that is removed at the end of the scope.
RemovedAtEnd work_folder(const Workspace& workspace);

}  // namespace hone
