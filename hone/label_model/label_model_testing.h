#pragma once

#include <cstdint>
#include <vector>

#include "hone/core/random.h"
#include "hone/vote/vote_matrix.h"

namespace hone {

/// Votes written as a table: a row per example, a column per source, -1 for no vote.
inline VoteMatrix votes_in_rows(const std::vector<std::vector<int>>& rows, std::size_t classes, std::size_t sources) {
  std::vector<SourceVotes> by_source(sources);
  for (std::size_t example = 0; example < rows.size(); ++example) {
    for (std::size_t source = 0; source < sources; ++source) {
      if (rows[example][source] < 0) continue;
      by_source[source].examples.push_back(static_cast<std::uint32_t>(example));
      by_source[source].classes.push_back(static_cast<ClassId>(rows[example][source]));
    }
  }
  return VoteMatrix(rows.size(), classes, by_source);
}

/// Votes whose makers are known, and the truth they were about: even classes; each source votes on a share `coverage` of
/// the examples, is right with its own accuracy and otherwise names any other class.
struct KnownVotes {
  std::vector<std::vector<int>> rows;
  std::vector<ClassId> truth;
};
inline KnownVotes votes_of_known_sources(const std::vector<double>& accuracies, std::size_t examples, std::size_t classes, double coverage,
                                         std::uint64_t seed) {
  RandomStream random(seed, "test.votes");
  KnownVotes known;
  for (std::size_t example = 0; example < examples; ++example) {
    const std::uint64_t truth = random.below(classes);
    std::vector<int> row;
    for (double accuracy : accuracies) {
      const bool votes = random.uniform() < coverage, right = random.uniform() < accuracy;
      const std::uint64_t wrong = (truth + 1 + random.below(classes - 1)) % classes;
      row.push_back(votes ? static_cast<int>(right ? truth : wrong) : -1);
    }
    known.rows.push_back(std::move(row));
    known.truth.push_back(static_cast<ClassId>(truth));
  }
  return known;
}

}  // namespace hone
