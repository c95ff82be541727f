#pragma once

#include "hone/core/json.h"
#include "hone/vote/vote_stage.h"

namespace hone {

/// {"count": 2, "first": [{"row": 7, "what": "…"}]}
inline nlohmann::json failures_json(const ApplyFailures& failures) {
  nlohmann::json first = nlohmann::json::array();
  for (const ApplyFailures::Example& example : failures.first) first.push_back({{"row", example.example}, {"what", example.what}});
  return {{"count", failures.count}, {"first", first}};
}

}  // namespace hone
