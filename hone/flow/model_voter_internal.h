#pragma once

#include <span>
#include <vector>

#include "hone/core/progress.h"
#include "hone/flow/workspace.h"
#include "hone/vote/voter.h"

namespace hone {

/// The file of the model that a source of kind kModel names, found and its classes checked against those that it votes for. Throws
/// kInvalidProject, naming the source: when there is no model there, when it is none of ours, and for a class of the model that is none of
/// these and that the source does not map.
std::filesystem::path model_file_of(const Project& project, const Source& source, const std::vector<std::string>& classes);

/// Sources, and what they vote for, by id. Borrowed.
struct SourcesOfClasses {
  std::span<const Source* const> sources;
  const std::vector<std::string>& classes;
};

/// Who speaks for the sources among these that are models: hone-train predicts on the whole dataset, once for each model. Throws what
/// run_child() and find_hone_train() do.
std::vector<AskedVoter> model_voters(Workspace& workspace, const Dataset& dataset, const SourcesOfClasses& of, int threads,
                                     const Progress& progress);

}  // namespace hone
