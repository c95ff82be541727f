// Folding and composing a text piece by piece gives what folding the whole does wherever no piece begins with a character that can join
// the one before it: combining marks and, of Hangul, vowels and final consonants (Unicode Standard, 3.11 and 3.12).
#include "hone/core/folded_text.h"

#include <utf8proc.h>

#include <algorithm>

#include "hone/core/text_parts.h"
#include "hone/core/unicode.h"

namespace hone {
namespace {

struct Character {
  std::size_t bytes = 1;
  bool joins = false;
};

Character character_at(std::string_view text, std::size_t position) {
  utf8proc_int32_t value = -1;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + position),
                                     static_cast<utf8proc_ssize_t>(text.size() - position), &value);
  if (size <= 0) return {};
  const auto category = utf8proc_category(value);
  const bool is_mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ME;
  return {static_cast<std::size_t>(size), is_mark || (value >= 0x1160 && value <= 0x11FF)};
}

// Behind the character at `position` and all that may join it.
std::size_t end_of_cluster(std::string_view text, std::size_t position) {
  position += character_at(text, position).bytes;
  while (position < text.size() && !is_ascii(text[position])) {
    const Character next = character_at(text, position);
    if (!next.joins) break;
    position += next.bytes;
  }
  return position;
}

}  // namespace

void FoldedText::add(std::string_view text, std::size_t begin, std::size_t end, bool is_bytewise) {
  if (begin == end) return;
  pieces_.push_back({folded_.size(), begin, is_bytewise});
  folded_ += fold_case(text.substr(begin, end - begin), buffer_);
}

void FoldedText::assign(std::string_view text) {
  folded_.clear();
  pieces_.clear();
  size_ = text.size();
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_ascii(text[end])) ++end;
    // The last letter of the run may take marks.
    const std::size_t cluster = end < text.size() && end > begin ? end - 1 : end;
    add(text, begin, cluster, true);
    begin = cluster < text.size() ? end_of_cluster(text, cluster) : cluster;
    add(text, cluster, begin, false);
  }
}

std::size_t FoldedText::piece_of(std::size_t folded) const {
  const auto after = std::ranges::upper_bound(pieces_, folded, {}, &Piece::folded);
  return static_cast<std::size_t>(after - pieces_.begin()) - 1;
}

std::size_t FoldedText::origin_of_begin(std::size_t folded) const {
  if (folded >= folded_.size()) return size_;
  const Piece& piece = pieces_[piece_of(folded)];
  return piece.origin + (piece.is_bytewise ? folded - piece.folded : 0);
}

std::size_t FoldedText::origin_of_end(std::size_t folded) const {
  if (folded == 0) return 0;
  const std::size_t place = piece_of(folded - 1);
  const Piece& piece = pieces_[place];
  if (piece.is_bytewise) return piece.origin + (folded - piece.folded);
  return place + 1 < pieces_.size() ? pieces_[place + 1].origin : size_;
}

}  // namespace hone
