#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

// nlohmann::json, made into machine code once (json.cpp) rather than in every file that uses it: half of what such a file costs to compile,
// and more under the sanitizers. Include this in its place.
NLOHMANN_JSON_NAMESPACE_BEGIN
extern template class basic_json<>;
namespace detail {
extern template class serializer<json>;
extern template class parser<json, iterator_input_adapter<std::string::const_iterator>>;
extern template class parser<json, iterator_input_adapter<std::string_view::const_iterator>>;
}  // namespace detail
NLOHMANN_JSON_NAMESPACE_END
