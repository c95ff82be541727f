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
#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/data/value.h"
#include "hone/stats/systematic_sample.h"

namespace hone {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBenchmarkFormat = "hone-benchmark/1";
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kItemIdDigits = 32;
constexpr std::size_t kFewestDigits = 6;  // Of a shortened id.
// A systematic sample that begins in the middle of its first step has the count that is nearest to the share.
constexpr double kMiddle = 0.5;

Json fields_json(const BenchmarkFields& fields) {
  return {{"id", fields.id}, {"text", fields.text}, {"gold", fields.gold}, {"stratum", fields.stratum}, {"cluster", fields.cluster}};
}

BenchmarkFields fields_of(const Json& json) {
  return {
      .id = json.at("id"), .text = json.at("text"), .gold = json.at("gold"), .stratum = json.at("stratum"), .cluster = json.at("cluster")};
}

Json benchmark_rules_json(const BenchmarkRules& rules) {
  return {{"similarity", rules.admission.similarity},
          {"ngram", rules.admission.ngram},
          {"overlap", rules.admission.overlap},
          {"anchor", rules.anchor},
          {"sealed", rules.sealed},
          {"seed", rules.seed}};
}

BenchmarkRules rules_of(const Json& json) {
  return {.admission = {.similarity = json.at("similarity"), .ngram = json.at("ngram"), .overlap = json.at("overlap")},
          .anchor = json.at("anchor"),
          .sealed = json.at("sealed"),
          .seed = json.at("seed")};
}

Json version_json(const BenchmarkVersion& version) {
  return {{"version", version.number}, {"date", version.date}, {"file", version.file}, {"sha256", version.sha256},
          {"digest", version.digest},  {"why", version.why},   {"came", version.came}, {"went", version.went}};
}

BenchmarkVersion version_of(const Json& json) {
  return {.number = json.at("version"),
          .date = json.at("date"),
          .file = json.at("file"),
          .sha256 = json.at("sha256"),
          .digest = json.at("digest"),
          .why = json.at("why"),
          .came = json.at("came"),
          .went = json.at("went")};
}

Json item_json(const BenchmarkItem& item, const BenchmarkFields& fields) {
  Json content = Json::object();
  for (std::size_t field = 0; field < fields.text.size(); ++field) content[fields.text[field]] = item.content[field];
  Json json{{"admitted", item.admitted}, {"content", content}, {"gold", item.gold}, {"id", item.id}};
  if (!item.key.empty()) json["key"] = item.key;
  if (!item.stratum.empty()) json["stratum"] = item.stratum;
  if (!item.cluster.empty()) json["cluster"] = item.cluster;
  if (item.anchor) json["anchor"] = true;
  if (item.sealed) json["sealed"] = true;
  return json;
}

BenchmarkItem item_of(const Json& json, const BenchmarkFields& fields) {
  BenchmarkItem item{.id = json.at("id"), .content = {}, .gold = json.at("gold")};
  for (const std::string& field : fields.text) item.content.push_back(json.at("content").at(field));
  item.key = json.value("key", "");
  item.stratum = json.value("stratum", "");
  item.cluster = json.value("cluster", "");
  item.admitted = json.at("admitted");
  item.anchor = json.value("anchor", false);
  item.sealed = json.value("sealed", false);
  return item;
}

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

Benchmark Benchmark::open(const std::filesystem::path& root, const std::string& name) {
  require(root, name);
  Benchmark benchmark(root, name);
  benchmark.read_manifest();
  for (const BenchmarkVersion& version : benchmark.versions_) benchmark.read_version(version);
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
  const SafePath manifest = file("benchmark.json");
  try {
    const Json json = Json::parse(manifest.read());
    if (json.at("format") != kBenchmarkFormat) throw Error(ErrorCode::kCorruptData, "the format is not " + std::string(kBenchmarkFormat));
    fields_ = fields_of(json.at("fields"));
    rules_ = rules_of(json.at("rules"));
    for (const Json& version : json.at("versions")) versions_.push_back(version_of(version));
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kCorruptData, "'" + manifest.path().string() + "' is not a benchmark's manifest: " + error.what());
  }
}

void Benchmark::read_version(const BenchmarkVersion& version) {
  const SafePath path = file(version.file);
  const std::string text = path.read();
  std::uint64_t line = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    ++line;
    try {
      take_line(version, std::string_view(text).substr(begin, end - begin));
    } catch (const nlohmann::json::exception& error) {
      refuse_changed(path.path(), line, std::string("this is no line of a version: ") + error.what());
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kCorruptData) throw;
      refuse_changed(path.path(), line, error.what());
    }
    begin = end + 1;
  }
  if (sha256_hex(text) != version.sha256)
    throw Error(ErrorCode::kCorruptData, "'" + path.path().string() + "' does not have the bytes that version " +
                                             std::to_string(version.number) +
                                             " was made of: a line was changed, added or taken out by hand; "
                                             "bring the file back as it was (git has it)");
  if (digest_of(version.number == 1 ? "" : versions_[version.number - 2].digest, version.sha256) != version.digest)
    throw Error(ErrorCode::kCorruptData, "the digest of version " + std::to_string(version.number) + " in '" +
                                             file("benchmark.json").path().string() + "' is not that of its file and those before it");
}

void Benchmark::take_line(const BenchmarkVersion& version, std::string_view line) {
  const Json json = Json::parse(line);
  if (json.contains("retired")) {
    const auto found = by_id_.find(json.at("id").get<std::string>());
    if (found == by_id_.end()) throw Error(ErrorCode::kCorruptData, "an item is retired that never was there");
    BenchmarkItem& item = items_[found->second];
    item.until = version.number;
    item.retired = json.at("retired");
    return;
  }
  BenchmarkItem item = item_of(json, fields_);
  if (item_id(fields_.text, item.content, item.gold) != item.id)
    throw Error(ErrorCode::kCorruptData, "the content or gold of item " + item.id + " was changed by hand: its id is another's");
  if (by_id_.contains(item.id)) throw Error(ErrorCode::kCorruptData, "item " + item.id + " stands there a second time");
  item.since = version.number;
  items_.push_back(std::move(item));
  index(static_cast<std::uint32_t>(items_.size() - 1));
}

void Benchmark::index(std::uint32_t item) {
  by_id_.emplace(items_[item].id, item);
  if (!items_[item].key.empty()) by_key_[items_[item].key] = item;  // The newest of them: one that replaced another may have its name.
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

std::optional<std::uint32_t> Benchmark::find(std::string_view name) const {
  const std::string text(name);
  if (const auto found = by_id_.find(text); found != by_id_.end()) return found->second;
  if (const auto found = by_key_.find(text); found != by_key_.end()) return found->second;
  return std::nullopt;
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

std::string Benchmark::manifest_text() const {
  Json versions = Json::array();
  for (const BenchmarkVersion& version : versions_) versions.push_back(version_json(version));
  const Json manifest{
      {"format", kBenchmarkFormat}, {"fields", fields_json(fields_)}, {"rules", benchmark_rules_json(rules_)}, {"versions", versions}};
  return manifest.dump(2) + "\n";
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
    text += item_json(item, fields_).dump() + "\n";
  }
  for (const Retirement& retirement : went) text += Json{{"id", items_[retirement.item].id}, {"retired", retirement.why}}.dump() + "\n";
  version.sha256 = sha256_hex(text);
  version.digest = digest_of(versions_.empty() ? "" : versions_.back().digest, version.sha256);
  make_folder(folder() / "items");
  write_file_atomically(file(version.file).path(), text);
  versions_.push_back(version);
  write_file_atomically(file("benchmark.json").path(), manifest_text());
  for (BenchmarkItem& item : came) {
    items_.push_back(std::move(item));
    index(static_cast<std::uint32_t>(items_.size() - 1));
  }
  for (Retirement& retirement : went) {
    items_[retirement.item].until = version.number;
    items_[retirement.item].retired = std::move(retirement.why);
  }
}

}  // namespace hone
