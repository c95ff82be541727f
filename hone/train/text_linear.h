#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/job/text_linear_options.h"
#include "hone/train/ngram_hasher.h"
#include "hone/train/packed_rows.h"

namespace hone {

/// A linear softmax classifier over hashed n-grams: an EmbeddingBag with one column per class. A text's n-grams are
/// weighed by (1 + ln count) x idf, words and characters each scaled to unit length. Only n-grams that the training rows hold
/// have a row in the table; others count for nothing.
class TextLinear {
 public:
  /// Learns from the counts of the training rows which buckets are in use and their idf; the weights are 0.
  /// Throws kInvalidArgument when no row has an n-gram, or when the table would not fit what memory is available.
  TextLinear(const TextLinearOptions& options, std::vector<std::string> classes, const PackedRows& counts);

  /// Throws kNotFound, or kCorruptData naming what is wrong with the file.
  static TextLinear load(const std::filesystem::path& file);

  /// A safetensors file (docs/formats.md). Same model, same bytes. `notes` are added to its metadata.
  void save(const std::filesystem::path& file) const;

  const TextLinearOptions& options() const { return options_; }
  const std::vector<std::string>& class_names() const { return classes_; }
  std::size_t classes() const { return classes_.size(); }
  std::size_t rows() const { return idf_.size(); }
  std::size_t parameters() const { return table_.size() + bias_.size(); }

  /// Counts by bucket -> weights by row of the table.
  SparseRows weigh(const SparseRows& counts) const;

  /// Log-probabilities, texts x classes, row-major. Same floats for a text whatever stands beside it.
  std::vector<float> predict(const SparseRows& weighed) const;

  /// Row-major, rows x classes.
  std::vector<float>& table() { return table_; }
  const std::vector<float>& table() const { return table_; }
  std::vector<float>& bias() { return bias_; }
  const std::vector<float>& bias() const { return bias_; }

 private:
  TextLinear() = default;
  void index_buckets();
  void check_loaded(const std::string& file) const;
  void scale_to_unit(SparseRows& rows, std::size_t begin) const;

  TextLinearOptions options_;
  std::vector<std::string> classes_;
  std::vector<std::int32_t> buckets_;  // Of each row, ascending.
  std::vector<float> idf_;
  std::vector<float> table_;
  std::vector<float> bias_;
  std::vector<std::int32_t> row_of_;       // By bucket; -1 for none.
  std::uint32_t first_character_row_ = 0;  // Rows below are words.
};

/// Throws kInvalidArgument, saying what to do, when training a table of so many rows and classes needs more than `free_bytes`.
void require_memory(std::size_t rows, std::size_t classes, std::uint64_t free_bytes);

/// Adds one row of a batch to `bags`.
struct Bags;
void add_bag(const SparseRows& rows, std::size_t row, Bags& bags);

}  // namespace hone
