#include "hone/flow/benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "hone/core/count.h"
#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/hash.h"
#include "hone/core/parallel.h"
#include "hone/core/suggest.h"
#include "hone/data/value.h"
#include "hone/flow/benchmark_format_internal.h"
#include "hone/stats/systematic_sample.h"

namespace hone {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kItemIdDigits = 32;
constexpr std::size_t kFewestDigits = 6;  // Of a shortened id.
// Lines of a version's file that are parsed side by side, by so many at a time, and held beside the items.
constexpr std::size_t kLinesParsed = 65'536, kLinesOfBlock = 1024;
// A systematic sample that begins in the middle of its first step has the count that is nearest to the share.
constexpr double kMiddle = 0.5;

std::string digest_of(const std::string& before, const std::string& sha256) {
  return Sha256().update_sized("hone/benchmark/v1").update_sized(before).update_sized(sha256).hex();
}

// Deals out sealed items and anchors, each in the share asked for within every stratum, by a hash of the ids: the order of the file says
// nothing.
void deal(std::vector<BenchmarkItem>& items, const BenchmarkRules& rules) {
  std::vector<std::pair<std::string, std::uint64_t>> orders;
  for (const BenchmarkItem& item : items)
    orders.emplace_back(item.stratum, sha256_prefix("hone/deal/v1 " + std::to_string(rules.seed) + " " + item.id));
  std::vector<std::uint32_t> places(items.size());
  std::iota(places.begin(), places.end(), 0u);
  std::ranges::sort(places, {}, [&](std::uint32_t place) { return std::tie(orders[place], items[place].id); });
  const auto count = [&](double share) { return static_cast<std::size_t>(std::lround(share * static_cast<double>(items.size()))); };
  for (const std::uint32_t place : systematic_sample(places.size(), count(rules.sealed), kMiddle)) items[places[place]].sealed = true;
  std::erase_if(places, [&](std::uint32_t place) { return items[place].sealed; });
  const std::size_t anchors = std::min(count(rules.anchor), places.size());
  for (const std::uint32_t place : systematic_sample(places.size(), anchors, kMiddle)) items[places[place]].anchor = true;
}

[[noreturn]] void refuse_changed(const std::filesystem::path& file, std::uint64_t line, const std::string& what) {
  throw Error(ErrorCode::kCorruptData, "'" + file.string() + "':" + std::to_string(line) + ": " + what +
                                           "; items never change. Bring the file back as it was (git has it), retire the item and admit "
                                           "what it should have been");
}

// What is wrong with a line is told with its file and number.
template <typename Take>
void take_line(const std::filesystem::path& file, std::uint64_t line, const Take& take) {
  try {
    take();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCorruptData) throw;
    refuse_changed(file, line, error.what());
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

void BenchmarkRules::validate() const {
  admission.validate();
  const auto is_share = [](double share) { return share >= 0.0 && share <= 1.0; };
  if (!is_share(anchor)) throw Error(ErrorCode::kInvalidArgument, "anchor is a share of the items, 0 to 1");
  if (!is_share(sealed)) throw Error(ErrorCode::kInvalidArgument, "sealed is a share of the items, 0 to 1");
  if (anchor + sealed > 1.0 + 1e-9)
    throw Error(ErrorCode::kInvalidArgument, "anchor and sealed are more than all items together; no anchor is sealed");
}

void check_date(const std::string& date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-' || !parse_time(date, "UTC"))
    throw Error(ErrorCode::kInvalidArgument, "'" + date.substr(0, 40) + "' is no date; write it as 2026-01-31");
}

std::string item_id(std::span<const std::string> fields, std::span<const std::string> content, std::string_view gold) {
  Sha256 hash;
  hash.update_sized("hone/item/v1");
  for (std::size_t field = 0; field < fields.size(); ++field) hash.update_sized(fields[field]).update_sized(content[field]);
  return hash.update_sized(gold).hex().substr(0, kItemIdDigits);
}

void check_plain_name(const std::string& name, std::string_view of, std::string_view example) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  if (!name.empty() && name.size() <= kLongestName && name.front() != '.' && name.front() != '-' && std::ranges::all_of(name, is_plain))
    return;
  throw Error(ErrorCode::kInvalidArgument, "'" + name.substr(0, 80) + "' is no name for " + std::string(of) +
                                               ": up to 64 letters, digits, '.', '_' and '-', the first a letter or digit, such as " +
                                               std::string(example));
}

ProjectLock lock_benchmarks(const std::filesystem::path& root) { return ProjectLock(root / "benchmarks" / ".lock"); }

std::vector<std::string> benchmark_names(const std::filesystem::path& root) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(root / "benchmarks", error), end; !error && entry != end; entry.increment(error))
    if (std::filesystem::exists(entry->path() / "benchmark.json")) names.push_back(entry->path().filename().string());
  std::ranges::sort(names);
  return names;
}

void Benchmark::require(const std::filesystem::path& root, const std::string& name) {
  check_plain_name(name, "a benchmark", "complaints-2026");
  if (SafePath(root, "benchmarks/" + name + "/benchmark.json").is_file()) return;
  const std::vector<std::string> names = benchmark_names(root);
  throw Error(ErrorCode::kNotFound, "there is no benchmark '" + name + "' in '" + (root / "benchmarks").string() + "'" +
                                        (names.empty() ? "; `hone benchmark create NAME` makes one" : suggestion(name, names)));
}

Benchmark Benchmark::open(const std::filesystem::path& root, const std::string& name, int threads) {
  require(root, name);
  Benchmark benchmark(root, name);
  benchmark.read_manifest();
  for (const BenchmarkVersion& version : benchmark.versions_) benchmark.read_version(version, threads);
  return benchmark;
}

Benchmark Benchmark::begin(const std::filesystem::path& root, const std::string& name, BenchmarkFields fields, BenchmarkRules rules) {
  check_plain_name(name, "a benchmark", "complaints-2026");
  rules.validate();
  Benchmark benchmark(root, name);
  benchmark.fields_ = std::move(fields);
  benchmark.rules_ = rules;
  if (benchmark.file("benchmark.json").is_file())
    throw Error(ErrorCode::kInvalidArgument, "there is a benchmark '" + name + "' already; `hone benchmark admit " + name +
                                                 "` adds a version to it, another name makes another one");
  return benchmark;
}

std::filesystem::path Benchmark::folder() const { return SafePath(root_, "benchmarks/" + name_).path(); }

SafePath Benchmark::file(const std::string& name) const { return {root_, "benchmarks/" + name_ + "/" + name}; }

void Benchmark::read_manifest() {
  const SafePath path = file("benchmark.json");
  const std::string text = path.read();
  try {
    BenchmarkManifest manifest = parse_manifest(text);
    fields_ = std::move(manifest.fields);
    rules_ = manifest.rules;
    versions_ = std::move(manifest.versions);
  } catch (const Error& error) {
    throw Error(ErrorCode::kCorruptData, "'" + path.path().string() + "' is not a benchmark's manifest: " + error.what() +
                                             "; bring the file back as it was (git has it)");
  }
}

void Benchmark::read_version(const BenchmarkVersion& version, int threads) {
  const SafePath path = file(version.file);
  const std::string text = path.read();
  const std::vector<std::string_view> lines = lines_of(text);
  std::vector<VersionLine> parsed;
  std::uint64_t came = 0;
  for (std::size_t first = 0; first < lines.size(); first += parsed.size()) {
    parsed.assign(std::min(kLinesParsed, lines.size() - first), {});
    const std::size_t blocks = (parsed.size() + kLinesOfBlock - 1) / kLinesOfBlock;
    parallel_for(blocks, threads, [&](std::size_t block) {
      for (std::size_t line = block * kLinesOfBlock; line < std::min(parsed.size(), (block + 1) * kLinesOfBlock); ++line)
        take_line(path.path(), first + line + 1, [&] { parsed[line] = parse_version_line(lines[first + line], fields_); });
    });
    for (std::size_t line = 0; line < parsed.size(); ++line) {
      came += parsed[line].came;
      take_line(path.path(), first + line + 1, [&] { take(std::move(parsed[line]), version.number); });
    }
  }
  check_version(version, text, came, lines.size() - came);
}

void Benchmark::check_version(const BenchmarkVersion& version, const std::string& text, std::uint64_t came, std::uint64_t went) const {
  const std::string manifest = "'" + file("benchmark.json").path().string() + "'", number = std::to_string(version.number);
  if (sha256_hex(text) != version.sha256)
    throw Error(ErrorCode::kCorruptData, "'" + file(version.file).path().string() + "' does not have the bytes that version " + number +
                                             " was made of: a line was changed, added or taken out by hand; "
                                             "bring the file back as it was (git has it)");
  if (digest_of(version.number == 1 ? "" : versions_[version.number - 2].digest, version.sha256) != version.digest)
    throw Error(ErrorCode::kCorruptData,
                "the digest of version " + number + " in " + manifest + " is not that of its file and those before it");
  if (came != version.came || went != version.went)
    throw Error(ErrorCode::kCorruptData, manifest + " says that " + counted(version.came, "item") + " came with version " + number +
                                             " and " + with_commas(version.went) + " went; in its file there are " + with_commas(came) +
                                             " and " + with_commas(went) + ". Bring the file back as it was (git has it)");
}

void Benchmark::take(VersionLine line, std::uint32_t version) {
  BenchmarkItem& item = line.item;
  const auto place = find_id(item.id);
  if (line.came) {
    if (place) throw Error(ErrorCode::kCorruptData, "item " + item.id + " stands there a second time");
    item.since = version;
    add(std::move(item));
  } else {
    if (!place) throw Error(ErrorCode::kCorruptData, "item " + item.id.substr(0, 80) + " is retired, and never was there");
    if (items_[*place].until != 0) throw Error(ErrorCode::kCorruptData, "item " + item.id + " is retired a second time");
    items_[*place].until = version;
    items_[*place].retired = std::move(item.retired);
  }
}

void Benchmark::add(BenchmarkItem item) {
  const std::uint32_t place = ids_.of(item.id);
  if (!item.key.empty()) {
    const std::uint32_t key = keys_.of(item.key);
    item_of_key_.resize(keys_.size());
    item_of_key_[key] = place;
  }
  items_.push_back(std::move(item));
}

void Benchmark::require_version(std::uint32_t version) const {
  if (version >= 1 && version <= newest()) return;
  throw Error(ErrorCode::kNotFound,
              "'" + name_ + "' has no version " + std::to_string(version) + "; there are 1 to " + std::to_string(newest()));
}

std::vector<std::uint32_t> Benchmark::members(std::uint32_t version) const {
  std::vector<std::uint32_t> members;
  for (std::uint32_t item = 0; item < items_.size(); ++item)
    if (items_[item].since <= version && (items_[item].until == 0 || items_[item].until > version)) members.push_back(item);
  return members;
}

std::optional<std::uint32_t> Benchmark::find_id(std::string_view id) const {
  const std::uint32_t place = ids_.find(id);
  return place == kNoName ? std::nullopt : std::optional(place);
}

std::optional<std::uint32_t> Benchmark::find(std::string_view name) const {
  if (const auto place = find_id(name)) return place;
  const std::uint32_t key = keys_.find(name);
  return key == kNoName ? std::nullopt : std::optional(item_of_key_[key]);
}

std::uint32_t Benchmark::item_named(std::string_view name) const {
  if (const auto item = find(name)) return *item;
  std::vector<std::uint32_t> alike;
  if (name.size() >= kFewestDigits)
    for (std::uint32_t item = 0; item < items_.size(); ++item)
      if (items_[item].id.starts_with(name)) alike.push_back(item);
  if (alike.size() == 1) return alike.front();
  const std::string shown = "'" + std::string(name.substr(0, 80)) + "'";
  if (alike.empty())
    throw Error(ErrorCode::kNotFound,
                "'" + name_ + "' has no item " + shown +
                    "; an item is named by its id, 6 or more first digits of it, or its own id in the file it came from");
  throw Error(ErrorCode::kNotFound, counted(alike.size(), "item") + " of '" + name_ + "' begin with " + shown + "; write more of the id");
}

void Benchmark::add_version(const std::string& date, const std::string& why, std::vector<BenchmarkItem> came,
                            std::vector<Retirement> went) {
  check_date(date);
  if (!versions_.empty() && date < versions_.back().date)
    throw Error(ErrorCode::kInvalidArgument,
                date + " lies before version " + std::to_string(newest()) + ", which is of " + versions_.back().date);
  if (came.empty() && went.empty())
    throw Error(ErrorCode::kInvalidArgument, "nothing comes and nothing goes: that would be no new version");
  deal(came, rules_);
  BenchmarkVersion version{.number = newest() + 1,
                           .date = date,
                           .file = fmt::format("items/{:04}.jsonl", newest() + 1),
                           .sha256 = {},
                           .digest = {},
                           .why = why,
                           .came = came.size(),
                           .went = went.size()};
  std::string text;
  for (BenchmarkItem& item : came) {
    item.admitted = date;
    item.since = version.number;
    text += item_line(item, fields_);
  }
  for (const Retirement& retirement : went) text += retirement_line(items_[retirement.item].id, retirement.why);
  version.sha256 = sha256_hex(text);
  version.digest = digest_of(versions_.empty() ? "" : versions_.back().digest, version.sha256);
  make_folder(folder() / "items");
  write_file_atomically(file(version.file).path(), text);
  versions_.push_back(version);
  write_file_atomically(file("benchmark.json").path(), manifest_text({fields_, rules_, versions_}));
  for (BenchmarkItem& item : came) add(std::move(item));
  for (Retirement& retirement : went) {
    items_[retirement.item].until = version.number;
    items_[retirement.item].retired = std::move(retirement.why);
  }
}

}  // namespace hone
