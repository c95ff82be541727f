#include <algorithm>

#include "hone/core/hash.h"
#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

constexpr std::size_t kMaxNameBytes = 128;

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' ||
         byte == '-';
}

// What `ask` says of the node's text, at its place.
template <typename Ask>
ClassId parse_answer(const ConfigNode& node, const Ask& ask) {
  try {
    return ask(node.text());
  } catch (const Error& error) {
    throw node.error(error.what());
  }
}

ClassId parse_against(const ConfigNode& node, const Task& task) {
  return parse_answer(node, [&](const std::string& name) { return task.vote_against(name); });
}

// In a mapping: "fraud", or "not fraud". What is neither is told as an unknown class.
ClassId parse_either(const ConfigNode& node, const Task& task) {
  const ClassId answer = node.is_scalar() ? task.find_answer(node.text()) : kNoClass;
  return answer != kNoClass ? answer : parse_voted_class(node, task);
}

// A name, or a list of names where rows may hold several classes.
template <typename Parse>
void add_answers(const ConfigNode& node, const Task& task, const Parse& parse, std::vector<ClassId>& answers) {
  if (node.is_scalar()) return answers.push_back(parse(node, task));
  if (!task.is_multi_label())
    throw node.error("expected one class: a row has one here, and several at once are for a task of kind multi-label");
  if (node.items().empty()) throw node.error("names no class; take the key out");
  for (const ConfigNode& item : node.items()) answers.push_back(parse(item, task));
}

// Ascending; `where` is what is complained of.
void sort_answers(std::vector<ClassId>& answers, const ConfigNode& where, const Task& task) {
  const Answers all = task.answers();
  const auto subject = [&](ClassId answer) { return all.subject(answer); };
  std::ranges::sort(answers, {}, subject);
  const auto twice = std::ranges::adjacent_find(answers, {}, subject);
  if (twice != answers.end())
    throw where.error("'" + task.name_of(subject(*twice)) + "' " +
                      (twice[0] == twice[1] ? "stands here twice; take one out" : "is voted for and against at once; take one out"));
  std::ranges::sort(answers);
}

using ClassOfValue = std::map<std::string, ClassId, std::less<>>;

ClassOfValue own_names(const Task& task) {
  ClassOfValue class_of_value;
  const std::vector<std::string> names = task.answer_names();
  for (std::size_t answer = 0; answer < names.size(); ++answer)
    if (const ClassId meant = task.plain_answer(static_cast<ClassId>(answer)); meant != kNoClass)
      class_of_value.try_emplace(names[answer], meant);
  return class_of_value;
}

}  // namespace

std::string parse_source_name(const ConfigNode& node, const std::string& hint) {
  const std::string& name = node.text();
  if (name.empty() || name.size() > kMaxNameBytes || !std::ranges::all_of(name, is_name_byte))
    throw node.error("'" + name.substr(0, kMaxNameBytes) + "' is no name: use letters a to z, digits, '_', '.' and '-', at most " +
                     std::to_string(kMaxNameBytes) + hint);
  return name;
}

ClassId parse_voted_class(const ConfigNode& node, const Task& task) {
  return parse_answer(node, [&](const std::string& name) { return task.vote_for(name); });
}

std::vector<ClassId> parse_votes(const ConfigNode& entry, const Task& task) {
  const ConfigNode *votes = entry.find("vote"), *against = entry.find("vote_not");
  if (!votes && !against) entry.at("vote");  // Says that it is missing.
  if (votes && against && !task.is_multi_label()) throw against->error("an LF votes for a class or against one; write two LFs");
  std::vector<ClassId> answers;
  if (votes) add_answers(*votes, task, parse_voted_class, answers);
  if (against) add_answers(*against, task, parse_against, answers);
  sort_answers(answers, entry, task);
  return answers;
}

nlohmann::json canonical_answers(const std::vector<ClassId>& answers) {
  return answers.size() == 1 ? nlohmann::json(answers.front()) : nlohmann::json(answers);
}

std::map<std::string, ClassId, std::less<>> parse_class_of_value(const ConfigNode* classes, const Task& task) {
  if (!classes) return own_names(task);
  ClassOfValue class_of_value;
  for (const auto& [value, name] : classes->entries()) class_of_value[value] = parse_either(name, task);
  return class_of_value;
}

float parse_confidence(const ConfigNode& node) {
  const auto confidence = static_cast<float>(node.number());
  if (!(confidence > 0.0f && confidence <= 1.0f)) throw node.error("expected a number above 0 and at most 1, found '" + node.text() + "'");
  return confidence;
}

std::string source_version(std::string_view engine, const nlohmann::json& asked, const nlohmann::json& classes) {
  return Sha256().update_sized(engine).update_sized(asked.dump()).update_sized(classes.dump()).hex();
}

}  // namespace hone
