// Feature hashing after Weinberger, Dasgupta, Langford, Smola, Attenberg: Feature Hashing for Large Scale Multitask
// Learning (ICML 2009), without their sign: with buckets well above the features in use collisions are rare. Word and
// character n-grams as in Bojanowski, Grave, Joulin, Mikolov: Enriching Word Vectors with Subword Information (TACL 2017).
#include "hone/train/ngram_hasher.h"

#include <algorithm>

#include "hone/core/parallel.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

// FNV-1a of 64 bits (Fowler, Noll, Vo), constants as published.
constexpr std::uint64_t kFnvBasis = 0xCBF29CE484222325, kFnvPrime = 0x100000001B3;

std::uint64_t add_byte(std::uint64_t hash, unsigned char byte) { return (hash ^ byte) * kFnvPrime; }

std::uint64_t add_bytes(std::uint64_t hash, std::string_view bytes) {
  for (const char byte : bytes) hash = add_byte(hash, static_cast<unsigned char>(byte));
  return hash;
}

// The low bits of FNV are weak: the finalizer of MurmurHash3 (Appleby) spreads them.
std::uint64_t spread(std::uint64_t hash) {
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCD;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53;
  return hash ^ hash >> 33;
}

// ASCII white space and the general ones of Unicode that messages hold; anything else between words is a sign.
std::size_t space_at(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte <= 0x20 || byte == 0x7F) return 1;
  for (const std::string_view space : {"\xC2\xA0", "\xE2\x80\x8B", "\xE3\x80\x80", "\xEF\xBB\xBF", "\xE2\x80\xA8", "\xE2\x80\xA9"})
    if (text.starts_with(space)) return space.size();
  return 0;
}

// Calls visit(run) for each run of characters that are no space.
template <typename Visit>
void for_each_run(std::string_view text, const Visit& visit) {
  std::size_t begin = 0;
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t space = space_at(text.substr(position));
    position += std::max<std::size_t>(space, 1);
    if (space == 0) continue;
    if (position - space > begin) visit(text.substr(begin, position - space - begin));
    begin = position;
  }
  if (begin < text.size()) visit(text.substr(begin));
}

// Words, and what stands between them, of a run without spaces.
void add_tokens(std::string_view run, std::vector<std::string_view>& tokens) {
  for (std::size_t position = 0; position < run.size();) {
    const WordSpan word = next_word(run, position);
    if (word.begin > position) tokens.push_back(run.substr(position, word.begin - position));
    if (word.begin < run.size()) tokens.push_back(run.substr(word.begin, word.end - word.begin));
    position = word.begin < run.size() ? word.end : run.size();
  }
}

void sort_and_count(std::vector<std::uint32_t>& buckets, SparseRows& rows) {
  std::ranges::sort(buckets);
  for (std::size_t position = 0; position < buckets.size();) {
    const std::size_t first = position;
    while (position < buckets.size() && buckets[position] == buckets[first]) ++position;
    rows.ids.push_back(buckets[first]);
    rows.values.push_back(static_cast<float>(position - first));
  }
  rows.begin.push_back(rows.ids.size());
}

}  // namespace

void SparseRows::append(const SparseRows& other) {
  const std::uint64_t offset = ids.size();
  ids.insert(ids.end(), other.ids.begin(), other.ids.end());
  values.insert(values.end(), other.values.begin(), other.values.end());
  for (std::size_t row = 1; row < other.begin.size(); ++row) begin.push_back(offset + other.begin[row]);
}

void SparseRows::clear() {
  begin.assign(1, 0);
  ids.clear();
  values.clear();
}

NgramHasher::NgramHasher(const TextLinearOptions& options)
    : word_ngrams_(options.word_ngrams),
      min_characters_(options.min_characters),
      max_characters_(options.max_characters),
      half_(static_cast<std::uint32_t>(options.buckets / 2)) {}

SparseRows NgramHasher::count(const std::vector<std::string_view>& texts, int threads) const {
  constexpr std::size_t kTextsPerBlock = 256;
  const std::size_t blocks = (texts.size() + kTextsPerBlock - 1) / kTextsPerBlock;
  std::vector<SparseRows> parts(blocks);
  parallel_for(blocks, threads, [&](std::size_t block) {
    std::vector<std::uint32_t> buckets;
    const BlockRange range = block_range(texts.size(), blocks, block);
    for (std::size_t text = range.begin; text < range.end; ++text) {
      buckets.clear();
      hash_text(texts[text], buckets);
      sort_and_count(buckets, parts[block]);
    }
  });
  SparseRows rows;
  for (const SparseRows& part : parts) rows.append(part);
  return rows;
}

void NgramHasher::hash_text(std::string_view text, std::vector<std::uint32_t>& buckets) const {
  std::string valid, folded_buffer;
  if (!is_valid_utf8(text)) text = valid = replace_invalid_utf8(text);
  const std::string_view folded = fold_case(text, folded_buffer);
  std::vector<std::string_view> tokens;
  for_each_run(folded, [&](std::string_view run) {
    add_tokens(run, tokens);
    hash_characters(run, buckets);
  });
  hash_words(tokens, buckets);
}

void NgramHasher::hash_words(const std::vector<std::string_view>& tokens, std::vector<std::uint32_t>& buckets) const {
  for (std::size_t first = 0; first < tokens.size(); ++first) {
    std::uint64_t hash = kFnvBasis;
    const std::size_t end = std::min(tokens.size(), first + static_cast<std::size_t>(word_ngrams_));
    for (std::size_t token = first; token < end; ++token) {
      hash = add_byte(add_bytes(hash, tokens[token]), ' ');
      buckets.push_back(static_cast<std::uint32_t>(spread(hash) & (half_ - 1)));
    }
  }
}

void NgramHasher::hash_characters(std::string_view run, std::vector<std::uint32_t>& buckets) const {
  std::string marked(run.size() + 2, ' ');
  std::ranges::copy(run, marked.begin() + 1);
  const auto begins_character = [&](std::size_t position) { return (static_cast<unsigned char>(marked[position]) & 0xC0) != 0x80; };
  for (std::size_t first = 0; first < marked.size(); ++first) {
    if (!begins_character(first)) continue;
    std::uint64_t hash = kFnvBasis;
    int characters = 0;
    for (std::size_t position = first; position < marked.size() && characters < max_characters_;) {
      do hash = add_byte(hash, static_cast<unsigned char>(marked[position++]));
      while (position < marked.size() && !begins_character(position));
      if (++characters >= min_characters_) buckets.push_back(half_ + static_cast<std::uint32_t>(spread(hash) & (half_ - 1)));
    }
  }
}

}  // namespace hone
