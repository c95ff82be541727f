#include "hone/vote/task.h"

#include <algorithm>
#include <cassert>

#include "hone/core/error.h"
#include "hone/core/suggest.h"

namespace hone {
namespace {

[[noreturn]] void refuse_balance(const std::string& why) { throw Error(ErrorCode::kInvalidProject, why); }

constexpr std::string_view kNot = "not ";

std::vector<std::string> names_of_nodes(const Taxonomy& taxonomy) {
  std::vector<std::string> names;
  for (const Taxonomy::Node& node : taxonomy.nodes()) names.push_back(node.name);
  return names;
}

}  // namespace

ClassId Task::find(std::string_view name) const {
  const auto found = std::ranges::find(classes, name);
  return found == classes.end() ? kNoClass : static_cast<ClassId>(found - classes.begin());
}

ClassId Task::id_of(std::string_view name) const {
  const ClassId id = find(name);
  if (id == kNoClass) throw Error(ErrorCode::kInvalidProject, "no class named '" + std::string(name) + "'" + suggestion(name, classes));
  return id;
}

Answers Task::answers() const {
  return Answers(classes.size(), taxonomy.groups(), is_multi_label() ? Answers::Rows::kSeveral : Answers::Rows::kOne);
}

std::string Task::name_of(ClassId answer) const {
  const Answers all = answers();
  const ClassId about = all.subject(answer);
  const std::string& name = all.is_class(about) ? classes[about] : taxonomy.nodes()[about - classes.size()].name;
  return all.is_against(answer) ? std::string(kNot) + name : name;
}

std::vector<std::string> Task::answer_names() const {
  std::vector<std::string> names = classes;
  const std::vector<std::string> nodes = names_of_nodes(taxonomy);
  names.insert(names.end(), nodes.begin(), nodes.end());
  const std::size_t positive = names.size();
  if (answers().has_against())
    for (std::size_t place = 0; place < positive; ++place) names.push_back(std::string(kNot) + names[place]);
  return names;
}

ClassId Task::find_group(std::string_view name) const {
  if (const ClassId id = find(name); id != kNoClass) return id;
  const auto node = std::ranges::find(taxonomy.nodes(), name, &Taxonomy::Node::name);
  if (node == taxonomy.nodes().end()) return kNoClass;
  return static_cast<ClassId>(classes.size() + static_cast<std::size_t>(node - taxonomy.nodes().begin()));
}

ClassId Task::plain_answer(ClassId answer) const {
  const Answers all = answers();
  if (all.is_class(answer) || is_multi_label()) return answer;
  if (all.breadth(answer) == 0 || all.breadth(answer) == classes.size()) return kNoClass;
  ClassId only = answer;
  if (all.breadth(answer) == 1) all.for_each_class(answer, [&](ClassId id) { only = id; });
  return only;
}

ClassId Task::vote_for(std::string_view name) const {
  const ClassId answer = find_group(name);
  if (answer == kNoClass) {
    std::vector<std::string> known = classes;
    const std::vector<std::string> nodes = names_of_nodes(taxonomy);
    known.insert(known.end(), nodes.begin(), nodes.end());
    throw Error(ErrorCode::kInvalidProject, "no class named '" + std::string(name) + "'" + suggestion(name, known));
  }
  const ClassId plain = plain_answer(answer);
  if (plain == kNoClass)
    throw Error(ErrorCode::kInvalidProject,
                "every class lies below '" + std::string(name) + "', so a vote on it says nothing; name a node further down");
  return plain;
}

ClassId Task::vote_against(std::string_view name) const {
  const Answers all = answers();
  if (!all.has_against())
    throw Error(ErrorCode::kInvalidProject,
                "a task may have at most " + std::to_string(Answers::kMostWithNot) + " classes and nodes where sources vote against them");
  return plain_answer(all.against(vote_for(name)));
}

ClassId Task::find_answer(std::string_view text) const {
  const Answers all = answers();
  if (const ClassId answer = find_group(text); answer != kNoClass) return plain_answer(answer);
  if (!text.starts_with(kNot) || !all.has_against()) return kNoClass;
  const ClassId denied = find_group(text.substr(kNot.size()));
  return denied == kNoClass ? kNoClass : plain_answer(all.against(denied));
}

std::vector<double> Task::declared_prior() const {
  assert(!is_multi_label());
  if (class_balance.empty()) return {};
  double declared = 0.0;
  for (const auto& [name, share] : class_balance) {
    if (!(share > 0.0 && share < 1.0))
      refuse_balance("the share of '" + name + "' is " + std::to_string(share) + "; it lies between 0 and 1");
    declared += share;
  }
  const std::size_t others = classes.size() - class_balance.size();
  if (declared > 1.0 + 1e-9 || (others == 0 && declared < 1.0 - 1e-9))
    refuse_balance("the shares in class_balance add up to " + std::to_string(declared) + "; of all classes they are 1 together");
  if (others > 0 && declared >= 1.0)
    refuse_balance("class_balance leaves nothing for the classes it does not name; give it less, or name all of them");
  std::vector<double> prior(classes.size(), others > 0 ? (1.0 - declared) / static_cast<double>(others) : 0.0);
  for (const auto& [name, share] : class_balance) prior[id_of(name)] = share;
  return prior;
}

}  // namespace hone
