#pragma once

#include <cstddef>
#include <functional>

namespace hone {

/// Runs work(block) for every block in 0..blocks-1 on up to `threads` threads (0: as many as the
/// machine has). Blocks must write to places of their own; the caller chooses their number from the
/// data alone, never from the threads, and adds what they found in block order: then results do not
/// depend on the number of threads. If blocks throw, the exception of the lowest one is rethrown
/// after all running blocks ended; blocks not yet begun may be skipped.
void parallel_for(std::size_t blocks, int threads, const std::function<void(std::size_t)>& work);

/// As many as the machine has cores, at least 1, when `asked` is 0; else `asked`.
int thread_count(int asked);

/// Half-open range of items that belongs to `block` when `items` are cut into `blocks` even parts.
struct BlockRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};
BlockRange block_range(std::size_t items, std::size_t blocks, std::size_t block);

}  // namespace hone
