#include "hone/core/text_parts.h"

#include "hone/core/unicode_internal.h"

namespace hone {
namespace {

bool is_part(WordClass word_class) {
  return word_class == WordClass::kLetter || word_class == WordClass::kDigit || word_class == WordClass::kConnector;
}

// The decisions of is_word_boundary() while a text goes by: a character with its marks is judged once the next one is known.
class Cutter {
 public:
  explicit Cutter(std::vector<TextPart>& parts) : parts_(parts) {}

  // Inlined, since a text goes through it character by character.
  [[gnu::always_inline]] void take(utf8proc_int32_t value, WordClass word_class, std::size_t begin) {
    if (word_class == WordClass::kExtend && taken_ > 0) return;
    judge(word_class);
    before_ = left_;
    left_ = right_;
    left_value_ = right_value_;
    right_ = word_class;
    right_value_ = value;
    right_begin_ = static_cast<std::uint32_t>(begin);
    ++taken_;
  }

  void end(std::size_t size) {
    if (taken_ == 0) return;
    judge(WordClass::kOther);
    parts_.push_back({static_cast<std::uint32_t>(size), is_word_});
  }

 private:
  [[gnu::always_inline]] void judge(WordClass next) {
    if (taken_ >= 2 && !(is_part(left_) && is_part(right_)) && !is_joined(left_, right_value_, next) &&
        (taken_ < 3 || !is_joined(before_, left_value_, right_))) {
      parts_.push_back({right_begin_, is_word_});
      is_word_ = false;
    }
    is_word_ = is_word_ || counts_as_word(right_);
  }

  std::vector<TextPart>& parts_;
  WordClass before_ = WordClass::kOther, left_ = WordClass::kOther, right_ = WordClass::kOther;
  utf8proc_int32_t left_value_ = -1, right_value_ = -1;
  std::uint32_t right_begin_ = 0;
  std::size_t taken_ = 0;
  bool is_word_ = false;  // Whether the part that is open holds a word.
};

}  // namespace

void cut_at_word_boundaries(std::string_view text, std::vector<TextPart>& parts) {
  parts.clear();
  Cutter cutter(parts);
  for (std::size_t position = 0; position < text.size();) {
    if (const auto byte = static_cast<unsigned char>(text[position]); byte < 0x80) {
      cutter.take(byte, kAsciiClasses[byte], position++);
      continue;
    }
    const CodePoint point = after(text, position);
    cutter.take(point.value, class_of(point.value), position);
    position += point.bytes;
  }
  cutter.end(text.size());
}

}  // namespace hone
