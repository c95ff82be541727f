// RE2's own analysis (FilteredRE2) tells which literals ("atoms") a match needs, as a monotone boolean function of the atoms
// that stand in the lower-cased text. We ask it for a few small cuts: sets of atoms of which every match needs one
// (Russ Cox: Regular Expression Matching with a Trigram Index, 2012, has the analysis). A text without an atom of
// some cut cannot match, so no match is ever missed; RE2 decides on the others.
//
// RE2 lower-cases by its own Unicode tables. To be independent of their version we compare ASCII alone: an atom is
// represented by its longest run of ASCII characters, and the only characters whose lower case is ASCII, Kelvin sign and İ, are
// mapped like RE2 might. Folding ſ to s on both sides spares the variants that (?i) makes of every s.
#include <re2/filtered_re2.h>

#include <algorithm>
#include <map>

#include "hone/vote/pattern_filter_internal.h"
#include "hone/vote/pattern_internal.h"

namespace hone {
namespace {

// Shorter literals stand in nearly every text.
constexpr std::size_t kMinLiteral = 2;
// A literal that alone must tell a text apart is longer; else the pattern runs together with others that have none.
constexpr std::size_t kMinTellingLiteral = 3;
// Of a longer literal its beginning tells as much; RE2 can ask for one of many thousand bytes.
constexpr std::size_t kMaxLiteral = 64;
constexpr std::size_t kMaxCuts = 3;
// Beyond so many literals looking for them costs more than trying the pattern.
constexpr std::size_t kMaxLiteralsPerCut = 256;

// NUL left out: the literals' database ends at it.
bool is_plain_ascii(char byte) { return byte != '\0' && static_cast<unsigned char>(byte) < 0x80; }

std::string longest_ascii_run(std::string_view text) {
  std::string_view best;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_plain_ascii(text[end])) ++end;
    if (end - begin > best.size()) best = text.substr(begin, end - begin);
    begin = end + 1;
  }
  return std::string(best);
}

// The monotone function of one pattern, over groups of atoms that look alike to us.
class AtomFunction {
 public:
  explicit AtomFunction(std::string_view pattern) {
    int id = 0;
    filter_.Add(re2::StringPiece(pattern.data(), pattern.size()), pattern_options(), &id);
    std::vector<std::string> atoms;
    filter_.Compile(&atoms);
    std::map<std::string, std::vector<int>> by_literal;
    for (std::size_t atom = 0; atom < atoms.size(); ++atom) by_literal[literal_of(atoms[atom])].push_back(static_cast<int>(atom));
    for (auto& [literal, members] : by_literal) add_group(literal, std::move(members));
    std::ranges::stable_sort(groups_, {}, [](const Group& group) { return group.literal.size(); });
  }

  std::size_t groups() const { return groups_.size(); }
  const std::string& literal(std::size_t group) const { return groups_[group].literal; }

  /// Whether a text might match that holds every group but those with `is_missing`.
  bool may_match_without(const std::vector<bool>& is_missing) const {
    std::vector<int> atoms = always_;
    for (std::size_t group = 0; group < groups_.size(); ++group)
      if (!is_missing[group]) atoms.insert(atoms.end(), groups_[group].atoms.begin(), groups_[group].atoms.end());
    std::vector<int> potentials;
    filter_.AllPotentials(atoms, &potentials);
    return !potentials.empty();
  }

 private:
  struct Group {
    std::string literal;
    std::vector<int> atoms;
  };

  static std::string literal_of(const std::string& atom) {
    std::string view;
    append_filter_view(atom, view);
    return longest_ascii_run(view).substr(0, kMaxLiteral);
  }

  void add_group(const std::string& literal, std::vector<int> atoms) {
    if (literal.size() < kMinLiteral)
      always_.insert(always_.end(), atoms.begin(), atoms.end());
    else
      groups_.push_back({literal, std::move(atoms)});
  }

  re2::FilteredRE2 filter_;
  std::vector<Group> groups_;  // Short literals first: they are the ones to do without.
  std::vector<int> always_;    // Atoms that we do not look for count as there.
};

// Groups of which every match needs one, none of them `used`; as few and as long as going through them once gives.
std::vector<bool> find_cut(const AtomFunction& function, const std::vector<bool>& used) {
  std::vector<bool> cut(used.size());
  for (std::size_t group = 0; group < used.size(); ++group) cut[group] = !used[group];
  if (function.may_match_without(cut)) return {};
  for (std::size_t group = 0; group < used.size(); ++group) {
    if (used[group]) continue;
    cut[group] = false;
    if (function.may_match_without(cut)) cut[group] = true;
  }
  return cut;
}

std::vector<std::string> literals_of(const AtomFunction& function, const std::vector<bool>& cut) {
  std::vector<std::string> literals;
  for (std::size_t group = 0; group < cut.size(); ++group)
    if (cut[group]) literals.push_back(function.literal(group));
  return literals;
}

}  // namespace

RequiredLiterals required_literals(std::string_view pattern) {
  const AtomFunction function(pattern);
  RequiredLiterals required;
  std::vector<bool> used(function.groups(), false);
  while (required.size() < kMaxCuts) {
    const std::vector<bool> cut = find_cut(function, used);
    if (cut.empty()) break;
    for (std::size_t group = 0; group < cut.size(); ++group) used[group] = used[group] || cut[group];
    std::vector<std::string> literals = literals_of(function, cut);
    if (literals.empty() || literals.size() > kMaxLiteralsPerCut) break;
    required.push_back(std::move(literals));
  }
  const auto tells = [](const std::vector<std::string>& cut) {
    return std::ranges::all_of(cut, [](const std::string& literal) { return literal.size() >= kMinTellingLiteral; });
  };
  return std::ranges::any_of(required, tells) ? required : RequiredLiterals{};
}

void append_filter_view(std::string_view text, std::string& view) {
  for (std::size_t byte = 0; byte < text.size(); ++byte) {
    const char c = text[byte];
    if (c >= 'A' && c <= 'Z') {
      view += static_cast<char>(c + 32);
    } else if (text.substr(byte, 3) == "\u212A") {
      view += 'k';
      byte += 2;
    } else if (text.substr(byte, 2) == "\u0130") {
      view += 'i';
      byte += 1;
    } else if (text.substr(byte, 2) == "\u017F") {
      view += 's';
      byte += 1;
    } else {
      view += c;
    }
  }
}

}  // namespace hone
