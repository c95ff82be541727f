#include "hone/core/suggest.h"

#include <algorithm>

namespace hone {
namespace {

// Optimal string alignment distance (Damerau-Levenshtein without edited transpositions), three rows.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string> known) {
  if (name.size() > 256) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, (name.size() + 2) / 3) + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > 256) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < std::max(name.size(), candidate.size())) {  // Something must be alike.
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, std::span<const std::string> known) {
  const std::string near = nearest_name(name, known);
  if (!near.empty()) return "; did you mean '" + near + "'?";
  if (known.empty()) return "; there are none";
  return "; there are: " + quoted_list(known);
}

std::string quoted_list(std::span<const std::string> items, std::size_t limit) {
  std::string list;
  const std::size_t shown = std::min(items.size(), limit);
  for (std::size_t item = 0; item < shown; ++item) {
    if (item > 0) list += item + 1 == items.size() ? " and " : ", ";
    list += "'" + items[item] + "'";
  }
  if (shown < items.size()) list += " and " + std::to_string(items.size() - shown) + " more";
  return list;
}

}  // namespace hone
