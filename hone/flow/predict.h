#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "hone/core/progress.h"
#include "hone/flow/table_writer.h"
#include "hone/flow/workspace.h"

namespace hone {

struct PredictOptions {
  TableFormat format = TableFormat::kJsonl;
  int threads = 0;
};

/// What predict_file() read and wrote.
struct Predicted {
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
};

/// Applies the project's current model to the rows of a file that has its text columns, read with the project's data options.
/// A row gives: id (the project's id column where the file has it, else a hash of the text and an occurrence number), line,
/// label, probability, probabilities (by class: the likeliest 16). The same rows give the same predictions as in a run.
/// Throws kNotFound without a model or for a missing column, and what import_dataset() and run_child() throw.
Predicted predict_file(Workspace& workspace, const std::filesystem::path& file, const PredictOptions& options,
                       const std::filesystem::path& out, const Progress& progress = {});
/// The same to a stream; Parquet needs a file.
Predicted predict_file(Workspace& workspace, const std::filesystem::path& file, const PredictOptions& options, std::ostream& out,
                       const Progress& progress = {});

}  // namespace hone
