#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// A text as fold_case() gives it that knows where in the text each of its bytes comes from.
///
///     FoldedText folded;
///     folded.assign("Die Straße");
///     folded.text();                               // "die strasse"
///     folded.origin_of_begin(4);                   // 4: "strasse" begins there,
///     folded.origin_of_end(folded.text().size());  // 11: and ends behind the "e" of "Straße"
class FoldedText {
 public:
  /// Replaces what it holds; keeps its room from call to call. REQUIRES: valid UTF-8.
  void assign(std::string_view text);

  /// The same as fold_case() of the whole.
  std::string_view text() const { return folded_; }

  /// Where what stands at a byte of the folded text begins, and where what stands before it ends: whole characters with their marks.
  std::size_t origin_of_begin(std::size_t folded) const;
  std::size_t origin_of_end(std::size_t folded) const;

 private:
  // From here on to the next piece the folded text comes of one character with its marks, or byte by byte of a run of ASCII.
  struct Piece {
    std::size_t folded = 0;
    std::size_t origin = 0;
    bool is_bytewise = false;
  };
  void add(std::string_view text, std::size_t begin, std::size_t end, bool is_bytewise);
  std::size_t piece_of(std::size_t folded) const;

  std::string folded_, buffer_;
  std::vector<Piece> pieces_;
  std::size_t size_ = 0;  // Of the text.
};

}  // namespace hone
