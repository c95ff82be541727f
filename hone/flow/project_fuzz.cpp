// The input is records (hone/core/fuzz_testing.h): hone.yaml and a file that it may include as lfs/a.yaml. Whatever they hold: a project,
// or an Error that says what is wrong with it.
#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/flow/project.h"

namespace {

void prepare_folder() {
  static const bool is_ready = [] {
    hone::make_folder(hone::fuzz_folder() / "lfs");
    hone::fuzz_file("rows.csv", "id,text,label\n1,my card,card\n");
    return true;
  }();
  hone::require(is_ready);
}

// A pattern that walks through the machine's folders is slow, and says nothing of ours.
bool walks_elsewhere(std::string_view yaml) {
  return yaml.find('/') != std::string_view::npos && yaml.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto records = hone::records_of(hone::bytes_of(data, size));
  if (records.empty() || walks_elsewhere(records.front())) return 0;
  prepare_folder();
  hone::fuzz_file("hone.yaml", records.front());
  hone::fuzz_file("lfs/a.yaml", records.size() > 1 ? records[1] : std::string_view());
  try {
    const hone::Project project = hone::load_project(hone::fuzz_folder());
    hone::require(project.task.classes.size() >= 2 && !project.data.text.empty());
    project.model.dump();
    project.label_model_options.dump();
  } catch (const hone::Error& error) {
    hone::require(error.code() == hone::ErrorCode::kInvalidProject);
  }
  return 0;
}
