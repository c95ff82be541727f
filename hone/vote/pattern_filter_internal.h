#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// What a text must hold before a pattern can be found in it: of each list at least one literal. Literals are ASCII without
/// capitals and stand in filter_view() of the text. No list at all: nothing can be said, and every text must be tried.
using RequiredLiterals = std::vector<std::vector<std::string>>;

/// REQUIRES: the pattern compiles with pattern_options(). Deterministic.
RequiredLiterals required_literals(std::string_view pattern);

/// The text in lower case where that is ASCII: A to Z, K (Kelvin), İ and ſ become k, i and s; all else stays. REQUIRES: valid UTF-8.
void append_filter_view(std::string_view text, std::string& view);

}  // namespace hone
