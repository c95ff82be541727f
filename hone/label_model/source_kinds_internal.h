#pragma once

#include <span>
#include <vector>

#include "hone/label_model/fit_rows_internal.h"
#include "hone/label_model/label_model.h"

namespace hone {

/// By source, whether it is *selective*: it fires for some classes only, as a keyword rule does, so that its silence is no opinion and
/// its vote says nothing about how it would have voted elsewhere. The others are *complete*: when they vote they could have named any
/// class (a person, a judge, a classifier). What is declared holds; for the rest the votes decide, in doubt for complete.
std::vector<bool> selective_sources(const FitRows& fit, const TokenTable& tokens, std::size_t classes,
                                    std::span<const SourceKind> declared);

}  // namespace hone
