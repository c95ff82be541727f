#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "hone/eval/slice_discovery.h"

namespace hone {

/// How often a term stands in the rows that are searched, and on how many of them the system is wrong.
struct TermCounts {
  std::uint64_t rows = 0;
  std::uint64_t errors = 0;
};

/// A term with the rows, of all that are given, on which it holds, ascending.
struct TermRows {
  SliceTerm term;
  int words = 0;  // 0 of a field's value.
  TermCounts found;
  std::vector<std::uint32_t> rows;
};

struct TermsAsked {
  std::span<const std::uint8_t> searched;  // By row: 1 where counts are taken.
  std::uint64_t least = 10;                // Searched rows of a term.
  std::size_t most = 600;                  // Terms that are returned.
};

struct FrequentTerms {
  std::uint64_t counted = 0;    // Terms with rows enough.
  std::vector<TermRows> terms;  // Of these the `most` with most evidence of more errors than elsewhere, in that order.
};

/// Words, two and three words in a row, values of fields, and clusters of texts as groups of words. Words of a text beyond the 2,000th are
/// not looked at here.
FrequentTerms frequent_terms(const DiscoveryRows& rows, const TermsAsked& asked);

/// The rows on which conditions hold that ask for all of these terms, ascending: texts are looked through again as the engine does.
std::vector<std::uint32_t> rows_of(const DiscoveryRows& rows, std::span<const SliceTerm> terms);

/// The logarithm of how much better two rates explain the errors inside and outside of a part than one does; 0 unless the part's is the
/// higher one. Half of Wilks' likelihood-ratio statistic G^2 (1938).
double evidence(const TermCounts& part, const TermCounts& whole);

/// A name of letters, digits and underscores that is not in `taken`, where it is put.
std::string slice_name(std::span<const SliceTerm> terms, std::set<std::string>& taken);

/// A line for hone.yaml.
std::string slice_definition(const std::string& name, std::span<const SliceTerm> terms);

}  // namespace hone
