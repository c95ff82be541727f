#include <arrow/array.h>
#include <arrow/type.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "hone/data/text_column.h"
#include "hone/vote/similarity_internal.h"

namespace hone {
namespace {

constexpr std::size_t kMostWords = 2;
constexpr std::size_t kFewestCharacters = 3, kMostCharacters = 5;

// Most n-grams of a row are in none of the texts, and a bit says so sooner than the table of them. 8 KiB lie in the first cache; many texts
// get eight bits for each of their n-grams, of which one in eight is then set at most.
constexpr std::size_t kLeastFilterBits = std::size_t{1} << 16, kFilterBitsEach = 8;

// FNV-1a over whole symbols (Fowler, Noll, Vo), which mixes short keys well enough for a table of 64-bit keys.
constexpr std::uint64_t kFnvStart = 0xcbf29ce484222325, kFnvPrime = 0x100000001b3;
// Words begin from another number, so that no word is taken for its own characters.
constexpr std::uint64_t kWordStart = 0x9e3779b97f4a7c15;

std::uint64_t hashed(std::uint64_t hash, char32_t symbol) { return (hash ^ static_cast<std::uint64_t>(symbol)) * kFnvPrime; }

using Symbols = std::span<const char32_t>;

// Of one to kMostWords words, of which each ends with a space.
void add_words(Symbols symbols, std::vector<std::uint64_t>& hashes) {
  for (std::size_t begin = 1; begin < symbols.size(); ++begin) {
    if (symbols[begin - 1] != U' ') continue;
    std::uint64_t hash = kWordStart;
    std::size_t words = 0;
    for (std::size_t place = begin; place < symbols.size() && words < kMostWords; ++place) {
      hash = hashed(hash, symbols[place]);
      if (symbols[place] != U' ') continue;
      hashes.push_back(hash);
      ++words;
    }
  }
}

void add_characters(Symbols symbols, std::vector<std::uint64_t>& hashes) {
  for (std::size_t begin = 0; begin < symbols.size(); ++begin) {
    std::uint64_t hash = kFnvStart;
    for (std::size_t length = 1; length <= kMostCharacters && begin + length <= symbols.size(); ++length) {
      hash = hashed(hash, symbols[begin + length - 1]);
      if (length >= kFewestCharacters) hashes.push_back(hash);
    }
  }
}

double weight_of(std::uint32_t count) { return count == 1 ? 1.0 : 1.0 + std::log(static_cast<double>(count)); }

// Eight sums side by side, so that the compiler may take them together, in an order that never changes.
float product(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t kLanes = 8;
  float sums[kLanes] = {};
  std::size_t place = 0;
  for (; place + kLanes <= a.size(); place += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += a[place + lane] * b[place + lane];
  for (; place < a.size(); ++place) sums[place % kLanes] += a[place] * b[place];
  double sum = 0.0;
  for (const float part : sums) sum += static_cast<double>(part);
  return static_cast<float>(sum);
}

double length_of(std::span<const float> vector) {
  double squares = 0.0;
  for (const float value : vector) squares += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(squares);
}

template <typename Array>
void append_numbers(const arrow::Array& values, std::vector<float>& numbers) {
  const auto& typed = static_cast<const Array&>(values);
  for (std::int64_t place = 0; place < typed.length(); ++place)
    numbers.push_back(typed.IsNull(place) ? std::nanf("") : static_cast<float>(typed.Value(place)));
}

std::vector<float> numbers_of(const arrow::Array& values) {
  std::vector<float> numbers;
  if (values.type_id() == arrow::Type::FLOAT)
    append_numbers<arrow::FloatArray>(values, numbers);
  else if (values.type_id() == arrow::Type::DOUBLE)
    append_numbers<arrow::DoubleArray>(values, numbers);
  else
    throw std::invalid_argument("holds lists of " + values.type()->ToString() + ", where a vector has numbers");
  return numbers;
}

// A JSON list of numbers, the words null and NaN being no numbers. JSON libraries make a tree of it first, which takes ten times as long.
std::vector<float> numbers_in(std::string_view text) {
  const auto skip_blanks = [&] { text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size())); };
  const auto takes = [&](char sign) {
    skip_blanks();
    if (!text.starts_with(sign)) return false;
    text.remove_prefix(1);
    return true;
  };
  const std::invalid_argument no_list("is no list of numbers");
  if (!takes('[')) throw no_list;
  std::vector<float> numbers;
  for (bool more = !takes(']'); more;) {
    skip_blanks();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), numbers.emplace_back());
    if (error == std::errc::result_out_of_range || text.starts_with("null")) numbers.back() = std::nanf("");
    if (error == std::errc::invalid_argument && !text.starts_with("null")) throw no_list;
    text.remove_prefix(text.starts_with("null") ? 4 : static_cast<std::size_t>(end - text.data()));
    more = takes(',');
    if (!more && !takes(']')) throw no_list;
  }
  skip_blanks();
  if (!text.empty()) throw no_list;
  return numbers;
}

std::vector<float> listed_at(const arrow::Array& column, std::int64_t row) {
  switch (column.type_id()) {
    case arrow::Type::LIST:
      return numbers_of(*static_cast<const arrow::ListArray&>(column).value_slice(row));
    case arrow::Type::LARGE_LIST:
      return numbers_of(*static_cast<const arrow::LargeListArray&>(column).value_slice(row));
    case arrow::Type::FIXED_SIZE_LIST:
      return numbers_of(*static_cast<const arrow::FixedSizeListArray&>(column).value_slice(row));
    default: {
      const auto text = TextColumn(column).at(row).value_or("");
      return text.empty() ? std::vector<float>() : numbers_in(text);
    }
  }
}

}  // namespace

// --- Counting.

// A text of half the slots is counted with hardly any collision. FNV's low bits alone follow the last symbol too closely.
NgramCounts::Slot& NgramCounts::slot_of(std::uint64_t hash) {
  std::size_t place = (hash ^ hash >> 32) & (slots_.size() - 1);
  while (slots_[place].text == text_ && slots_[place].hash != hash) place = (place + 1) & (slots_.size() - 1);
  return slots_[place];
}

void NgramCounts::count(std::span<const std::uint64_t> hashes) {
  if (slots_.size() < 2 * hashes.size()) slots_.assign(std::bit_ceil(2 * hashes.size()), {});
  if (++text_ == 0) {
    slots_.assign(slots_.size(), {});
    text_ = 1;
  }
  counted_.clear();
  for (const std::uint64_t hash : hashes) {
    Slot& slot = slot_of(hash);
    if (slot.text == text_) {
      ++counted_[slot.place].count;
      continue;
    }
    slot = {hash, text_, static_cast<std::uint32_t>(counted_.size())};
    counted_.push_back({hash, 1});
  }
}

// Squares are added by rising count, so that the sum does not hang on the order of the text.
float NgramCounts::scale() {
  with_count_.clear();
  for (const CountedNgram& ngram : counted_) {
    if (ngram.count >= with_count_.size()) with_count_.resize(ngram.count + std::size_t{1});
    ++with_count_[ngram.count];
  }
  double squares = 0.0;
  for (std::uint32_t count = 1; count < with_count_.size(); ++count)
    squares += static_cast<double>(with_count_[count]) * weight_of(count) * weight_of(count);
  return static_cast<float>(std::sqrt(0.5 / squares));
}

// --- Vectors.

template <typename Take>
void NgramVectors::for_each_kind(std::string_view text, const Take& take) {
  const Symbols symbols = normalizer_.normalize(text);
  for (const auto add : {add_words, add_characters}) {
    hashes_.clear();
    add(symbols, hashes_);
    counts_.count(hashes_);
    take(counts_.counted(), counts_.scale());
  }
}

std::vector<WeighedNgram> NgramVectors::of(std::string_view text) {
  std::vector<WeighedNgram> ngrams;
  among(
      text, [](std::uint64_t) { return true; }, ngrams);
  return ngrams;
}

template <typename May>
void NgramVectors::among(std::string_view text, const May& may, std::vector<WeighedNgram>& ngrams) {
  ngrams.clear();
  for_each_kind(text, [&](std::span<const CountedNgram> counted, float scale) {
    const auto first = static_cast<std::ptrdiff_t>(ngrams.size());
    for (const CountedNgram& ngram : counted)
      if (may(ngram.hash)) ngrams.push_back({ngram.hash, static_cast<float>(weight_of(ngram.count)) * scale});
    std::ranges::sort(ngrams.begin() + first, ngrams.end(), {}, &WeighedNgram::hash);
  });
}

TextSimilarity::TextSimilarity(std::span<const std::string> texts) : texts_(texts.size()) {
  NgramVectors vectors;
  for (std::uint32_t text = 0; text < texts.size(); ++text)
    for (const WeighedNgram& ngram : vectors.of(texts[text])) postings_[ngram.hash].push_back({text, ngram.weight});
  may_be_there_.resize(std::max(kLeastFilterBits, std::bit_ceil(kFilterBitsEach * postings_.size())));
  for (const auto& [hash, postings] : postings_) may_be_there_[hash & (may_be_there_.size() - 1)] = true;
}

// Only n-grams of some text are weighed and put into order, which is that in which their products are added.
std::span<const float> TextSimilarity::with_each(std::string_view text, NgramVectors& vectors) const {
  vectors.sums_.assign(texts_, 0.0);
  vectors.among(
      text, [&](std::uint64_t hash) { return may_be_there_[hash & (may_be_there_.size() - 1)]; }, vectors.shared_);
  for (const WeighedNgram& ngram : vectors.shared_) {
    const auto found = postings_.find(ngram.hash);
    if (found == postings_.end()) continue;
    for (const Posting& posting : found->second)
      vectors.sums_[posting.text] += static_cast<double>(ngram.weight) * static_cast<double>(posting.weight);
  }
  vectors.cosines_.clear();
  for (const double sum : vectors.sums_) vectors.cosines_.push_back(std::min(1.0f, static_cast<float>(sum)));
  return vectors.cosines_;
}

float TextSimilarity::most(std::string_view text, NgramVectors& vectors) const {
  const std::span<const float> cosines = with_each(text, vectors);
  return cosines.empty() ? 0.0f : *std::ranges::max_element(cosines);
}

std::vector<float> vector_at(const arrow::Array& column, std::int64_t row) {
  if (column.IsNull(row)) return {};
  std::vector<float> numbers = listed_at(column, row);
  if (!std::ranges::all_of(numbers, [](float number) { return std::isfinite(number); }))
    throw std::invalid_argument("holds a value that is no finite number");
  if (!numbers.empty() && std::ranges::all_of(numbers, [](float number) { return number == 0.0f; }))
    throw std::invalid_argument("is all zeros, which has no direction");
  return numbers;
}

VectorSimilarity::VectorSimilarity(std::vector<std::vector<float>> vectors) : dimensions_(vectors.empty() ? 0 : vectors.front().size()) {
  for (const std::vector<float>& vector : vectors) {
    const double length = length_of(vector);
    for (const float value : vector) unit_.push_back(static_cast<float>(static_cast<double>(value) / length));
  }
}

float VectorSimilarity::most(std::span<const float> vector) const {
  float most = -std::numeric_limits<float>::infinity();
  for (std::size_t begin = 0; begin < unit_.size(); begin += dimensions_)
    most = std::max(most, product(vector, std::span(unit_).subspan(begin, dimensions_)));
  return std::clamp(static_cast<float>(static_cast<double>(most) / length_of(vector)), -1.0f, 1.0f);
}

}  // namespace hone
