#pragma once

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// The oracle of words: what docs/project.md says of them, said once more in the plainest way and without a line of hone/core/unicode.h.
/// A text is decoded into code points, folded code point by code point, cut into clusters (a character with its marks), and tried at
/// every place. Slow; only the Unicode tables are shared with the engine.
class PlainText {
 public:
  enum class Case { kFolded, kAsItIs };

  /// REQUIRES: valid UTF-8.
  PlainText(std::string_view utf8, Case how) : points_(how == Case::kFolded ? folded(decoded(utf8)) : decoded(utf8)) { mark_boundaries(); }

  /// Whether the word stands between word boundaries somewhere.
  bool holds(const PlainText& word) const { return !places_of(word).empty(); }

  /// A part of the text, in code points.
  struct Part {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  std::size_t size() const { return points_.size(); }

  /// All places where the word stands between word boundaries.
  std::vector<Part> places_of(const PlainText& word) const {
    std::vector<Part> places;
    const std::size_t length = word.points_.size();
    for (std::size_t begin = 0; length > 0 && begin + length <= points_.size(); ++begin)
      if (is_boundary_[begin] && is_boundary_[begin + length] && stands_at(word, begin)) places.push_back({begin, begin + length});
    return places;
  }

  /// What stands between two boundaries next to each other and holds a letter, a digit or an ideograph.
  std::vector<Part> words() const {
    std::vector<Part> words;
    for (std::size_t begin = 0, end = 1; end <= points_.size(); ++end) {
      if (!is_boundary_[end]) continue;
      if (std::any_of(points_.begin() + static_cast<std::ptrdiff_t>(begin), points_.begin() + static_cast<std::ptrdiff_t>(end), makes_word))
        words.push_back({begin, end});
      begin = end;
    }
    return words;
  }

  /// Before which characters a text may be cut without changing how it is folded: before none that joins the one before it.
  std::vector<bool> cuts() const {
    std::vector<bool> cuts;
    for (const std::int32_t point : points_) {
      const std::string_view category = utf8proc_category_string(point);
      cuts.push_back(category != "Mn" && category != "Mc" && category != "Me" && (point < 0x1160 || point > 0x11FF));
    }
    cuts.push_back(true);
    if (!points_.empty()) cuts.front() = true;
    return cuts;
  }

 private:
  using Points = std::vector<std::int32_t>;
  enum class Kind { kLetter, kDigit, kConnector, kMark, kUnspaced, kOther };

  static Points decoded(std::string_view utf8) {
    Points points;
    for (std::size_t at = 0; at < utf8.size();) {
      const auto lead = static_cast<std::uint8_t>(utf8[at]);
      const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
      std::int32_t point = more == 0 ? lead : lead & (0x3F >> more);
      for (std::size_t byte = 1; byte <= more; ++byte) point = point << 6 | (static_cast<std::uint8_t>(utf8[at + byte]) & 0x3F);
      points.push_back(point);
      at += more + 1;
    }
    return points;
  }

  // Case folding of each code point with its canonical decomposition, then the composition of the whole (NFC).
  static Points folded(const Points& points) {
    constexpr auto kFold = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    Points result;
    for (const std::int32_t point : points) {
      std::int32_t parts[32];
      int boundclass = 0;
      const auto count = utf8proc_decompose_char(point, parts, 32, kFold, &boundclass);
      for (utf8proc_ssize_t part = 0; part < count; ++part) result.push_back(parts[part]);
    }
    order_marks(result);
    const auto size = utf8proc_normalize_utf32(result.data(), static_cast<utf8proc_ssize_t>(result.size()),
                                               static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    result.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return result;
  }

  static int combining_class(std::int32_t point) { return utf8proc_get_property(point)->combining_class; }

  // Canonical order (Unicode Standard, 3.11, D109): each run of marks by ascending class, those of one class as they stand.
  static void order_marks(Points& points) {
    const auto is_starter = [](std::int32_t point) { return combining_class(point) == 0; };
    for (auto begin = points.begin(); begin != points.end();) {
      begin = std::find_if_not(begin, points.end(), is_starter);
      const auto end = std::find_if(begin, points.end(), is_starter);
      std::ranges::stable_sort(begin, end, {}, combining_class);
      begin = end;
    }
  }

  static Kind kind_of(std::int32_t point) {
    struct Range {
      std::int32_t first, last;
    };
    // Han with its radicals and signs, hiragana, Thai and Lao, Myanmar (three blocks), Khmer.
    constexpr Range kUnspacedScripts[] = {{0x2E80, 0x2FDF},   {0x3005, 0x3007}, {0x3041, 0x309F}, {0x3400, 0x4DBF},
                                          {0x4E00, 0x9FFF},   {0xF900, 0xFAFF}, {0x0E01, 0x0EDF}, {0x1000, 0x109F},
                                          {0x20000, 0x3FFFD}, {0x1780, 0x17DD}, {0xA9E0, 0xA9FE}, {0xAA60, 0xAA7F}};
    constexpr std::int32_t kZeroWidthSpace = 0x200B, kByteOrderMark = 0xFEFF;
    const std::string_view category = utf8proc_category_string(point);
    if (category == "Mn" || category == "Mc" || category == "Me" || category == "Cf")
      return point == kZeroWidthSpace || point == kByteOrderMark ? Kind::kOther : Kind::kMark;
    if (category == "Nd") return Kind::kDigit;
    if (category == "Pc") return Kind::kConnector;
    if (category[0] != 'L' && category != "Nl") return Kind::kOther;
    for (const Range& range : kUnspacedScripts)
      if (range.first <= point && point <= range.last) return Kind::kUnspaced;
    return Kind::kLetter;
  }

  static bool makes_word(std::int32_t point) {
    const Kind kind = kind_of(point);
    return kind == Kind::kLetter || kind == Kind::kDigit || kind == Kind::kUnspaced;
  }

  static bool is_part(Kind kind) { return kind == Kind::kLetter || kind == Kind::kDigit || kind == Kind::kConnector; }

  // A character with the marks that follow it; marks without one are a cluster of their own.
  struct Cluster {
    std::size_t begin = 0;
    std::int32_t base = 0;
    Kind kind = Kind::kOther;
  };

  // Whether the middle one of three clusters holds the outer two together: don't, 1,000.
  static bool joins(const Cluster& left, const Cluster& middle, const Cluster& right) {
    constexpr std::int32_t kApostrophe = 0x27, kQuote = 0x2019, kMiddleDot = 0xB7;
    if (left.kind == Kind::kLetter && right.kind == Kind::kLetter)
      return middle.base == kApostrophe || middle.base == kQuote || middle.base == kMiddleDot;
    if (left.kind == Kind::kDigit && right.kind == Kind::kDigit)
      return middle.base == '.' || middle.base == ',' || middle.base == kApostrophe || middle.base == kQuote;
    return false;
  }

  void mark_boundaries() {
    std::vector<Cluster> clusters;
    for (std::size_t at = 0; at < points_.size(); ++at)
      if (const Kind kind = kind_of(points_[at]); kind != Kind::kMark || at == 0) clusters.push_back({at, points_[at], kind});
    is_boundary_.assign(points_.size() + 1, false);
    is_boundary_.front() = is_boundary_.back() = true;
    for (std::size_t right = 1; right < clusters.size(); ++right) {
      const Cluster &before = clusters[right - 1], &after = clusters[right];
      const bool is_word = is_part(before.kind) && is_part(after.kind);
      const bool after_joins = right + 1 < clusters.size() && joins(before, after, clusters[right + 1]);
      const bool before_joins = right >= 2 && joins(clusters[right - 2], before, after);
      is_boundary_[after.begin] = !is_word && !after_joins && !before_joins;
    }
  }

  bool stands_at(const PlainText& word, std::size_t begin) const {
    for (std::size_t at = 0; at < word.points_.size(); ++at)
      if (points_[begin + at] != word.points_[at]) return false;
    return true;
  }

  Points points_;
  std::vector<bool> is_boundary_;  // By place before each code point, and at the end.
};

}  // namespace hone
