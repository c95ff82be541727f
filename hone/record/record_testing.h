#pragma once

#include <fstream>
#include <optional>
#include <string>

#include "hone/core/file.h"
#include "hone/flow/main_path.h"
#include "hone/record/record_runs.h"
#include "hone/store/store_testing.h"

namespace hone {

/// A small project of two classes without a model, in a folder of its own, with a state folder of its own: run and recorded as often as
/// asked.
///
///     ProjectForTests project;
///     project.run();
///     why_row(project.workspace(), project.ledger(), "0-3");
class ProjectForTests {
 public:
  explicit ProjectForTests(const std::string& more_sources = "") {
    make_folder(folder_ / "project");
    write("rows.csv", rows());
    write("hone.yaml", yaml(more_sources));
  }

  /// As hone.yaml and the ledger are now.
  Workspace& workspace() {
    if (!workspace_) workspace_.emplace(load_project(folder_ / "project"));
    return *workspace_;
  }
  ProjectLedger& ledger() {
    if (!ledger_) ledger_.emplace(workspace().project(), folder_ / "state");
    return *ledger_;
  }

  void run(const std::string& until = "") {
    reopen();
    if (const RunResult result = run_project(workspace(), {.until = until, .dry_run = false, .threads = 1, .retry = false}); result.error)
      throw *result.error;
    record_runs(workspace(), ledger());
  }

  void reopen() {
    ledger_.reset();
    workspace_.reset();
  }

  /// REQUIRES: `from` stands in hone.yaml.
  void edit(const std::string& from, const std::string& to) {
    std::string text = read_file(folder_ / "project/hone.yaml");
    text.replace(text.find(from), from.size(), to);
    write("hone.yaml", text);
  }

  std::filesystem::path state() const { return folder_ / "project/.hone"; }

 private:
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / ("project/" + name), std::ios::binary) << text; }

  static std::string rows() {
    std::string text = "id,text,label\n";
    for (int copy = 0; copy < 10; ++copy) {
      const std::string number = std::to_string(copy);
      text += number + "-1,my card was stolen (" + number + "),fraud\n" + number + "-2,somebody stole my purse (" + number + "),fraud\n";
      text += number + "-3,I lost my card (" + number + "),card\n" + number + "-4,when will the new card come (" + number + "),card\n";
    }
    return text;
  }

  static std::string yaml(const std::string& more_sources) {
    return "data: {files: rows.csv, id: id, text: text, split: {train: 0.6, valid: 0.2, test: 0.2}}\n"
           "task: {classes: [card, fraud]}\n"
           "gold: {field: label}\n"
           "model: none\n"
           "slices:\n"
           "  - {slice: short, where: {words_of: text, below: 6}}\n"
           "sources:\n"
           "  - {lf: stolen, vote: fraud, any: [stolen, stole]}\n"
           "  - {lf: card_word, vote: card, any: [card], none: [stolen]}\n" +
           more_sources;
  }

  TestFolder folder_;
  std::optional<Workspace> workspace_;
  std::optional<ProjectLedger> ledger_;
};

}  // namespace hone
