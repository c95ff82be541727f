#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "hone/flow/stages_internal.h"

namespace hone {

/// What the grade stage keeps of rows on which an evaluator failed, beside its votes for the classes of grading_task().
inline constexpr ClassId kFailedGrade = 2;

/// The criteria of hone.yaml (evaluate.criteria) on all rows and on each slice: [{"criterion", "evaluator", "kind", "otherwise",
/// "failures", "people", "people_drawn" (how people's rows came: evenly or otherwise), "cells": [{"slice" (null: all rows), "n", "raw",
/// "agreement", "corrected", "note"}]}], numbers as docs/json.md has them. `clusters` as read_clusters() gives them.
nlohmann::json criteria_json(const StageContext& context, const Dataset& dataset, std::span<const std::uint32_t> clusters);

/// What they say in hone.yaml, as a part of the stage's key.
std::string criteria_part(const Project& project);

}  // namespace hone
