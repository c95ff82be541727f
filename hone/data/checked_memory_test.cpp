#include "hone/data/checked_memory.h"

#include <gtest/gtest.h>

#include <new>

namespace hone {
namespace {

TEST(CheckedMemory, ThrowsWhereMemoryEnds) {
  std::uint8_t* room = nullptr;
  EXPECT_THROW(static_cast<void>(checked_memory()->Allocate(std::int64_t{1} << 60, &room)), std::bad_alloc);
  ASSERT_TRUE(checked_memory()->Allocate(64, &room).ok());
  EXPECT_THROW(static_cast<void>(checked_memory()->Reallocate(64, std::int64_t{1} << 60, &room)), std::bad_alloc);
  checked_memory()->Free(room, 64);
}

TEST(CheckedMemory, IsTheDefaultPoolInAllElse) {
  const std::int64_t before = arrow::default_memory_pool()->bytes_allocated();
  std::uint8_t* room = nullptr;
  ASSERT_TRUE(checked_memory()->Allocate(4096, &room).ok());
  EXPECT_EQ(arrow::default_memory_pool()->bytes_allocated(), before + 4096);
  checked_memory()->Free(room, 4096);
  EXPECT_EQ(checked_memory()->bytes_allocated(), before);
}

}  // namespace
}  // namespace hone
