#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/core/progress.h"

namespace hone {

/// Runs `program job_file` and follows its standard output, one JSON object a line:
///   {"progress": {"stage": "train", "done": 3, "total": 20, "unit": "epochs", "note": "loss 0.41"}}
///   {"result": {…}}                                   the last line of a job that was done
///   {"error": {"code": "…", "message": "…"}}          the last line of one that was not
/// Its standard error is kept (last 8 KiB) for the message when it dies. The child gets OMP_WAIT_POLICY=PASSIVE
/// (a spinning OpenMP is twenty times slower on busy cores), its own process group, and dies with the calling thread.
/// When the call ends, however it ends, neither the child nor what it left in its process group runs on.
///
/// Returns the result. Throws kChildFailed when the child cannot be started, answers an error, answers something else
/// (which is shown), or dies: by a signal (named; SIGKILL says that memory probably ran out and what to do), by an exit
/// status, or without an answer. What `progress` throws ends the child and is thrown on.
nlohmann::json run_child(const std::filesystem::path& program, const nlohmann::json& job, const Progress& progress);

/// Where this program's file lies.
std::filesystem::path folder_of_this_program();

/// Where hone-train lies: beside this program. Throws kNotFound saying what it is for and how to do without it.
std::filesystem::path find_hone_train(const std::filesystem::path& folder = folder_of_this_program());

}  // namespace hone
