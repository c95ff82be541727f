#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/flow/table_writer.h"
#include "hone/flow/workspace.h"
#include "hone/vote/soft_labels.h"
#include "hone/vote/task.h"

namespace hone {

/// ["card", "fraud"]
inline nlohmann::json class_names(std::span<const ClassId> classes, const std::vector<std::string>& names) {
  nlohmann::json list = nlohmann::json::array();
  for (const ClassId id : classes) list.push_back(names[id]);
  return list;
}

/// The classes that a pattern lists with their probabilities: {"card": 0.75, "fraud": 0.25}.
inline nlohmann::json probabilities_json(const SoftLabels& labels, std::size_t pattern, const std::vector<std::string>& classes) {
  nlohmann::json shares = nlohmann::json::object();
  const auto listed = labels.listed_classes(pattern);
  for (std::size_t place = 0; place < listed.size(); ++place) shares[classes[listed[place]]] = labels.listed_probabilities(pattern)[place];
  return shares;
}

/// The probabilities of one pattern as a cell of an exported table: in Parquet those of all classes in their order; else by name, of all
/// classes where they are no more than a pattern can list, so that every row has the same keys.
inline nlohmann::json probabilities_cell(const SoftLabels& labels, std::size_t pattern, const std::vector<std::string>& classes,
                                         TableFormat format) {
  if (format != TableFormat::kParquet && classes.size() > SoftLabels::kMaxListed) return probabilities_json(labels, pattern, classes);
  nlohmann::json cell = format == TableFormat::kParquet ? nlohmann::json::array() : nlohmann::json::object();
  for (std::size_t place = 0; place < classes.size(); ++place) {
    const double share = labels.probability_in_pattern(pattern, static_cast<ClassId>(place));
    format == TableFormat::kParquet ? cell.push_back(share) : void(cell[classes[place]] = share);
  }
  return cell;
}

/// The same for a class that is known.
inline nlohmann::json certain_cell(ClassId known, const std::vector<std::string>& classes, TableFormat format) {
  if (format != TableFormat::kParquet && classes.size() > SoftLabels::kMaxListed) return {{classes[known], 1.0}};
  nlohmann::json cell = format == TableFormat::kParquet ? nlohmann::json::array() : nlohmann::json::object();
  for (std::size_t place = 0; place < classes.size(); ++place) {
    const double share = place == known ? 1.0 : 0.0;
    format == TableFormat::kParquet ? cell.push_back(share) : void(cell[classes[place]] = share);
  }
  return cell;
}

/// What is known of a row: a class or node, of a multi-label task the list of its classes; null where nothing is. `names` by answer.
inline nlohmann::json gold_json(const Gold& gold, std::size_t row, const std::vector<std::string>& names) {
  if (!gold.sets.empty()) return gold.sets.known(row) ? class_names(gold.sets.of(row), names) : nlohmann::json();
  if (!gold.classes.empty() && gold.classes[row] != kNoClass) return names[gold.classes[row]];
  if (!gold.groups.empty() && gold.groups[row] != kNoClass) return names[gold.groups[row]];
  return nullptr;
}

/// The deepest node or class that is certain enough for the task, with its probability: {"class": "fees", "probability": 0.8}; null where
/// there is none, or no label.
inline nlohmann::json node_json(const Task& task, const SoftLabels& labels, std::size_t pattern) {
  const ClassId answer = task.taxonomy.certain_answer(labels, pattern, task.certainty);
  if (answer == kNoClass) return nullptr;
  return {{"class", task.name_of(answer)}, {"probability", task.taxonomy.probability(labels, pattern, answer)}};
}

/// Examples that have a label.
inline std::uint64_t covered_examples(const SoftLabels& labels) {
  std::uint64_t covered = 0;
  for (std::size_t example = 0; example < labels.examples(); ++example) covered += labels.hard(example) != kNoClass;
  return covered;
}

}  // namespace hone
