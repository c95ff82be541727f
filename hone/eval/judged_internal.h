#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "hone/eval/evaluation.h"

namespace hone {

/// Throws kInvalidArgument when gold or groups do not fit the labels.
void check_judged(const Judged& judged);

/// Those of `rows` that have gold. Throws kInvalidArgument for a row out of range or gold that is no class.
std::vector<std::uint32_t> with_gold(const Judged& judged, std::span<const std::uint32_t> rows);

/// The group of each row; its own number where examples stand alone.
std::vector<std::uint32_t> groups_of(const Judged& judged, std::span<const std::uint32_t> rows);

/// Whether any two of these rows hang together.
bool hang_together(const Judged& judged, std::span<const std::uint32_t> rows);

}  // namespace hone
