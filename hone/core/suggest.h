#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// The known name most like `name` (edit distance with transpositions at most a third of its length), or
/// nothing: what an error message may offer as "did you mean".
std::string nearest_name(std::string_view name, std::span<const std::string> known);

/// "; did you mean 'label'?" or, when nothing is near, "; there are: id, text, label".
std::string suggestion(std::string_view name, std::span<const std::string> known);

/// "a, b and c" with every item quoted; at most `limit` of them, then "and 12 more".
std::string quoted_list(std::span<const std::string> items, std::size_t limit = 12);

}  // namespace hone
