#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hone/data/dataset.h"

namespace hone {

/// A row's values in some columns as text; null: absent.
using RowTexts = std::vector<std::optional<std::string>>;

/// These columns of these rows, in order. Reads only the row groups that hold one of them, so that some hundred rows of a large
/// dataset cost little. Throws kNotFound for a column that is not there. REQUIRES: rows ascend, each once, and are below dataset.rows().
///
///   const auto texts = row_texts(dataset, rows, std::vector<std::string>{"hone_id", "body"});
std::vector<RowTexts> row_texts(const Dataset& dataset, std::span<const std::uint32_t> rows, std::span<const std::string> columns);

}  // namespace hone
