#include "hone/vote/values_in.h"

#include <algorithm>

#include "hone/core/json.h"
#include "hone/core/text_parts.h"

namespace hone {
namespace {

// The strings of a list; anything else in it as it is written.
std::vector<std::string> values_of_list(const nlohmann::json& list) {
  std::vector<std::string> values;
  for (const nlohmann::json& item : list) values.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  return values;
}

}  // namespace

std::vector<std::string> values_in(std::string_view cell, std::string_view separator) {
  cell = trimmed(cell);
  if (cell.empty()) return {};
  if (cell.front() == '[') {
    const auto list = nlohmann::json::parse(cell, nullptr, /*allow_exceptions=*/false);
    if (list.is_array()) return values_of_list(list);
  }
  if (separator.empty()) return {std::string(cell)};
  std::vector<std::string> values;
  for (std::size_t begin = 0; begin <= cell.size();) {
    const std::size_t end = std::min(cell.find(separator, begin), cell.size());
    if (const std::string_view value = trimmed(cell.substr(begin, end - begin)); !value.empty()) values.emplace_back(value);
    begin = end + separator.size();
  }
  return values;
}

}  // namespace hone
