// Plants slices on which a system fails in rows of real texts, and counts how often discover_slices() finds them:
// slice_discovery_sim ROWS.jsonl NAME=VALUE…; a line of the file is {"text": …, "fields": {NAME: VALUE, …}, "topic": …}, the topic only for
// kind=topic. Prints one object of JSON.
//   sets=200 rows=4000 seed=1   so many times, so many rows drawn without replacement (with, where the file has fewer)
//   share=0.05                  of the rows in the planted slice; 0: none is planted
//   rate=0.4 rest=0.1           of errors in the planted slice and elsewhere
//   kind=term|value|pair        what defines the planted slice: one to three words, a field's value, two of these
//   kind=topic                  the texts of one topic, whatever its share, to which no term and no value comes near
//   cluster=1                   so many rows hang together: they have one error and one value of the field `customer`, as copies would
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hone/core/json.h"
#include "hone/core/random.h"
#include "hone/core/unicode.h"
#include "hone/eval/slice_discovery.h"

namespace {

using Rows = std::vector<std::uint32_t>;

struct Settings {
  std::string file, kind = "term";
  std::size_t sets = 200, rows = 4000, cluster = 1;
  std::uint64_t seed = 1;
  double share = 0.05, rate = 0.4, rest = 0.1;
};

// A pool of rows, from which each set is drawn.
struct Pool {
  std::vector<std::optional<std::string>> texts;
  std::vector<hone::SliceField> fields;
  std::vector<std::string> topics;  // Of no field: what is discovered knows nothing of them.
};

Pool read_pool(const std::string& file) {
  Pool pool;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json row = nlohmann::json::parse(line);
    pool.texts.push_back(row.at("text").is_null() ? std::nullopt : std::optional(row.at("text").get<std::string>()));
    pool.topics.push_back(row.value("topic", ""));
    std::size_t place = 0;
    for (const auto& [name, value] : row.at("fields").items()) {
      if (place == pool.fields.size()) pool.fields.push_back({name, {}});
      pool.fields[place++].values.push_back(value.is_null() ? std::nullopt : std::optional(value.get<std::string>()));
    }
  }
  return pool;
}

// One simulated set.
struct Set {
  std::vector<std::string> ids;
  std::vector<std::optional<std::string>> texts;
  std::vector<hone::SliceField> fields;
  std::vector<std::string> topics;
  std::vector<std::uint8_t> errors;
  std::vector<std::uint32_t> clusters;
};

Set draw(const Pool& pool, const Settings& settings, hone::RandomStream& dice) {
  Set set;
  Rows order(pool.texts.size());
  for (std::uint32_t row = 0; row < order.size(); ++row) order[row] = row;
  if (settings.rows <= order.size()) {
    for (std::size_t place = 0; place < settings.rows; ++place) std::swap(order[place], order[place + dice.below(order.size() - place)]);
    order.resize(settings.rows);
  } else {
    for (std::uint32_t& row : order) row = static_cast<std::uint32_t>(dice.below(pool.texts.size()));
    while (order.size() < settings.rows) order.push_back(static_cast<std::uint32_t>(dice.below(pool.texts.size())));
  }
  for (const hone::SliceField& field : pool.fields) set.fields.push_back({field.name, {}});
  for (const std::uint32_t row : order) {
    set.ids.push_back(std::to_string(dice.next()));
    set.texts.push_back(pool.texts[row]);
    set.topics.push_back(pool.topics[row]);
    for (std::size_t field = 0; field < pool.fields.size(); ++field) set.fields[field].values.push_back(pool.fields[field].values[row]);
  }
  return set;
}

// Rows by everything that a slice may be made of: words and neighbours of them as they stand in the folded text, values. By the bench's
// own reading, not by the library's.
std::map<std::string, Rows> parts_of(const Set& set, const std::string& kind) {
  std::map<std::string, Rows> rows;
  const auto add = [&](const std::string& what, std::uint32_t row) {
    Rows& here = rows[what];
    if (here.empty() || here.back() != row) here.push_back(row);
  };
  for (std::uint32_t row = 0; row < set.ids.size(); ++row) {
    if (kind != "term")
      for (const hone::SliceField& field : set.fields) add(field.name + "=" + field.values[row].value_or(""), row);
    if (kind == "value" || !set.texts[row]) continue;
    const std::string folded = hone::fold_case(*set.texts[row]);
    std::vector<std::string_view> words;
    hone::for_each_word(folded, [&](std::string_view word) { words.push_back(word); });
    for (std::size_t first = 0; first < words.size(); ++first)
      for (std::size_t last = first; last < words.size() && last < first + 3; ++last) {
        const std::string_view term(words[first].data(),
                                    static_cast<std::size_t>(words[last].data() + words[last].size() - words[first].data()));
        if (static_cast<std::size_t>(std::ranges::count(term, ' ')) == last - first) add("'" + std::string(term), row);
      }
  }
  return rows;
}

Rows common(const Rows& a, const Rows& b) {
  Rows both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

double jaccard(const Rows& a, const Rows& b) {
  const auto both = static_cast<double>(common(a, b).size());
  return both / (static_cast<double>(a.size() + b.size()) - both);
}

Rows rows_of_topic(const Set& set, const std::string& topic) {
  Rows rows;
  for (std::uint32_t row = 0; row < set.ids.size(); ++row)
    if (set.topics[row] == topic) rows.push_back(row);
  return rows;
}

// The texts of a topic that no term and no value comes near to; empty when there are none.
Rows plant_topic(const Set& set, hone::RandomStream& dice, std::string& name) {
  const std::map<std::string, Rows> parts = parts_of(set, "any");
  for (int attempt = 0; attempt < 50; ++attempt) {
    name = set.topics[dice.below(set.topics.size())];
    const Rows topic = rows_of_topic(set, name);
    if (std::ranges::none_of(parts, [&](const auto& part) { return jaccard(part.second, topic) >= 0.5; })) return topic;
  }
  return {};
}

// A slice of about the share that was asked for; empty when there is none.
Rows plant(const Set& set, const Settings& settings, hone::RandomStream& dice, std::string& name) {
  if (settings.kind == "topic") return plant_topic(set, dice, name);
  const auto rows = static_cast<double>(set.ids.size());
  const auto is_near = [&](const Rows& part) {
    const double share = static_cast<double>(part.size()) / rows;
    return share >= 0.9 * settings.share && share <= 1.1 * settings.share;
  };
  std::vector<std::pair<std::string, Rows>> parts;
  for (auto& [what, holding] : parts_of(set, settings.kind)) {
    const double share = static_cast<double>(holding.size()) / rows;
    if (settings.kind == "pair" ? share >= 1.5 * settings.share && share <= 0.6 : is_near(holding)) parts.emplace_back(what, holding);
  }
  if (parts.empty()) return {};
  if (settings.kind != "pair") {
    const auto& [what, holding] = parts[dice.below(parts.size())];
    name = what;
    return holding;
  }
  for (int attempt = 0; attempt < 20'000; ++attempt) {
    const auto &a = parts[dice.below(parts.size())], &b = parts[dice.below(parts.size())];
    Rows both = common(a.second, b.second);
    name = a.first + " & " + b.first;
    if (is_near(both)) return both;
  }
  return {};
}

// Errors, and where rows hang together one of each for all of them.
void err(Set& set, const Rows& planted, const Settings& settings, hone::RandomStream& dice) {
  for (std::uint32_t row = 0; row < set.ids.size(); ++row) {
    const double rate = std::ranges::binary_search(planted, row) ? settings.rate : settings.rest;
    set.errors.push_back(dice.uniform() < rate ? 1 : 0);
  }
  if (settings.cluster < 2) return;
  set.fields.push_back({"customer", {}});
  for (std::uint32_t row = 0; row < set.ids.size(); ++row) {
    const auto cluster = static_cast<std::uint32_t>(row / settings.cluster);
    set.clusters.push_back(cluster);
    set.errors[row] = set.errors[cluster * settings.cluster];
    set.texts[row] = set.texts[cluster * settings.cluster];
    set.fields.back().values.emplace_back("kind " + std::to_string(cluster % 20));
  }
}

struct Tally {
  std::size_t sets = 0, without_slice = 0, found = 0, any = 0, small = 0, findings = 0, apart = 0;
  double seconds = 0.0, slowest = 0.0, tested = 0.0, candidates = 0.0;
  std::vector<std::string> missed;
};

void simulate(const Pool& pool, const Settings& settings, std::size_t number, Tally& tally) {
  hone::RandomStream dice(settings.seed, "slice-discovery/" + std::to_string(number));
  Set set = draw(pool, settings, dice);
  std::string name;
  const Rows planted = settings.share > 0.0 ? plant(set, settings, dice, name) : Rows();
  if (settings.share > 0.0 && planted.empty()) return void(++tally.without_slice);
  err(set, planted, settings, dice);
  const std::clock_t start = std::clock();  // The time of this process: other work on the machine does not count, and there is one thread.
  const hone::SliceDiscovery found = hone::discover_slices({set.ids, set.texts, set.fields, set.errors, set.clusters});
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  ++tally.sets;
  tally.seconds += seconds;
  tally.slowest = std::max(tally.slowest, seconds);
  tally.tested += static_cast<double>(found.tested);
  tally.candidates += static_cast<double>(found.candidates);
  tally.any += !found.slices.empty();
  tally.small += !found.small.empty();
  tally.findings += found.slices.size();
  bool is_found = false;
  for (const hone::DiscoveredSlice& slice : found.slices) {
    is_found = is_found || (!planted.empty() && jaccard(slice.rows, planted) >= 0.5);
    tally.apart += common(slice.rows, planted).empty();
  }
  tally.found += is_found;
  if (is_found || planted.empty() || tally.missed.size() >= 10) return;
  std::string told = name + " (" + std::to_string(planted.size()) + ") ->";
  for (const hone::DiscoveredSlice& slice : found.slices) told += " " + hone::described(slice.terms) + ";";
  tally.missed.push_back(told);
}

Settings settings_of(int argc, char** argv) {
  Settings settings;
  settings.file = argv[1];
  for (int place = 2; place < argc; ++place) {
    const std::string word = argv[place], name = word.substr(0, word.find('=')), value = word.substr(word.find('=') + 1);
    if (name == "sets") settings.sets = std::stoul(value);
    if (name == "rows") settings.rows = std::stoul(value);
    if (name == "seed") settings.seed = std::stoul(value);
    if (name == "cluster") settings.cluster = std::stoul(value);
    if (name == "share") settings.share = std::stod(value);
    if (name == "rate") settings.rate = std::stod(value);
    if (name == "rest") settings.rest = std::stod(value);
    if (name == "kind") settings.kind = value;
  }
  return settings;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: slice_discovery_sim ROWS.jsonl [NAME=VALUE…]\n", stderr), 2;
  const Settings settings = settings_of(argc, argv);
  const Pool pool = read_pool(settings.file);
  Tally tally;
  for (std::size_t number = 0; number < settings.sets; ++number) simulate(pool, settings, number, tally);
  const auto sets = static_cast<double>(std::max<std::size_t>(tally.sets, 1));
  const nlohmann::json told = {{"sets", tally.sets},
                               {"without_slice", tally.without_slice},
                               {"found", tally.found},
                               {"with_findings", tally.any},
                               {"with_small", tally.small},
                               {"findings", tally.findings},
                               {"findings_apart", tally.apart},
                               {"tested", tally.tested / sets},
                               {"candidates", tally.candidates / sets},
                               {"seconds", tally.seconds / sets},
                               {"slowest", tally.slowest},
                               {"missed", tally.missed}};
  std::puts(told.dump(2).c_str());
  return 0;
}
