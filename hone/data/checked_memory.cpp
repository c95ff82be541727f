#include "hone/data/checked_memory.h"

#include <new>
#include <string>

namespace hone {
namespace {

class CheckedMemory final : public arrow::MemoryPool {
 public:
  using arrow::MemoryPool::Allocate;
  using arrow::MemoryPool::Free;
  using arrow::MemoryPool::Reallocate;

  arrow::Status Allocate(std::int64_t size, std::int64_t alignment, std::uint8_t** out) override {
    return checked(pool_->Allocate(size, alignment, out));
  }
  arrow::Status Reallocate(std::int64_t old_size, std::int64_t new_size, std::int64_t alignment, std::uint8_t** pointer) override {
    return checked(pool_->Reallocate(old_size, new_size, alignment, pointer));
  }
  void Free(std::uint8_t* buffer, std::int64_t size, std::int64_t alignment) override { pool_->Free(buffer, size, alignment); }
  void ReleaseUnused() override { pool_->ReleaseUnused(); }
  std::int64_t bytes_allocated() const override { return pool_->bytes_allocated(); }
  std::int64_t max_memory() const override { return pool_->max_memory(); }
  std::int64_t total_bytes_allocated() const override { return pool_->total_bytes_allocated(); }
  std::int64_t num_allocations() const override { return pool_->num_allocations(); }
  std::string backend_name() const override { return pool_->backend_name(); }

 private:
  static arrow::Status checked(arrow::Status status) {
    if (status.IsOutOfMemory()) throw std::bad_alloc();
    return status;
  }

  arrow::MemoryPool* pool_ = arrow::default_memory_pool();
};

}  // namespace

arrow::MemoryPool* checked_memory() {
  static CheckedMemory memory;  // Holds nothing of its own.
  return &memory;
}

}  // namespace hone
