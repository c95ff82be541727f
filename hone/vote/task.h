#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/taxonomy.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// What is asked of an example: one of these classes, or, of kind multi-label, which of them.
struct Task {
  std::string kind = "classification";
  std::vector<std::string> classes;             // By class id; at least 2, at most 65,534, no two alike.
  std::map<std::string, double> class_balance;  // What the owner knows of it; shares of named classes, in (0, 1).
  Taxonomy taxonomy = {};                       // Empty: the classes stand side by side. Else its classes are these.
  double certainty = 0.7;                       // With a taxonomy: a label backs off to the deepest node that has so much; above 0.5.

  bool is_multi_label() const { return kind == "multi-label"; }

  /// kNoClass when there is none of that name.
  ClassId find(std::string_view name) const;

  /// Throws kInvalidProject naming the class and the nearest known one.
  ClassId id_of(std::string_view name) const;

  /// What votes may say, numbered.
  Answers answers() const;

  /// "fraud", "payments", "not fraud"; of every answer in their order.
  std::string name_of(ClassId answer) const;
  std::vector<std::string> answer_names() const;

  /// A class or an inner node by its name; kNoClass when there is none.
  ClassId find_group(std::string_view name) const;

  /// The same answer in one form: what leaves a single class is that class. kNoClass for one that says nothing, or leaves none.
  ClassId plain_answer(ClassId answer) const;

  /// What a vote for a class or node says, or against it. Throw kInvalidProject, naming the nearest, when there is none of that name, and
  /// for an answer that says nothing (a node above all classes) or leaves none.
  ClassId vote_for(std::string_view name) const;
  ClassId vote_against(std::string_view name) const;

  /// The same in one text: "fraud", "payments", "not fraud". A class that is itself called so comes first. kNoClass for anything else.
  ClassId find_answer(std::string_view text) const;

  /// Shares by class id: the declared ones, the rest of 1 spread evenly. Empty when nothing was declared. Throws kInvalidProject for a
  /// class that is not there, a share outside (0, 1), and shares that leave nothing for the others or do not add up to 1. REQUIRES: not
  /// multi-label.
  std::vector<double> declared_prior() const;
};

}  // namespace hone
