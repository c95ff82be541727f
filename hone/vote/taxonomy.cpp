#include "hone/vote/taxonomy.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>

#include "hone/core/suggest.h"

namespace hone {
namespace {

// Classes and groups have numbers of 16 bits.
constexpr std::size_t kMostNames = kNoClass - 1;

std::string in_quotes(const std::string& name) { return "'" + name + "'"; }

// {class: NAME, parent: NAME}, the form that lists nodes.
bool is_listed(const ConfigNode& item) {
  const ConfigNode* name = item.is_map() ? item.find("class") : nullptr;
  return name && name->is_scalar();
}

// A node of the list, before the tree stands.
struct Listed {
  std::string name, parent;
  const ConfigNode* where = nullptr;
  std::vector<std::size_t> below;
};

}  // namespace

class TaxonomyReader {
 public:
  Taxonomy read(const ConfigNode& tree) {
    if (tree.is_list() && !tree.items().empty() && is_listed(tree.items().front()))
      read_list(tree);
    else
      read_below(tree, -1);
    if (tree_.classes_.size() < 2)
      throw tree.error("a taxonomy needs at least two classes; list them, as in [card, {fraud: [phishing, theft]}]");
    return std::move(tree_);
  }

 private:
  struct Seen {
    int parent = -1;
    int line = 0;
  };

  // Adds a name to the tree; the place of the first is named when it stands there twice.
  void add_name(const std::string& name, int parent, const ConfigNode& where) {
    if (name.empty()) throw where.error("a class needs a name; take the empty one out");
    const auto [seen, is_new] = seen_.try_emplace(name, Seen{parent, where.line()});
    if (!is_new) throw twice(name, parent, seen->second, where);
    if (seen_.size() > kMostNames)
      throw where.error("a taxonomy has at most 65,534 classes and inner nodes; join those that are seldom told apart");
  }

  Error twice(const std::string& name, int parent, const Seen& first, const ConfigNode& where) const {
    const std::string line = " (line " + std::to_string(first.line) + ")";
    if (first.parent == parent) return where.error(in_quotes(name) + " stands here twice" + line + "; take one out");
    return where.error(in_quotes(name) + " stands below both " + place(first.parent) + line + " and " + place(parent) +
                       "; a class has one parent: take one out, or give them two names");
  }
  std::string place(int node) const { return node < 0 ? "the top" : in_quotes(tree_.nodes_[static_cast<std::size_t>(node)].name); }

  void add_class(const std::string& name, int parent, const ConfigNode& where) {
    add_name(name, parent, where);
    tree_.classes_.push_back(name);
    tree_.parent_.push_back(parent);
  }

  // The node's classes are those that are read until end_node().
  int begin_node(const std::string& name, int parent, const ConfigNode& where) {
    add_name(name, parent, where);
    const int level = parent < 0 ? 1 : tree_.nodes_[static_cast<std::size_t>(parent)].level + 1;
    if (level >= Taxonomy::kMostLevels)
      throw where.error(in_quotes(name) + " lies too deep: a taxonomy has at most " + std::to_string(Taxonomy::kMostLevels) +
                        " levels, classes included; leave out levels that nobody votes for");
    const auto next = static_cast<ClassId>(tree_.classes_.size());
    tree_.nodes_.push_back({name, parent, level, {next, next}});
    return static_cast<int>(tree_.nodes_.size() - 1);
  }
  void end_node(int node, const ConfigNode& where) {
    Taxonomy::Node& ended = tree_.nodes_[static_cast<std::size_t>(node)];
    ended.classes.end = static_cast<ClassId>(tree_.classes_.size());
    if (ended.classes.size() == 0)
      throw where.error(in_quotes(ended.name) + " has no classes below it; list them, or write its name alone where it is a class itself");
  }

  void read_node(const std::string& name, const ConfigNode& below, int parent) {
    const int node = begin_node(name, parent, below);
    if (below.is_scalar())
      throw below.error("expected the classes below " + in_quotes(name) + " as a list, found '" + below.text() + "'; write [" +
                        below.text() + "]");
    if (!below.is_null()) read_below(below, node);
    end_node(node, below);
  }

  void read_below(const ConfigNode& tree, int parent) {
    if (tree.is_map()) {
      for (const auto& [name, below] : tree.entries()) read_node(name, below, parent);
      return;
    }
    for (const ConfigNode& item : tree.items()) {
      if (item.is_map())
        read_below(item, parent);
      else
        add_class(item.text(), parent, item);
    }
  }

  void read_list(const ConfigNode& list) {
    for (const ConfigNode& item : list.items()) take_listed(item);
    std::vector<std::size_t> top;
    for (std::size_t place = 0; place < listed_.size(); ++place) {
      const Listed& here = listed_[place];
      here.parent.empty() ? top.push_back(place) : listed_[parent_of(here)].below.push_back(place);
    }
    for (const std::size_t place : top) grow(place, -1);
    for (const Listed& here : listed_)
      if (!seen_.contains(here.name)) throw here.where->error(circle(here));
  }

  void take_listed(const ConfigNode& item) {
    if (!is_listed(item)) throw item.error("expected {class: NAME, parent: NAME} as in the entries before it");
    item.allow_keys({"class", "parent"});
    Listed here{.name = item.at("class").text(), .parent = {}, .where = &item, .below = {}};
    if (const ConfigNode* parent = item.find("parent")) here.parent = parent->text();
    const auto [known, is_new] = places_.try_emplace(here.name, listed_.size());
    if (!is_new) throw listed_twice(listed_[known->second], here);
    listed_.push_back(std::move(here));
  }

  static Error listed_twice(const Listed& first, const Listed& again) {
    const std::string line = " (line " + std::to_string(first.where->line()) + ")";
    if (first.parent == again.parent) return again.where->error(in_quotes(again.name) + " stands here twice" + line + "; take one out");
    const auto place = [](const Listed& listed) { return listed.parent.empty() ? "the top" : in_quotes(listed.parent); };
    return again.where->error(in_quotes(again.name) + " stands below both " + place(first) + line + " and " + place(again) +
                              "; a class has one parent: take one out, or give them two names");
  }

  std::size_t parent_of(const Listed& here) const {
    if (const auto parent = places_.find(here.parent); parent != places_.end()) return parent->second;
    std::vector<std::string> names;
    for (const Listed& listed : listed_) names.push_back(listed.name);
    throw here.where->at("parent").error("no class named " + in_quotes(here.parent) + " in the list" + suggestion(here.parent, names) +
                                         "; add {class: " + here.parent + "}");
  }

  void grow(std::size_t place, int parent) {
    const Listed& here = listed_[place];
    if (here.below.empty()) return add_class(here.name, parent, *here.where);
    const int node = begin_node(here.name, parent, *here.where);
    for (const std::size_t child : here.below) grow(child, node);
    end_node(node, *here.where);
  }

  // What nothing at the top leads to stands below itself.
  std::string circle(const Listed& from) const {
    std::vector<const Listed*> walked;
    const Listed* at = &from;
    for (; std::ranges::find(walked, at) == walked.end(); at = &listed_[parent_of(*at)]) walked.push_back(at);
    walked.erase(walked.begin(), std::ranges::find(walked, at));
    std::string said = in_quotes(walked.front()->name) + " stands below itself";
    for (std::size_t step = 1; step < std::min<std::size_t>(walked.size(), 4); ++step)
      said += (step == 1 ? ", by way of " : ", ") + in_quotes(walked[step]->name);
    return said + "; one of them belongs at the top, without a parent";
  }

  Taxonomy tree_;
  std::map<std::string, Seen> seen_;
  std::vector<Listed> listed_;
  std::map<std::string, std::size_t> places_;  // In listed_.
};

Taxonomy Taxonomy::parse(const ConfigNode& tree) { return TaxonomyReader().read(tree); }

std::vector<ClassRange> Taxonomy::groups() const {
  std::vector<ClassRange> ranges;
  for (const Node& node : nodes_) ranges.push_back(node.classes);
  return ranges;
}

int Taxonomy::levels() const {
  int most = 1;
  for (const Node& node : nodes_) most = std::max(most, node.level + 1);
  return most;
}

int Taxonomy::level_of(ClassId answer) const {
  if (answer >= classes_.size()) return nodes_[answer - classes_.size()].level;
  const int parent = parent_[answer];
  return parent < 0 ? 1 : nodes_[static_cast<std::size_t>(parent)].level + 1;
}

std::vector<std::size_t> Taxonomy::above(ClassId class_id) const {
  std::vector<std::size_t> path;
  for (int node = parent_[class_id]; node >= 0; node = nodes_[static_cast<std::size_t>(node)].parent)
    path.push_back(static_cast<std::size_t>(node));
  std::ranges::reverse(path);
  return path;
}

ClassId Taxonomy::at_level(ClassId answer, int level) const {
  while (level_of(answer) > level) {
    const int parent = answer < classes_.size() ? parent_[answer] : nodes_[answer - classes_.size()].parent;
    answer = static_cast<ClassId>(classes_.size() + static_cast<std::size_t>(parent));
  }
  return answer;
}

double Taxonomy::probability(const SoftLabels& labels, std::size_t pattern, ClassId answer) const {
  if (answer < classes_.size()) return labels.probability_in_pattern(pattern, answer);
  const ClassRange range = nodes_[answer - classes_.size()].classes;
  const auto listed = labels.listed_classes(pattern);
  double sum = 0.0;
  std::size_t inside = 0;
  for (std::size_t place = 0; place < listed.size(); ++place) {
    if (!range.holds(listed[place])) continue;
    sum += labels.listed_probabilities(pattern)[place];
    ++inside;
  }
  const std::size_t unlisted = classes_.size() - listed.size();
  if (unlisted > 0) sum += labels.rest(pattern) * static_cast<double>(range.size() - inside) / static_cast<double>(unlisted);
  return std::min(sum, 1.0);
}

ClassId Taxonomy::certain_answer(const SoftLabels& labels, std::size_t pattern, double certainty) const {
  assert(certainty > 0.5);
  if (labels.hard_of_pattern(pattern) == kNoClass) return kNoClass;
  ClassId deepest = kNoClass;
  int level = 0;
  const auto take = [&](ClassId answer) {
    if (level_of(answer) <= level || probability(labels, pattern, answer) < certainty) return;
    deepest = answer;
    level = level_of(answer);
  };
  // Of two answers that are certain enough one lies within the other, since more than half of the mass cannot lie in two places.
  for (std::size_t node = 0; node < nodes_.size(); ++node) take(static_cast<ClassId>(classes_.size() + node));
  for (const ClassId class_id : labels.listed_classes(pattern)) take(class_id);
  return deepest;
}

}  // namespace hone
