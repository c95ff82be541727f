#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hone/flow/derived_slices.h"
#include "hone/flow/workspace.h"

namespace hone {

/// Of a multi-label task: the least sure of a row's classes; of a row without any, certain.
double confidence_of(const SoftSets& labels, std::uint32_t row);

/// What the systems say, for slices that ask: the trained model, or the labels where `predictions` is null. Borrows both.
SystemsSaid systems_said(const SoftLabels& labels, const SoftLabels* predictions);
SystemsSaid systems_said(const SoftSets& labels);

/// The rows of a slice of hone.yaml, ascending: of a condition, of a value of a column ("product: card"), or by what the systems said in
/// the last run. `dataset` is the current one, `data` the record that made it, and the votes are up to date. Throws kNotFound for a name
/// that is none, naming the nearest, and where the last run was on other data, or there is none, saying what to run.
std::vector<std::uint32_t> rows_of_slice(Workspace& workspace, const RunRecord& data, const Dataset& dataset, const std::string& name);

}  // namespace hone
