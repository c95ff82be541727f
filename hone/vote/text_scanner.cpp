#include <algorithm>
#include <cassert>
#include <map>

#include "hone/core/unicode.h"
#include "hone/vote/pattern_filter_internal.h"
#include "hone/vote/pattern_internal.h"
#include "hone/vote/text_scanner_internal.h"

namespace hone {
namespace {

// A byte that UTF-8 never has, so that no literal reaches from one row into the next.
constexpr char kParting = '\xFF';

bool is_ascii_space(unsigned char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

bool is_ascii_word(unsigned char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

// is_word_boundary() with its two most frequent answers first: beside a space, and inside an ASCII word.
bool is_boundary(std::string_view text, std::size_t position) {
  if (position == 0 || position >= text.size()) return true;
  const auto left = static_cast<unsigned char>(text[position - 1]), right = static_cast<unsigned char>(text[position]);
  if (is_ascii_word(left) && is_ascii_word(right)) return false;
  if (is_ascii_space(right) || (is_ascii_space(left) && right < 0x80)) return true;
  return is_word_boundary(text, position);
}

// Appends the row in lower case when it is ASCII alone; else appends nothing and says so.
bool append_ascii_lower(std::string_view row, std::string& buffer) {
  const std::size_t begin = buffer.size();
  buffer.resize(begin + row.size());
  unsigned char any = 0;
  char* to = buffer.data() + begin;
  for (std::size_t byte = 0; byte < row.size(); ++byte) {
    const auto c = static_cast<unsigned char>(row[byte]);
    any |= c;
    to[byte] = static_cast<char>(c ^ (static_cast<unsigned char>(c - 'A') < 26 ? 0x20 : 0));
  }
  if (any < 0x80) return true;
  buffer.resize(begin);
  return false;
}

}  // namespace

// One call of scan(): its steps share the rows and the findings.
class TextScanner::Scan {
 public:
  Scan(const TextScanner& scanner, std::span<const std::string_view> rows, Scratch& scratch, std::vector<Finding>& findings)
      : scanner_(scanner), rows_(rows), scratch_(scratch), findings_(findings) {}

  void run() {
    if (scanner_.folded_.database) scan_folded();
    if (scanner_.has_filtered_patterns_ && !scratch_.not_ascii_.empty()) scan_filtered();
    if (scanner_.raw_.database) scan_raw();
    if (!scanner_.unfiltered_.empty()) try_unfiltered();
    scratch_.rows_before_ += rows_.size();
  }

 private:
  void begin_buffer() {
    scratch_.buffer_.clear();
    scratch_.begins_.clear();
    scratch_.row_of_.clear();
  }
  void begin_row(std::uint32_t row) {
    scratch_.begins_.push_back(scratch_.buffer_.size());
    scratch_.row_of_.push_back(row);
  }
  void end_row() { scratch_.buffer_ += kParting; }

  void scan_folded() {
    begin_buffer();
    scratch_.not_ascii_.clear();
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      begin_row(row);
      if (!append_ascii_lower(rows_[row], scratch_.buffer_)) {
        scratch_.not_ascii_.push_back(row);
        append_folded(rows_[row]);
      }
      end_row();
    }
    scan_buffer(scanner_.folded_, scratch_.folded_room_, [this](std::uint32_t row) { return is_ascii(row) ? Heed::kBoth : Heed::kWords; });
  }

  void append_folded(std::string_view row) {
    // Import lets no other text through, but folding would throw on it.
    if (is_valid_utf8(row))
      scratch_.buffer_ += fold_case(row, scratch_.fold_buffer_);
    else
      scratch_.buffer_ += fold_case(replace_invalid_utf8(row));
  }

  bool is_ascii(std::uint32_t row) const { return !std::ranges::binary_search(scratch_.not_ascii_, row); }

  void scan_filtered() {
    begin_buffer();
    for (const std::uint32_t row : scratch_.not_ascii_) {
      begin_row(row);
      append_filter_view(rows_[row], scratch_.buffer_);
      end_row();
    }
    scan_buffer(scanner_.folded_, scratch_.folded_room_, [](std::uint32_t) { return Heed::kPatterns; });
  }

  void scan_raw() {
    begin_buffer();
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      begin_row(row);
      scratch_.buffer_ += rows_[row];
      end_row();
    }
    scan_buffer(scanner_.raw_, scratch_.raw_room_, [](std::uint32_t) { return Heed::kWords; });
  }

  template <typename HeedOf>
  void scan_buffer(const Index& index, LiteralDatabase::Scratch& room, const HeedOf& heed_of) {
    scratch_.begins_.push_back(scratch_.buffer_.size());
    index.database->scan(scratch_.buffer_, room, scratch_.hits_);
    std::size_t slot = 0;  // Hits ascend, so the rows do.
    std::size_t heed_slot = scratch_.row_of_.size();
    Heed heed = Heed::kBoth;
    for (const LiteralHit& hit : scratch_.hits_) {
      while (hit.end > scratch_.begins_[slot + 1]) ++slot;
      if (slot != heed_slot) {
        heed = heed_of(scratch_.row_of_[slot]);
        heed_slot = slot;
      }
      const std::uint32_t last = index.begin[hit.literal + 1];
      for (std::uint32_t target = index.begin[hit.literal]; target < last; ++target)
        heed_target(index.targets[target], heed, hit, index.database->size_of(hit.literal), slot);
    }
  }

  void heed_target(const Target& target, Heed heed, const LiteralHit& hit, std::size_t literal_size, std::size_t slot) {
    if (target.is_word && heed != Heed::kPatterns) word_at(target.place, hit.end, literal_size, slot);
    if (!target.is_word && heed != Heed::kWords) literal_of_pattern(target, scratch_.row_of_[slot]);
  }

  void word_at(std::uint32_t word, std::uint64_t end, std::size_t size, std::size_t slot) {
    const std::uint32_t row = scratch_.row_of_[slot];
    std::uint64_t& seen = scratch_.term_seen_[word];
    if (seen == serial(row)) return;
    const std::size_t begin = scratch_.begins_[slot];
    const std::string_view text = std::string_view(scratch_.buffer_).substr(begin, scratch_.begins_[slot + 1] - 1 - begin);
    if (!is_boundary(text, end - begin - size) || !is_boundary(text, end - begin)) return;
    seen = serial(row);
    findings_.push_back({row, scanner_.word_terms_[word]});
  }

  void literal_of_pattern(const Target& target, std::uint32_t row) {
    const Pattern& pattern = scanner_.patterns_[target.place];
    std::uint64_t& seen = scratch_.pattern_seen_[target.place];
    std::uint8_t& cuts = scratch_.pattern_cuts_[target.place];
    if (seen != serial(row)) {
      seen = serial(row);
      cuts = 0;
    }
    if (cuts == pattern.all_cuts) return;
    cuts |= target.cut;
    if (cuts == pattern.all_cuts && finds(*pattern.compiled, rows_[row])) findings_.push_back({row, pattern.term});
  }

  void try_unfiltered() {
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      if (!rows_[row].data()) continue;
      scanner_.unfiltered_set_->find(rows_[row], scratch_.found_);
      for (const std::uint32_t place : scratch_.found_) findings_.push_back({row, scanner_.patterns_[scanner_.unfiltered_[place]].term});
    }
  }

  std::uint64_t serial(std::uint32_t row) const { return scratch_.rows_before_ + row + 1; }

  const TextScanner& scanner_;
  std::span<const std::string_view> rows_;
  Scratch& scratch_;
  std::vector<Finding>& findings_;
};

TextScanner::TextScanner(const TextTerms& terms) {
  std::map<std::string, std::vector<Target>> folded, raw;
  for (const TextTerms::Word& word : terms.words) {
    const Target target{.is_word = true, .place = static_cast<std::uint32_t>(word_terms_.size())};
    word_terms_.push_back(word.term);
    (word.case_sensitive ? raw[word.text] : folded[fold_case(word.text)]).push_back(target);
  }
  std::vector<const RE2*> unfiltered;
  for (const TextTerms::Pattern& pattern : terms.patterns) {
    const auto place = static_cast<std::uint32_t>(patterns_.size());
    const RequiredLiterals required = required_literals(pattern.text);
    patterns_.push_back(
        {pattern.term, std::make_unique<RE2>(pattern.text, pattern_options()), static_cast<std::uint8_t>((1u << required.size()) - 1)});
    for (std::size_t cut = 0; cut < required.size(); ++cut)
      for (const std::string& literal : required[cut]) folded[literal].push_back({false, place, static_cast<std::uint8_t>(1u << cut)});
    has_filtered_patterns_ = has_filtered_patterns_ || !required.empty();
    if (!required.empty()) continue;
    unfiltered_.push_back(place);
    unfiltered.push_back(patterns_.back().compiled.get());
  }
  unfiltered_set_ = std::make_unique<PatternSet>(std::move(unfiltered));
  const auto index = [](const std::map<std::string, std::vector<Target>>& targets, Index& made) {
    if (targets.empty()) return;
    std::vector<std::string> literals;
    made.begin.push_back(0);
    for (const auto& [literal, of_literal] : targets) {
      literals.push_back(literal);
      made.targets.insert(made.targets.end(), of_literal.begin(), of_literal.end());
      made.begin.push_back(static_cast<std::uint32_t>(made.targets.size()));
    }
    made.database = std::make_unique<LiteralDatabase>(std::move(literals));
  };
  index(folded, folded_);
  index(raw, raw_);
}

namespace {

const LiteralDatabase& or_empty(const std::unique_ptr<LiteralDatabase>& database) {
  static const LiteralDatabase empty({});
  return database ? *database : empty;
}

}  // namespace

TextScanner::Scratch::Scratch(const TextScanner& scanner)
    : folded_room_(or_empty(scanner.folded_.database)),
      raw_room_(or_empty(scanner.raw_.database)),
      term_seen_(scanner.word_terms_.size()),
      pattern_seen_(scanner.patterns_.size()),
      pattern_cuts_(scanner.patterns_.size()) {}

void TextScanner::scan(std::span<const std::string_view> rows, Scratch& scratch, std::vector<Finding>& findings) const {
  Scan(*this, rows, scratch, findings).run();
}

}  // namespace hone
