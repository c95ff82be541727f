#include "hone/label_model/options_internal.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"

namespace hone {

OptionReader::OptionReader(std::string_view model, const nlohmann::json& options) : model_(model), options_(options) {
  if (!options.is_object() && !options.is_null())
    throw Error(ErrorCode::kInvalidArgument, "options of label model '" + model_ + "' must be named values, not " + options.type_name());
}

const nlohmann::json* OptionReader::find(std::string_view name) {
  known_.emplace_back(name);
  const auto found = options_.find(known_.back());
  return found == options_.end() ? nullptr : &*found;
}

void OptionReader::refuse(std::string_view name, const char* expected, const nlohmann::json& found) const {
  throw Error(ErrorCode::kInvalidArgument,
              "option '" + std::string(name) + "' of label model '" + model_ + "' must be " + expected + ", not " + found.dump());
}

void OptionReader::number(std::string_view name, double& value) {
  const nlohmann::json* found = find(name);
  if (found == nullptr) return;
  if (!found->is_number()) refuse(name, "a number", *found);
  value = found->get<double>();
}

void OptionReader::integer(std::string_view name, int& value) {
  const nlohmann::json* found = find(name);
  if (found == nullptr) return;
  if (!found->is_number_integer()) refuse(name, "a whole number", *found);
  const auto wide = found->get<std::int64_t>();
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) refuse(name, "a whole number of 32 bits", *found);
  value = static_cast<int>(wide);
}

void OptionReader::finish() const {
  if (options_.is_null()) return;
  for (const auto& [name, value] : options_.items()) {
    if (std::ranges::find(known_, name) == known_.end())
      throw Error(ErrorCode::kInvalidArgument, "label model '" + model_ + "' has no option '" + name + "'" + suggestion(name, known_));
  }
}

}  // namespace hone
