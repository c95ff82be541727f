#pragma once

#include "hone/core/config.h"
#include "hone/flow/project.h"

namespace hone {

/// A number from 0 to 1. Throws kInvalidProject with its place, as below.
double read_share(const ConfigNode& node);

/// The section `evaluate` of hone.yaml: what is shown, what is compared with, gates and criteria. What it does not name stays.
/// Evaluators that are sources are read as sources are; `read` reads the files that they name. REQUIRES: the project's task, model and
/// slices are read.
void read_evaluate(const ConfigNode& node, Project& project, const FileReader& read);

}  // namespace hone
