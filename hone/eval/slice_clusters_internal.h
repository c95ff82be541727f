#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hone/eval/slice_discovery.h"
#include "hone/eval/slice_words_internal.h"

namespace hone {

/// Clusters of alike texts, each as the words that define it: terms of kind kTextCluster, which hold where so many of the words stand.
/// Looks at the texts of rows that are searched (by row, 1) alone, at no errors, and at no more than 10,000 rows, drawn by a keyed hash of
/// their ids. A cluster has `least` rows of all that are searched, as far as those that were drawn tell. One that no few words come near to
/// is left out, and one that a single word says as well. The same rows in any order give the same.
///
/// O(rows x words of a text x clusters).
std::vector<SliceTerm> text_clusters(const TokenizedTexts& texts, std::span<const std::string> ids, std::span<const std::uint8_t> searched,
                                     std::uint64_t least);

/// The rows on which each of these terms, all of kind kTextCluster, holds; ascending.
std::vector<std::vector<std::uint32_t>> rows_of_text_clusters(const TokenizedTexts& texts, std::span<const SliceTerm> groups);

}  // namespace hone
