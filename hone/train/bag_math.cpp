// The only file that includes torch, by narrow headers: this one compiles in a third of torch/torch.h's time. An
// EmbeddingBag is all that is needed: the forward pass sums a text's rows of the table; the gradient of a table's row is
// again a weighted sum, of the rows of p - q of the texts that hold it. So no tape of autograd is kept.
#include "hone/train/bag_math.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/_embedding_bag_forward_only.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/log_softmax.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <string>

#include "hone/core/error.h"

namespace hone {
namespace {

constexpr std::int64_t kModeSum = 0;

template <typename Value>
at::Tensor view(std::span<const Value> values, at::IntArrayRef shape, at::ScalarType type) {
  return at::from_blob(const_cast<Value*>(values.data()), shape, at::TensorOptions(type));
}

// What torch throws is none of ours; of memory it says so in words alone.
template <typename Work>
auto with_torch(const Work& work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    const std::string message = error.what_without_backtrace();
    if (message.find("not enough memory") != std::string::npos) throw std::bad_alloc();
    throw Error(ErrorCode::kInternal, "torch: " + message);
  }
}

at::Tensor list(const std::vector<std::int64_t>& values) {
  return view(std::span(values), {static_cast<std::int64_t>(values.size())}, at::kLong);
}

}  // namespace

void Bags::clear() {
  begin.assign(1, 0);
  rows.clear();
  weights.clear();
}

void sum_bags(std::span<const float> table, std::size_t dimensions, const Bags& bags, std::vector<float>& sums) {
  assert(dimensions > 0 && table.size() % dimensions == 0);
  sums.assign(bags.size() * dimensions, 0.0f);
  if (bags.rows.empty()) return;
  with_torch([&] {
    const auto columns = static_cast<std::int64_t>(dimensions);
    const at::Tensor rows = view(table, {static_cast<std::int64_t>(table.size() / dimensions), columns}, at::kFloat);
    const at::Tensor weights = view(std::span(bags.weights), {static_cast<std::int64_t>(bags.weights.size())}, at::kFloat);
    const auto result = at::_embedding_bag_forward_only(rows, list(bags.rows), list(bags.begin), /*scale_grad_by_freq=*/false, kModeSum,
                                                        /*sparse=*/false, weights, /*include_last_offset=*/true);
    std::copy_n(std::get<0>(result).const_data_ptr<float>(), sums.size(), sums.data());
  });
}

void log_softmax_rows(std::span<float> logits, std::size_t dimensions) {
  if (logits.empty()) return;
  with_torch([&] {
    const auto columns = static_cast<std::int64_t>(dimensions);
    const at::Tensor rows =
        view(std::span<const float>(logits), {static_cast<std::int64_t>(logits.size() / dimensions), columns}, at::kFloat);
    const at::Tensor result = at::log_softmax(rows, 1);
    std::copy_n(result.const_data_ptr<float>(), logits.size(), logits.data());
  });
}

void set_math_threads(int threads) { at::set_num_threads(std::max(1, threads)); }

}  // namespace hone
