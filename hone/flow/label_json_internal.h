#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hone/vote/soft_labels.h"

namespace hone {

/// The classes that a pattern lists with their probabilities: {"card": 0.75, "fraud": 0.25}.
inline nlohmann::json probabilities_json(const SoftLabels& labels, std::size_t pattern, const std::vector<std::string>& classes) {
  nlohmann::json shares = nlohmann::json::object();
  const auto listed = labels.listed_classes(pattern);
  for (std::size_t place = 0; place < listed.size(); ++place) shares[classes[listed[place]]] = labels.listed_probabilities(pattern)[place];
  return shares;
}

/// Examples that have a label.
inline std::uint64_t covered_examples(const SoftLabels& labels) {
  std::uint64_t covered = 0;
  for (std::size_t example = 0; example < labels.examples(); ++example) covered += labels.hard(example) != kNoClass;
  return covered;
}

}  // namespace hone
