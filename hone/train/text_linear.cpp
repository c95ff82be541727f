// The weights of n-grams are those of information retrieval (Salton, Buckley: Term-weighting Approaches in Automatic Text
// Retrieval, 1988): sublinear counts, smoothed idf ln((1 + n) / (1 + df)) + 1, unit length. Words and characters are scaled
// apart because a text has ten times as many character n-grams, which would else drown its words.
#include "hone/train/text_linear.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <functional>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/memory.h"
#include "hone/job/safetensors.h"
#include "hone/train/bag_math.h"

namespace hone {
namespace {

constexpr const char* kFormat = "hone-text-linear/1";

std::vector<std::uint32_t> document_frequencies(const PackedRows& counts, std::size_t buckets) {
  std::vector<std::uint32_t> frequencies(buckets);
  SparseRows one;
  for (std::size_t row = 0; row < counts.size(); ++row) {
    one.clear();
    counts.unpack(row, one);
    for (const std::uint32_t bucket : one.ids) ++frequencies[bucket];
  }
  return frequencies;
}

// 1 + ln count; those of small counts, which nearly all are, are computed once.
float sublinear(float count) {
  constexpr std::size_t kSmall = 64;
  static const std::vector<float> of_small = [] {
    std::vector<float> logs(kSmall);
    for (std::size_t value = 0; value < kSmall; ++value) logs[value] = 1.0f + std::log(static_cast<float>(value));
    return logs;
  }();
  return count < static_cast<float>(kSmall) ? of_small[static_cast<std::size_t>(count)] : 1.0f + std::log(count);
}

template <typename Value>
TensorBytes tensor(const char* name, const char* dtype, std::vector<std::uint64_t> shape, const std::vector<Value>& values) {
  return {name, dtype, std::move(shape), std::as_bytes(std::span(values))};
}

template <typename Value>
Value parse_metadata(const SafetensorsFile& file, const std::string& key, const std::string& name) {
  try {
    return nlohmann::json::parse(file.metadata(key)).get<Value>();
  } catch (const nlohmann::json::exception&) {
  } catch (const Error&) {
  }
  throw Error(ErrorCode::kCorruptData, "the model '" + name + "' has '" + key + "' in a form that is not understood");
}

bool all_finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

std::string gigabytes(double bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f GB", bytes / 1e9);
  return text;
}

}  // namespace

void require_memory(std::size_t rows, std::size_t classes, std::uint64_t free_bytes) {
  // Three floats a weight: itself, the optimizer's, and that of the best epoch.
  const double needed = 3.0 * sizeof(float) * static_cast<double>(rows) * static_cast<double>(classes);
  if (needed <= static_cast<double>(free_bytes)) return;
  throw Error(ErrorCode::kInvalidArgument, "text-linear needs " + gigabytes(needed) + " for " + std::to_string(rows) + " n-grams and " +
                                               std::to_string(classes) + " classes, and " + gigabytes(static_cast<double>(free_bytes)) +
                                               " of memory are free: give it fewer 'buckets' or a smaller 'max_characters'");
}

TextLinear::TextLinear(const TextLinearOptions& options, std::vector<std::string> classes, const PackedRows& counts)
    : options_(options), classes_(std::move(classes)) {
  const auto frequencies = document_frequencies(counts, static_cast<std::size_t>(options.buckets));
  for (std::size_t bucket = 0; bucket < frequencies.size(); ++bucket) {
    if (frequencies[bucket] == 0) continue;
    buckets_.push_back(static_cast<std::int32_t>(bucket));
    idf_.push_back(static_cast<float>(std::log((1.0 + static_cast<double>(counts.size())) / (1.0 + frequencies[bucket])) + 1.0));
  }
  if (buckets_.empty())
    throw Error(ErrorCode::kInvalidArgument,
                "the texts of all labeled training rows are empty; does data.text in hone.yaml name the right column?");
  require_memory(rows(), this->classes(), available_memory());
  table_.resize(rows() * this->classes());
  bias_.resize(this->classes());
  index_buckets();
}

void TextLinear::index_buckets() {
  row_of_.assign(static_cast<std::size_t>(options_.buckets), -1);
  for (std::size_t row = 0; row < buckets_.size(); ++row) row_of_[static_cast<std::size_t>(buckets_[row])] = static_cast<std::int32_t>(row);
  const auto half = static_cast<std::int32_t>(options_.buckets / 2);
  first_character_row_ = static_cast<std::uint32_t>(std::ranges::lower_bound(buckets_, half) - buckets_.begin());
}

void TextLinear::save(const std::filesystem::path& file) const {
  const TensorBytes tensors[] = {tensor("embedding.weight", "F32", {rows(), classes()}, table_), tensor("bias", "F32", {classes()}, bias_),
                                 tensor("idf", "F32", {rows()}, idf_), tensor("buckets", "I32", {rows()}, buckets_)};
  write_safetensors(file, tensors,
                    {{"format", kFormat}, {"classes", nlohmann::json(classes_).dump()}, {"options", nlohmann::json(options_).dump()}});
}

TextLinear TextLinear::load(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const SafetensorsFile file(path);
  if (file.metadata("format") != kFormat)
    throw Error(ErrorCode::kCorruptData, "the model '" + name + "' is a '" + file.metadata("format") + "', not a '" + kFormat + "'");
  TextLinear model;
  model.classes_ = parse_metadata<std::vector<std::string>>(file, "classes", name);
  model.options_ = parse_metadata<TextLinearOptions>(file, "options", name);
  model.table_ = file.read_floats("embedding.weight", 2);
  model.bias_ = file.read_floats("bias", 1);
  model.idf_ = file.read_floats("idf", 1);
  model.buckets_ = file.read_integers("buckets", 1);
  model.check_loaded(name);
  model.index_buckets();
  return model;
}

void TextLinear::check_loaded(const std::string& name) const {
  const auto require = [&](bool holds, const char* trouble) {
    if (!holds) throw Error(ErrorCode::kCorruptData, "the model '" + name + "' does not hold together: " + trouble);
  };
  require(classes() >= 2, "it has fewer than two classes");
  require(bias_.size() == classes() && buckets_.size() == rows() && table_.size() == rows() * classes(), "its tensors differ in size");
  require(std::ranges::adjacent_find(buckets_, std::greater_equal()) == buckets_.end(), "its buckets do not ascend");
  require(buckets_.empty() || (buckets_.front() >= 0 && buckets_.back() < options_.buckets), "a bucket lies outside its hash table");
  require(all_finite(table_) && all_finite(bias_) && all_finite(idf_), "it holds a number that is not finite");
}

SparseRows TextLinear::weigh(const SparseRows& counts) const {
  SparseRows weighed;
  weighed.ids.reserve(counts.ids.size());
  weighed.values.reserve(counts.ids.size());
  for (std::size_t text = 0; text < counts.size(); ++text) {
    const std::size_t begin = weighed.ids.size();
    for (std::size_t at = counts.begin[text]; at < counts.begin[text + 1]; ++at) {
      const std::int32_t row = row_of_[counts.ids[at]];
      if (row < 0) continue;
      weighed.ids.push_back(static_cast<std::uint32_t>(row));
      weighed.values.push_back(sublinear(counts.values[at]) * idf_[static_cast<std::size_t>(row)]);
    }
    scale_to_unit(weighed, begin);
    weighed.begin.push_back(weighed.ids.size());
  }
  return weighed;
}

void TextLinear::scale_to_unit(SparseRows& rows, std::size_t begin) const {
  double squares[2] = {0.0, 0.0};
  const auto part = [&](std::size_t at) { return rows.ids[at] < first_character_row_ ? 0 : 1; };
  for (std::size_t at = begin; at < rows.ids.size(); ++at) squares[part(at)] += static_cast<double>(rows.values[at]) * rows.values[at];
  const double lengths[2] = {std::sqrt(squares[0]), std::sqrt(squares[1])};
  for (std::size_t at = begin; at < rows.ids.size(); ++at) rows.values[at] = static_cast<float>(rows.values[at] / lengths[part(at)]);
}

std::vector<float> TextLinear::predict(const SparseRows& weighed) const {
  Bags bags;
  for (std::size_t text = 0; text < weighed.size(); ++text) add_bag(weighed, text, bags);
  std::vector<float> logits;
  sum_bags(table_, classes(), bags, logits);
  for (std::size_t at = 0; at < logits.size(); ++at) logits[at] += bias_[at % classes()];
  log_softmax_rows(logits, classes());
  return logits;
}

void add_bag(const SparseRows& rows, std::size_t row, Bags& bags) {
  for (std::size_t at = rows.begin[row]; at < rows.begin[row + 1]; ++at) {
    bags.rows.push_back(rows.ids[at]);
    bags.weights.push_back(rows.values[at]);
  }
  bags.begin.push_back(static_cast<std::int64_t>(bags.rows.size()));
}

}  // namespace hone
