#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "hone/core/progress.h"
#include "hone/flow/workspace.h"

namespace hone {

/// All of label_models() on the votes of a project, as plain data (docs/json.md: label-models): how far they agree with each other, and on
/// gold of train and valid accuracy, log loss and calibration, each beside majority vote on the same rows; a model that learns from gold is
/// cross-fitted. Of a multi-label task by F1 over all classes, and by class. Then which one to choose, and why; without gold, that votes
/// alone cannot tell, and how much gold would. Gold of the test split is not read. Brings the project up to its votes first.
nlohmann::json compare_label_models(Workspace& workspace, int threads, const Progress& progress = {});

struct VoteTableFiles {
  std::filesystem::path votes;
  std::filesystem::path gold;                        // As VoteTableOptions has it; may be empty.
  std::map<std::string, double> class_balance = {};  // What is known of the shares of classes, as task.class_balance.
};

/// The same of a table of votes without a project. Gold of rows whose `split` is test is left aside. Throws what read_vote_table() throws,
/// and kInvalidArgument for class shares that no task could declare.
nlohmann::json compare_label_models(const VoteTableFiles& files, int threads, const Progress& progress = {});

}  // namespace hone
