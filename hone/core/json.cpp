#include "hone/core/json.h"

NLOHMANN_JSON_NAMESPACE_BEGIN
template class basic_json<>;
namespace detail {
template class serializer<json>;
template class parser<json, iterator_input_adapter<std::string::const_iterator>>;
template class parser<json, iterator_input_adapter<std::string_view::const_iterator>>;
}  // namespace detail
NLOHMANN_JSON_NAMESPACE_END
