#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/vote_matrix.h"

namespace hone {

/// What is asked of an example: one of these classes.
struct Task {
  std::string kind = "classification";
  std::vector<std::string> classes;             // By class id; at least 2, at most 65,534, no two alike.
  std::map<std::string, double> class_balance;  // What the owner knows of it; shares of named classes, in (0, 1).

  /// kNoClass when there is none of that name.
  ClassId find(std::string_view name) const;

  /// Throws kInvalidProject naming the class and the nearest known one.
  ClassId id_of(std::string_view name) const;

  /// Shares by class id: the declared ones, the rest of 1 spread evenly. Empty when nothing was declared.
  std::vector<double> declared_prior() const;
};

}  // namespace hone
