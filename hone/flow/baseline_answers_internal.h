#pragma once

#include <string>
#include <vector>

#include "hone/flow/admit_items.h"

namespace hone {

/// What a baseline says of candidates.
struct BaselineAnswers {
  struct Answer {
    bool is_trivial = false;   // It is right, and sure.
    double probability = 1.0;  // Of its answer, where it says so.
  };
  std::vector<Answer> of;      // By candidate.
  std::uint64_t answered = 0;  // Candidates that it says something about.
};

/// Finds candidates by their own ids among the project's rows, or in the file. Throws kNotFound where there is no project, or none of the
/// candidates is found; kInvalidArgument for a project whose rows hold several classes.
BaselineAnswers baseline_answers(const AdmitOptions& options, Workspace* workspace, const CandidateItems& candidates);

}  // namespace hone
