#include <algorithm>
#include <map>
#include <set>

#include "hone/core/error.h"
#include "hone/vote/source_voters_internal.h"

namespace hone {
namespace {

// Sources that one voter speaks for, and their places.
struct Together {
  std::vector<const Source*> sources;
  std::vector<std::size_t> places;

  void add(const Source* source, std::size_t place) {
    sources.push_back(source);
    places.push_back(place);
  }
};

// The sources of one entry share what it read.
Together& of_dictionary(std::vector<Together>& dictionaries, const Source& source) {
  const auto same = [&](const Together& one) { return one.sources.front()->dictionary == source.dictionary; };
  const auto found = std::ranges::find_if(dictionaries, same);
  return found == dictionaries.end() ? dictionaries.emplace_back() : *found;
}

std::set<std::size_t> places_of(std::span<const AskedVoter> voters) {
  std::set<std::size_t> places;
  for (const AskedVoter& voter : voters) places.insert(voter.sources.begin(), voter.sources.end());
  return places;
}

}  // namespace

std::vector<AskedVoter> voters_of(std::span<const Source* const> sources, std::span<const Slice* const> slices, const VoterContext& context,
                                  std::span<const AskedVoter> given) {
  std::vector<AskedVoter> voters(given.begin(), given.end());
  const std::set<std::size_t> spoken_for = places_of(given);
  Together lfs;
  std::map<std::string, Together> programs;
  std::vector<Together> dictionaries;  // By entry.
  for (std::size_t source = 0; source < sources.size(); ++source) {
    if (spoken_for.contains(source)) continue;
    switch (sources[source]->kind) {
      case Source::Kind::kLf:
        lfs.add(sources[source], source);
        break;
      case Source::Kind::kColumn:
        voters.push_back({column_voter(*sources[source], context.engine.decimal), {source}});
        break;
      case Source::Kind::kLike:
        voters.push_back({like_voter(*sources[source], context), {source}});
        break;
      case Source::Kind::kDictionary:
        of_dictionary(dictionaries, *sources[source]).add(sources[source], source);
        break;
      case Source::Kind::kModel:
        throw Error(ErrorCode::kInternal, "nobody speaks for " + described(*sources[source]));
      case Source::Kind::kProcess:
        programs[program_of(*sources[source])].add(sources[source], source);
        break;
    }
  }
  for (const auto& [_, program] : programs) voters.push_back({process_voter(program.sources, context), program.places});
  for (const Together& dictionary : dictionaries)
    voters.push_back({dictionary_voter(dictionary.sources, context.engine), dictionary.places});
  for (std::size_t slice = 0; slice < slices.size(); ++slice) lfs.places.push_back(sources.size() + slice);
  if (!lfs.places.empty()) voters.push_back({condition_voter(lfs.sources, slices, context.engine), lfs.places});
  return voters;
}

}  // namespace hone
