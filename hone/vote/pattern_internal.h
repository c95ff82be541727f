#pragma once

#include <re2/re2.h>

namespace hone {

/// How every pattern is compiled: UTF-8, groups without captures, silent, within kMaxPatternMemory.
RE2::Options pattern_options();

/// The same with captures.
RE2::Options capturing_options();

}  // namespace hone
