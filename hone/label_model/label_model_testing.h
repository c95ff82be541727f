#pragma once

#include <cstdint>
#include <vector>

#include "hone/core/random.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/vote_matrix.h"
#include "hone/vote/vote_patterns.h"

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

inline VotePatterns patterns_of(const KnownVotes& known, std::size_t classes) {
  return VotePatterns(votes_in_rows(known.rows, classes, known.rows.front().size()));
}

/// Of all rows; one without a label is wrong.
inline double share_right(const SoftLabels& labels, const std::vector<ClassId>& truth) {
  double right = 0.0;
  for (std::size_t row = 0; row < truth.size(); ++row) right += labels.hard(row) == truth[row];
  return right / static_cast<double>(truth.size());
}

/// Votes for classes and for sets of them, and the truth. The sources for classes come first.
struct KnownSets {
  Answers answers;
  std::vector<SourceVotes> votes;  // By source.
  std::vector<ClassId> truth;
  std::size_t class_sources = 0;

  VoteMatrix matrix() const { return VoteMatrix(truth.size(), answers, votes); }
  /// The votes for classes alone.
  VoteMatrix without_sets() const {
    std::vector<SourceVotes> some = votes;
    for (std::size_t source = class_sources; source < some.size(); ++source) some[source] = {};
    return VoteMatrix(truth.size(), answers, some);
  }
};

/// A source that votes for one answer: on a share `right` of the examples whose class it leaves possible, and on a share `wrong` of the
/// others.
struct OneAnswer {
  ClassId answer = 0;
  double right = 0.0, wrong = 0.0;
};

/// Even classes in two groups of neighbours; a source for each of `accuracies`, as in votes_of_known_sources() with coverage one half, and
/// one for each of `sets`.
inline KnownSets votes_of_known_sets(const std::vector<double>& accuracies, const std::vector<OneAnswer>& sets, std::size_t examples,
                                     std::size_t classes, std::uint64_t seed) {
  const auto half = static_cast<ClassId>(classes / 2), all = static_cast<ClassId>(classes);
  const KnownVotes known = votes_of_known_sources(accuracies, examples, classes, 0.5, seed);
  RandomStream random(seed, "test.sets");
  KnownSets made{Answers(classes, {{0, half}, {half, all}}), std::vector<SourceVotes>(accuracies.size() + sets.size()), known.truth,
                 accuracies.size()};
  for (std::uint32_t example = 0; example < examples; ++example) {
    const auto cast = [&](std::size_t source, int answer) {
      if (answer < 0) return;
      made.votes[source].examples.push_back(example);
      made.votes[source].classes.push_back(static_cast<ClassId>(answer));
    };
    for (std::size_t source = 0; source < accuracies.size(); ++source) cast(source, known.rows[example][source]);
    for (std::size_t set = 0; set < sets.size(); ++set) {
      const bool holds = made.answers.allows(sets[set].answer, known.truth[example]);
      cast(accuracies.size() + set, random.uniform() < (holds ? sets[set].right : sets[set].wrong) ? sets[set].answer : -1);
    }
  }
  return made;
}

}  // namespace hone
