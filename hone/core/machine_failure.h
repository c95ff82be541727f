#pragma once

#include <new>
#include <system_error>

#include "hone/core/error.h"

namespace hone {

/// Does the work; where the standard library says that the machine is short of memory, threads or something else, throws kIo in words.
template <typename Work>
auto in_our_words(const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kIo, "memory ran out: close other programs, or use a machine with more memory");
  } catch (const std::system_error& failure) {
    throw Error(ErrorCode::kIo, failure.what());
  }
}

}  // namespace hone
