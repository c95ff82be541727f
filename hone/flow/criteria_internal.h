#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "hone/flow/stages_internal.h"

namespace hone {

/// The criteria of hone.yaml (evaluate.criteria) on all rows and on each slice: [{"criterion", "evaluator", "people", "method" (how
/// people's rows came: evenly or otherwise), "cells": [{"slice" (null: all rows), "n", "raw", "agreement", "corrected", "note"}]}], numbers
/// as docs/json.md has them. `clusters` as read_clusters() gives them.
nlohmann::json criteria_json(const StageContext& context, const Dataset& dataset, std::span<const std::uint32_t> clusters);

/// What they say in hone.yaml, as a part of the stage's key.
std::string criteria_part(const Project& project);

}  // namespace hone
