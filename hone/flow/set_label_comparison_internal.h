#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hone/flow/main_path.h"

namespace hone {

/// compare_label_models() of a multi-label task: each label model for every class on the same sources, as the label stage does it; measured
/// over whole rows, by class, and by F1 over all classes. The choice goes by micro F1: where rows hold several classes, few models have
/// whole rows right, and how many answers are right tells more. REQUIRES: the records up to the vote stage.
nlohmann::json compare_set_label_models(const StageContext& context);

}  // namespace hone
