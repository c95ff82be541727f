#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hone/data/dataset.h"
#include "hone/eval/admission_gate.h"
#include "hone/flow/workspace.h"

namespace hone {

/// The rows that systems of ours are trained on: train rows of the project as it was last imported, and files of others (synthetic rows,
/// what a model was tuned on). Read batch by batch, again each time.
class OwnRows {
 public:
  /// `workspace` may be null; a project that was not run yet has no rows. Throws kNotFound for a file that has none of the text fields.
  OwnRows(Workspace* workspace, std::vector<std::filesystem::path> files, std::vector<std::string> text);

  std::uint64_t project_rows() const { return project_rows_; }
  std::uint64_t file_rows() const { return file_rows_; }

  /// Borrows this.
  OwnTexts texts() const;

  /// Where rows of these numbers stand: "messages.csv:12 (train row M00012)".
  std::map<std::uint64_t, std::string> places(const std::set<std::uint64_t>& numbers) const;

 private:
  struct Batch {
    std::span<const std::string_view> texts;
    std::span<const std::string> places;
  };
  using Visit = std::function<void(const Batch& batch)>;
  void visit_project(const Visit& visit, bool with_places) const;
  void visit_file(const std::filesystem::path& file, const Visit& visit) const;
  void visit(const Visit& visit, bool with_places) const;

  std::vector<std::filesystem::path> files_;
  std::vector<std::string> text_, project_text_;
  std::optional<Dataset> dataset_;
  std::uint64_t project_rows_ = 0, file_rows_ = 0;
};

}  // namespace hone
