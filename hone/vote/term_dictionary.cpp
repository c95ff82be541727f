#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "hone/core/unicode.h"
#include "hone/vote/term_dictionary_internal.h"

namespace hone {
namespace {

// Parts of a text that are gone through while memory answers.
constexpr std::size_t kAhead = 8;

// Odd 64-bit constants with even bit patterns: 2^64 / golden ratio, and the multipliers of MurmurHash3's finalizer (Appleby, public
// domain).
constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u, kMixOne = 0xFF51AFD7ED558CCDu, kMixTwo = 0xC4CEB9FE1A85EC53u;

std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 33)) * kMixOne;
  value = (value ^ (value >> 33)) * kMixTwo;
  return value ^ (value >> 33);
}

std::uint64_t joined(std::uint64_t hash, std::uint64_t next) { return (std::rotl(hash, 27) ^ next) * kGolden; }

// Eight bytes from a place of a text on, or what there is of them.
std::uint64_t eight_at(std::string_view text, std::size_t byte) {
  std::uint64_t eight = 0;
  if (byte + 8 <= text.size())
    std::memcpy(&eight, text.data() + byte, 8);
  else
    std::memcpy(&eight, text.data() + byte, text.size() - byte);
  return eight;
}

// Of the bytes `begin` to `end` - 1, whatever follows them.
std::uint64_t hash_of(std::string_view text, std::size_t begin, std::size_t end, std::uint64_t seed) {
  std::uint64_t hash = seed ^ ((end - begin) * kGolden);
  for (; begin + 8 < end; begin += 8) hash = joined(hash, eight_at(text, begin));
  return mixed(joined(hash, eight_at(text, begin) << (8 * (8 - (end - begin)))));
}

// What may be in a table, asked first: three bits of one word for each entry (Bloom, 1970; Putze, Sanders, Singler, 2007), 12 bits of
// memory, so that some two in a hundred are looked for in vain and most questions end in the second-level cache.
class Filter {
 public:
  explicit Filter(std::size_t entries) : words_(entries * 12 / 64 + 1) {}
  void add(std::uint64_t hash) { words_[word_of(hash)] |= bits_of(hash); }
  void prepare(std::uint64_t hash) const { __builtin_prefetch(&words_[word_of(hash)]); }
  bool may_hold(std::uint64_t hash) const { return (words_[word_of(hash)] & bits_of(hash)) == bits_of(hash); }

 private:
  std::size_t word_of(std::uint64_t hash) const { return (hash >> 32) * words_.size() >> 32; }
  static std::uint64_t bits_of(std::uint64_t hash) {
    return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63) | std::uint64_t{1} << (hash >> 12 & 63);
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace

// The beginnings of terms that end at a word boundary, whole terms among them, by the hash of their parts; or their ends that begin at one.
class TermDictionary::Chains {
 public:
  enum class From { kBegin, kEnd };

  // Eight bytes: the table of 100,000 phrases has some 4 MiB.
  struct Entry {
    std::uint32_t tag = 0;  // Half of the hash; with the place, nearly all of it. A text may still meet an entry that is not its own.
    std::uint32_t is_used : 1 = 0;
    std::uint32_t goes_on : 1 = 0;  // Whether there is a longer one.
    std::uint32_t term : 30 = kNone;
  };
  static constexpr std::uint32_t kNone = (1u << 30) - 1;

  // Another seed where two of them would share an entry, so that none is lost.
  Chains(const std::vector<std::string>& terms, From from) : from_(from), filter_(1) {
    while (!fill(terms)) ++seed_;
  }

  std::uint64_t seed() const { return seed_; }

  // Both parts of a question, ahead of it: memory is what it waits for.
  void prepare_filter(std::uint64_t hash) const { filter_.prepare(hash); }
  void prepare_entry(std::uint64_t hash) const {
    if (filter_.may_hold(hash)) __builtin_prefetch(&entries_[hash & mask_]);
  }

  const Entry* find(std::uint64_t hash) const {
    if (!filter_.may_hold(hash)) return nullptr;
    const Entry& entry = entries_[place_of(hash)];
    return entry.is_used != 0 ? &entry : nullptr;
  }

 private:
  // One of the terms that hold it, and how many bytes it has.
  struct Holder {
    std::uint32_t term = 0;
    std::size_t size = 0;
  };

  bool fill(const std::vector<std::string>& terms) {
    std::size_t parts = 0;
    std::vector<std::vector<TextPart>> of_terms(terms.size());
    for (std::size_t term = 0; term < terms.size(); ++term) {
      cut_at_word_boundaries(terms[term], of_terms[term]);
      parts += of_terms[term].size();
    }
    mask_ = std::bit_ceil(parts + parts / 2 + 1) - 1;
    entries_.assign(mask_ + 1, {});
    filter_ = Filter(parts);
    std::vector<Holder> holders(entries_.size());
    for (std::uint32_t term = 0; term < terms.size(); ++term)
      if (!add(terms, term, of_terms[term], holders)) return false;
    return true;
  }

  bool add(const std::vector<std::string>& terms, std::uint32_t term, const std::vector<TextPart>& parts, std::vector<Holder>& holders) {
    const std::string_view text = terms[term];
    std::uint64_t hash = 0;
    for (std::size_t taken = 0; taken < parts.size(); ++taken) {
      const std::size_t part = from_ == From::kBegin ? taken : parts.size() - 1 - taken;
      const std::size_t begin = part == 0 ? 0 : parts[part - 1].end;
      hash = joined(hash, hash_of(text, begin, parts[part].end, seed_));
      if (!put(terms, hash, {term, from_ == From::kBegin ? parts[part].end : text.size() - begin}, holders)) return false;
    }
    return true;
  }

  bool put(const std::vector<std::string>& terms, std::uint64_t hash, Holder holder, std::vector<Holder>& holders) {
    const std::size_t place = place_of(hash);
    Entry& entry = entries_[place];
    if (entry.is_used == 0) {
      entry.tag = tag_of(hash);
      entry.is_used = 1;
      holders[place] = holder;
      filter_.add(hash);
    } else if (held(terms, holders[place]) != held(terms, holder)) {
      return false;
    }
    if (holder.size == terms[holder.term].size())
      entry.term = holder.term & kNone;
    else
      entry.goes_on = 1;
    return true;
  }

  std::string_view held(const std::vector<std::string>& terms, Holder holder) const {
    const std::string_view term = terms[holder.term];
    return from_ == From::kBegin ? term.substr(0, holder.size) : term.substr(term.size() - holder.size);
  }

  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  // Of the entry, or of the empty place where it belongs.
  std::size_t place_of(std::uint64_t hash) const {
    std::size_t place = hash & mask_;
    while (entries_[place].is_used != 0 && entries_[place].tag != tag_of(hash)) place = (place + 1) & mask_;
    return place;
  }

  From from_;
  std::uint64_t seed_ = 1;
  std::size_t mask_ = 0;
  std::vector<Entry> entries_;
  Filter filter_;
};

namespace {

void hash_parts(std::string_view text, const std::vector<TextPart>& parts, std::uint64_t seed, std::vector<std::uint64_t>& hashes) {
  hashes.clear();
  std::uint32_t begin = 0;
  for (const TextPart& part : parts) {
    hashes.push_back(hash_of(text, begin, part.end, seed));
    begin = part.end;
  }
}

}  // namespace

// The questions that begin with the parts ahead are prepared, as far as three parts reach: a word, the space behind it and the next word.
void TermDictionary::prepare(std::size_t part, const Room& room) const {
  const auto each = [&](std::size_t from, const auto& ask) {
    std::uint64_t hash = 0;
    for (std::size_t next = from; next < std::min(from + 3, room.parts.size()); ++next) ask(hash = joined(hash, room.hashes[next]));
  };
  each(part + 2 * kAhead, [&](std::uint64_t hash) { beginnings_->prepare_filter(hash); });
  each(part + kAhead, [&](std::uint64_t hash) { beginnings_->prepare_entry(hash); });
}

void TermDictionary::find_exact(std::string_view folded, Room& room, std::vector<TermMatch>& matches) const {
  hash_parts(folded, room.parts, beginnings_->seed(), room.hashes);
  room.begun.resize(room.parts.size());
  std::uint32_t begin = 0;
  for (std::size_t first = 0; first < room.parts.size(); begin = room.parts[first++].end) {
    prepare(first, room);
    std::uint64_t hash = 0;
    std::size_t last = first;
    for (bool goes_on = true; goes_on && last < room.parts.size(); ++last) {
      hash = joined(hash, room.hashes[last]);
      const Chains::Entry* entry = beginnings_->find(hash);
      if (!entry) break;
      if (entry->term != Chains::kNone) {
        __builtin_prefetch(&terms_[entry->term]);
        matches.push_back({begin, room.parts[last].end, entry->term, true});
      }
      goes_on = entry->goes_on != 0;
    }
    room.begun[first] = static_cast<std::uint32_t>(last);
  }
  std::erase_if(matches, [&](const TermMatch& match) { return terms_[match.term] != folded.substr(match.begin, match.end - match.begin); });
}

namespace {

void decode(std::string_view text, std::vector<char32_t>& points) {
  for (std::size_t byte = 0; byte < text.size();) {
    const auto lead = static_cast<unsigned char>(text[byte]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
    for (std::size_t more = 1; more < size; ++more) point = point << 6 | (static_cast<unsigned char>(text[byte + more]) & 0x3F);
    points.push_back(point);
    byte += size;
  }
}

bool is_digit(char32_t point) { return point >= U'0' && point <= U'9'; }

// Hashes of pieces from hashes of beginnings: a polynomial over the characters, modulo 2^64 (Karp and Rabin, 1987).
class PieceHashes {
 public:
  explicit PieceHashes(std::size_t longest) : powers_(longest + 1, 1) {
    for (std::size_t power = 1; power < powers_.size(); ++power) powers_[power] = powers_[power - 1] * kMixOne;
  }

  static void sum(std::span<const char32_t> points, std::vector<std::uint64_t>& sums) {
    sums.assign(1, 0);
    for (const char32_t point : points) sums.push_back(sums.back() * kMixOne + point + 1);
  }

  std::uint64_t piece(std::span<const std::uint64_t> sums, std::size_t begin, std::size_t end) const {
    return sums[end] - sums[begin] * powers_[end - begin];
  }
  // Of a piece without one of its characters.
  std::uint64_t without(std::span<const std::uint64_t> sums, std::size_t begin, std::size_t end, std::size_t left_out) const {
    return piece(sums, begin, left_out) * powers_[end - left_out - 1] + piece(sums, left_out + 1, end);
  }

 private:
  std::vector<std::uint64_t> powers_;
};

}  // namespace

bool is_one_edit_away(std::span<const char32_t> term, std::span<const char32_t> text) {
  std::size_t same = 0;
  while (same < std::min(term.size(), text.size()) && term[same] == text[same]) ++same;
  term = term.subspan(same), text = text.subspan(same);
  while (!term.empty() && !text.empty() && term.back() == text.back())
    term = term.first(term.size() - 1), text = text.first(text.size() - 1);
  if (term.size() + text.size() == 1) return !is_digit(term.empty() ? text[0] : term[0]);
  if (term.size() == 1 && text.size() == 1) return !is_digit(term[0]) || !is_digit(text[0]);
  return term.size() == 2 && text.size() == 2 && term[0] == text[1] && term[1] == text[0] && (!is_digit(term[0]) || !is_digit(term[1]));
}

// Two strings are one edit apart only if they are alike once a character is left out of one of them, or of both (Garbe, SymSpell, 2012). So
// the table holds each term and what remains of it without each one of its characters, by hash; a piece of text is looked for as it is and
// without each of its characters, and what is found is compared.
//
// Nearly all of that is spared: an edit leaves the second half of the term as it is, or all of the first half but its last character. So
// characters are left out of the end of a piece only if it begins like some term does, and of its beginning only if it ends like one; and
// pieces are only as long as, up to their middle, they begin or end at word boundaries as terms do.
class TermDictionary::FuzzyTerms {
 public:
  FuzzyTerms(const std::vector<std::string>& terms, std::size_t longest, std::size_t variants)
      : endings_(terms, Chains::From::kEnd),
        hashes_(longest + 1),
        lengths_(longest + 2),
        filter_(variants),
        starts_(terms.size()),
        ends_(terms.size()) {
    points_begin_.push_back(0);
    std::vector<Variant> all;
    all.reserve(variants);
    std::vector<std::uint64_t> sums;
    for (std::uint32_t term = 0; term < terms.size(); ++term) {
      decode(terms[term], points_);
      points_begin_.push_back(static_cast<std::uint32_t>(points_.size()));
      if (points_of(term).size() >= kLeastFuzzyCharacters) add(term, sums, all);
    }
    make_table(all);
  }

  // REQUIRES: `matches` are the exact ones, by ascending begin and end; at their places no other is looked for. room.begun is set.
  void find(std::string_view folded, Room& room, std::vector<TermMatch>& matches) const {
    read(folded, room);
    const Search search{room, matches, matches.size()};
    for (std::size_t part = 0; part < room.parts.size(); ++part) {
      if (!room.parts[part].is_word) continue;
      find_begun(search, part);
      find_ended(search, part);
    }
  }

 private:
  struct Variant {
    std::uint64_t hash = 0;
    std::uint32_t term = 0;
  };
  struct Entry {
    std::uint32_t tag = 0;
    std::uint32_t term = 0;
  };
  struct Search {
    Room& room;
    std::vector<TermMatch>& matches;
    std::size_t exact = 0;  // So many of the matches are.
  };
  // Parts first to last.
  struct Piece {
    std::size_t first = 0;
    std::size_t last = 0;
  };

  std::span<const char32_t> points_of(std::uint32_t term) const {
    return std::span(points_).subspan(points_begin_[term], points_begin_[term + 1] - points_begin_[term]);
  }

  void add(std::uint32_t term, std::vector<std::uint64_t>& sums, std::vector<Variant>& all) {
    const std::span<const char32_t> points = points_of(term);
    const std::size_t size = points.size(), middle = size / 2;
    PieceHashes::sum(points, sums);
    all.push_back({mixed(hashes_.piece(sums, 0, size)), term});
    for (std::size_t left_out = 0; left_out < size; ++left_out)
      if (left_out == 0 || points[left_out] != points[left_out - 1]) all.push_back({mixed(hashes_.without(sums, 0, size, left_out)), term});
    starts_.add(half(hashes_.piece(sums, 0, middle - 1), middle - 1));
    ends_.add(half(hashes_.piece(sums, middle, size), size - middle));
    for (const std::size_t length : {size - 1, size, size + 1}) lengths_[length] = true;
  }

  static std::uint64_t half(std::uint64_t hash, std::size_t size) { return mixed(hash + size * kGolden); }

  // Sorted by hash; the directory says where those with the same first bits begin.
  void make_table(std::vector<Variant>& all) {
    std::ranges::sort(all, [](const Variant& one, const Variant& other) {
      return one.hash != other.hash ? one.hash < other.hash : one.term < other.term;
    });
    directory_bits_ = static_cast<int>(std::bit_width(std::max<std::size_t>(all.size(), 2) - 1));
    directory_.assign((std::size_t{1} << directory_bits_) + 1, 0);
    for (const Variant& variant : all) {
      ++directory_[directory_place(variant.hash) + 1];
      table_.push_back({static_cast<std::uint32_t>(variant.hash), variant.term});
      filter_.add(variant.hash);
    }
    for (std::size_t place = 1; place < directory_.size(); ++place) directory_[place] += directory_[place - 1];
  }

  std::size_t directory_place(std::uint64_t hash) const { return hash >> (64 - directory_bits_); }

  void read(std::string_view folded, Room& room) const {
    room.points.clear();
    decode(folded, room.points);
    PieceHashes::sum(room.points, room.sums);
    hash_parts(folded, room.parts, endings_.seed(), room.end_hashes);
    room.part_begin.assign(1, 0);
    std::size_t begin = 0;
    for (const TextPart& part : room.parts) {
      const std::string_view bytes = folded.substr(begin, part.end - begin);
      room.part_begin.push_back(room.part_begin.back() + static_cast<std::uint32_t>(count_characters(bytes)));
      begin = part.end;
    }
  }

  static std::size_t begin_of(const Room& room, std::size_t part) { return part == 0 ? 0 : room.parts[part - 1].end; }
  static std::size_t length_of(const Room& room, Piece piece) { return room.part_begin[piece.last + 1] - room.part_begin[piece.first]; }

  bool is_asked(const Search& search, Piece piece, std::size_t length) const {
    if (!search.room.parts[piece.first].is_word || !search.room.parts[piece.last].is_word || !lengths_[length]) return false;
    const std::pair place(begin_of(search.room, piece.first), std::size_t{search.room.parts[piece.last].end});
    return !std::ranges::binary_search(std::span(search.matches).first(search.exact), place, {},
                                       [](const TermMatch& match) { return std::pair(std::size_t{match.begin}, std::size_t{match.end}); });
  }

  // Pieces that begin with a part as some term does, up to before its middle. No term has the parts from `part` to the one that ended the
  // search for exact terms; whether a term's boundaries are those of the text hangs on one more part and a character.
  void find_begun(const Search& search, std::size_t part) const {
    const Room& room = search.room;
    const std::size_t dead = room.begun[part];
    const bool is_open = dead + 2 >= room.parts.size();
    const std::size_t begun = room.part_begin[std::min(dead + 2, room.parts.size())] - room.part_begin[part];
    for (Piece piece{part, part}; piece.last < room.parts.size(); ++piece.last) {
      const std::size_t length = length_of(room, piece);
      if (length >= lengths_.size() || (!is_open && length > 2 * begun + 4)) return;
      if (!is_asked(search, piece, length)) continue;
      const std::size_t begin = room.part_begin[part], end = begin + length;
      for (std::size_t size = std::max(length - 1, kLeastFuzzyCharacters); size <= length + 1; ++size) {
        const std::size_t intact = size / 2 - 1;
        if (!starts_.may_hold(half(hashes_.piece(room.sums, begin, begin + intact), intact))) continue;
        compare(search, piece, begin + intact, end);
        break;
      }
    }
  }

  // Pieces that end with a part as some term does, from its middle on.
  void find_ended(const Search& search, std::size_t part) const {
    const Room& room = search.room;
    std::uint64_t hash = 0;
    std::size_t dead = part + 1;  // No term ends with the parts from before this one on.
    for (bool goes_on = true; goes_on && dead > 0; --dead) {
      hash = joined(hash, room.end_hashes[dead - 1]);
      const Chains::Entry* entry = endings_.find(hash);
      if (!entry) break;
      goes_on = entry->goes_on != 0;
    }
    const bool is_open = dead < 3;
    const std::size_t ended = room.part_begin[part + 1] - room.part_begin[is_open ? 0 : dead - 3];
    for (Piece piece{part, part};; --piece.first) {
      const std::size_t length = length_of(room, piece);
      if (length >= lengths_.size() || (!is_open && length > 2 * ended + 1)) return;
      if (is_asked(search, piece, length)) {
        const std::size_t begin = room.part_begin[piece.first], end = begin + length;
        for (std::size_t size = std::max(length - 1, kLeastFuzzyCharacters); size <= length + 1; ++size) {
          const std::size_t intact = size - size / 2;
          if (!ends_.may_hold(half(hashes_.piece(room.sums, end - intact, end), intact))) continue;
          compare(search, piece, begin, end - intact);
          break;
        }
      }
      if (piece.first == 0) return;
    }
  }

  // With the terms that are the piece, or the piece without one of its characters `from` to `to` - 1, up to a character of their own.
  void compare(const Search& search, Piece piece, std::size_t from, std::size_t to) const {
    const std::size_t begin = search.room.part_begin[piece.first], end = search.room.part_begin[piece.last + 1];
    compare_variants(search, piece, hashes_.piece(search.room.sums, begin, end));
    for (std::size_t left_out = from; left_out < to; ++left_out)
      compare_variants(search, piece, hashes_.without(search.room.sums, begin, end, left_out));
  }

  void compare_variants(const Search& search, Piece piece, std::uint64_t polynomial) const {
    const std::uint64_t hash = mixed(polynomial);
    if (!filter_.may_hold(hash)) return;
    const std::size_t bucket = directory_place(hash);
    const Room& room = search.room;
    const std::span<const char32_t> points = std::span(room.points).subspan(room.part_begin[piece.first], length_of(room, piece));
    for (std::uint32_t entry = directory_[bucket]; entry < directory_[bucket + 1]; ++entry)
      if (table_[entry].tag == static_cast<std::uint32_t>(hash) && is_one_edit_away(points_of(table_[entry].term), points))
        search.matches.push_back(
            {static_cast<std::uint32_t>(begin_of(room, piece.first)), room.parts[piece.last].end, table_[entry].term, false});
  }

  Chains endings_;
  PieceHashes hashes_;
  std::vector<bool> lengths_;  // Of pieces that can be one edit away from a term.
  std::vector<char32_t> points_;
  std::vector<std::uint32_t> points_begin_;
  std::vector<Entry> table_;
  std::vector<std::uint32_t> directory_;
  int directory_bits_ = 1;
  Filter filter_, starts_, ends_;
};

TermDictionary::TermDictionary(std::vector<std::string> terms, Spelling spelling) : terms_(std::move(terms)) {
  std::size_t longest = 0;
  for (const std::string& term : terms_) {
    assert(!term.empty());
    lengths_.push_back(static_cast<std::uint32_t>(count_characters(term)));
    longest = std::max<std::size_t>(longest, lengths_.back());
  }
  beginnings_ = std::make_unique<const Chains>(terms_, Chains::From::kBegin);
  if (spelling == Spelling::kOneEdit) fuzzy_ = std::make_unique<const FuzzyTerms>(terms_, longest, fuzzy_variants(terms_));
}

TermDictionary::~TermDictionary() = default;

std::size_t TermDictionary::fuzzy_variants(std::span<const std::string> terms) {
  std::size_t variants = 0;
  for (const std::string& term : terms) {
    const std::size_t characters = count_characters(term);
    if (characters >= kLeastFuzzyCharacters) variants += characters + 1;
  }
  return variants;
}

void TermDictionary::find(std::string_view folded, Room& room, std::vector<TermMatch>& matches) const {
  matches.clear();
  cut_at_word_boundaries(folded, room.parts);
  find_exact(folded, room, matches);
  if (fuzzy_) fuzzy_->find(folded, room, matches);
  keep_outermost(matches);
}

void TermDictionary::keep_outermost(std::vector<TermMatch>& matches) const {
  std::ranges::sort(matches, [this](const TermMatch& one, const TermMatch& other) {
    if (one.begin != other.begin) return one.begin < other.begin;
    if (one.end != other.end) return one.end > other.end;
    if (one.is_exact != other.is_exact) return one.is_exact;
    if (lengths_[one.term] != lengths_[other.term]) return lengths_[one.term] > lengths_[other.term];
    return one.term < other.term;
  });
  std::size_t kept = 0;
  for (const TermMatch& match : matches)
    if (kept == 0 || match.end > matches[kept - 1].end) matches[kept++] = match;
  matches.resize(kept);
}

}  // namespace hone
