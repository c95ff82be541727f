#pragma once

#include <arrow/memory_pool.h>

namespace hone {

/// Arrow's own pool, but where memory ends it throws std::bad_alloc. Every Parquet file is written with it: the library's
/// dictionaries drop the status of an allocation and go on to write through a null pointer (seen in 26.0.1). Any thread.
arrow::MemoryPool* checked_memory();

}  // namespace hone
