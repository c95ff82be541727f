#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "hone/core/json.h"
#include "hone/data/dataset.h"
#include "hone/flow/derived_slices.h"

namespace hone {

/// Errors that a report carries: enough for one sitting.
inline constexpr std::size_t kErrorsToRead = 20;
/// A slice with fewer rows with gold gets no verdict (statistics: least items).
inline constexpr std::uint64_t kLeastItems = 30;

/// An evaluation in which nothing is measured yet: every key that docs/json.md lists, null or empty but for the last two.
nlohmann::json evaluation_without_numbers(const std::string& method, const nlohmann::json& notes);

/// A slice before anything is measured on it: how many of its rows are in each split, and the note that there is no gold.
nlohmann::json slice_without_numbers(const std::string& name, std::span<const std::uint32_t> members, std::span<const Split> splits);

/// Why so many rows with gold allow no verdict; empty when they do.
std::string note_on_slice(std::uint64_t rows);

/// The same slice with what is told of a derived one.
nlohmann::json with_definition(nlohmann::json slice, const DerivedRows& derived);

/// How intervals came about, in a sentence or two; `clustered`: rows hang together.
std::string intervals_in_words(bool clustered);

}  // namespace hone
