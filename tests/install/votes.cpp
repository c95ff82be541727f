// votes PROJECT: weighs three people's votes on four questions, then says what a project that has run holds.
#include <iostream>
#include <vector>

#include "hone/core/error.h"
#include "hone/flow/project.h"
#include "hone/flow/workspace.h"
#include "hone/label_model/label_model.h"

namespace {

void weigh_votes() {
  const std::vector<hone::SourceVotes> people{{{0, 1, 2, 3}, {0, 1, 1, 0}, {}}, {{0, 1, 3}, {0, 1, 0}, {}}, {{1, 2, 3}, {1, 0, 1}, {}}};
  const hone::VoteMatrix votes(4, 2, people);
  const hone::VotePatterns patterns(votes);
  const auto model = hone::make_label_model("dawid-skene");
  model->fit(patterns);
  const hone::SoftLabels labels = model->predict(patterns);
  std::cout << "labels";
  for (std::size_t question = 0; question < labels.examples(); ++question) std::cout << " " << labels.hard(question);
  std::cout << "\n";
}

void open_project(const char* folder) {
  hone::Workspace workspace(hone::load_project(folder));
  std::cout << "rows " << workspace.dataset(workspace.needed("import")).rows() << "\n"
            << "labels of " << workspace.labels(workspace.needed("label")).examples() << "\n";
}

}  // namespace

int main(int count, char** words) {
  try {
    weigh_votes();
    if (count == 2) open_project(words[1]);
  } catch (const hone::Error& error) {
    std::cerr << "votes: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
