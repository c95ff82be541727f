#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hone/eval/evaluation.h"
#include "hone/flow/label_evaluation_internal.h"
#include "hone/flow/measured_internal.h"
#include "hone/flow/slice_findings_internal.h"

namespace hone {

/// A row as it is shown.
struct ShownText {
  std::string id, text;
};

/// A vote that gold contradicts.
struct WrongVote {
  std::uint32_t row = 0;
  ClassId voted = kNoClass;
};

/// Rows that a report shows, with their texts: of the readable split and, wrong votes, of valid and train.
struct ShownRows {
  std::vector<Confusion> confusions;
  std::vector<std::uint32_t> confident, errors;
  std::vector<std::vector<WrongVote>> wrong_votes;  // By source.
  std::vector<ContestedRow> contested;
  std::optional<SliceFindings> slices;
  std::map<std::uint32_t, ShownText> texts;  // By row.
};

/// Never of the test split. Reads the texts.
ShownRows rows_to_read(const Measured& measured, const std::vector<Split>& splits);

/// The keys of an evaluation that are to be read and learned from: errors, confusions, clarity, discovered slices (docs/json.md).
void add_errors(const Measured& measured, const ShownRows& shown, nlohmann::json& json);

/// Rows whose votes contradict each other, and by source its first wrong votes.
nlohmann::json contested_json(const Measured& measured, const ShownRows& shown);
nlohmann::json wrong_votes_json(const Measured& measured, const ShownRows& shown);

}  // namespace hone
