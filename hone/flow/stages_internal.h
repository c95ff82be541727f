#pragma once

#include "hone/core/file.h"
#include "hone/flow/main_path.h"

namespace hone {

// Two functions a stage: what its result depends on, and how it is made. main_path() lists them in order.
StageParts import_parts(const StageContext& context);
void run_import(const StageContext& context, RunRecord& record);

StageParts vote_parts(const StageContext& context);
void run_vote(const StageContext& context, RunRecord& record);

StageParts label_parts(const StageContext& context);
void run_label(const StageContext& context, RunRecord& record);

StageParts train_parts(const StageContext& context);
void run_train(const StageContext& context, RunRecord& record);

StageParts evaluate_parts(const StageContext& context);
void run_evaluate(const StageContext& context, RunRecord& record);

StageParts report_parts(const StageContext& context);
void run_report(const StageContext& context, RunRecord& record);

/// The part "gold" of a stage: which column and splits are read, without reading them.
std::string gold_part(const StageContext& context);

/// A list of columns as a part's value: JSON, so that no two lists are written alike.
std::string names_part(const std::vector<std::string>& names);

/// The group of every row, numbered by first appearance; empty when every row stands alone.
std::vector<std::uint32_t> read_groups(const Dataset& dataset);

/// A temporary folder inside the object store that is removed at the end of the scope.
RemovedAtEnd work_folder(const Workspace& workspace);

}  // namespace hone
