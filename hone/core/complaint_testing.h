#pragma once

#include <gtest/gtest.h>

#include <string>

#include "hone/core/error.h"

namespace hone {

/// What is said by an operation that must fail with this code; "none" when it does not fail.
template <typename Do>
std::string complaint_of(ErrorCode code, const Do& it) {
  try {
    it();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  return "none";
}

/// The same of whatever ends it.
template <typename Do>
std::string complaint_of(const Do& it) {
  try {
    it();
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace hone
