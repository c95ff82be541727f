#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/core/name_table.h"
#include "hone/core/safe_path.h"
#include "hone/eval/admission_gate.h"
#include "hone/store/run_record.h"

namespace hone {

/// Which fields of a file of items are what.
struct BenchmarkFields {
  std::string id = {};  // The owner's own name of an item; empty: items have none but their hash.
  std::vector<std::string> text{"text"};
  std::string gold = "gold";
  std::string stratum = {};  // Scores are told by it, and samples keep its shares; empty: one stratum.
  std::string cluster = {};  // Items of one value hang together; empty: each stands alone.
};

/// What stays the same over all versions.
struct BenchmarkRules {
  AdmissionOptions admission = {};
  double anchor = 0.2;     // Share of each version's new items that stay for good, so that versions can be linked.
  double sealed = 0.0;     // Share of them that is scored only where its opening is written down. Anchors are none of them.
  std::uint64_t seed = 1;  // Of who becomes anchor or sealed, and of samples.

  /// Throws kInvalidArgument, naming the field.
  void validate() const;
};

/// A question with its answer. Never changes: another text or gold is another item.
struct BenchmarkItem {
  std::string id;                    // 32 hex digits: item_id().
  std::string key = {};              // The owner's own name of it; may be empty.
  std::vector<std::string> content;  // By text field.
  std::string gold;
  std::string stratum = {}, cluster = {};
  std::string admitted = {};  // 2026-01-31
  bool anchor = false;
  bool sealed = false;
  std::uint32_t since = 0;   // The version that it came with, from 1,
  std::uint32_t until = 0;   // and the first one without it; 0: it is still there.
  std::string retired = {};  // Why it went.
};

/// The first 16 bytes of SHA-256 over `hone/item/v1`, each text field's name and content, and the gold, each behind its length, in hex.
std::string item_id(std::span<const std::string> fields, std::span<const std::string> content, std::string_view gold);

struct BenchmarkVersion {
  std::uint32_t number = 1;
  std::string date;    // 2026-01-31
  std::string file;    // "items/0001.jsonl"
  std::string sha256;  // Of that file.
  std::string digest;  // SHA-256 over the digest before it and the file's: names all that the version is made of.
  std::string why;
  std::uint64_t came = 0, went = 0;
};

struct VersionLine;

/// A folder of benchmarks/ with immutable items in dated versions (docs/benchmarks.md has the format). A version is what came and what went
/// since the one before; its file is never written again. Not thread-safe; who changes it holds lock_benchmarks().
class Benchmark {
 public:
  /// Reads all of it. Throws kNotFound naming those that there are, kInvalidArgument for a name that leads out of the folder, kCorruptData
  /// with file and line for an item or a version that was changed by hand. Memory: that of the items, and of one version's file.
  static Benchmark open(const std::filesystem::path& root, const std::string& name, int threads = 0);
  /// The first two of these alone.
  static void require(const std::filesystem::path& root, const std::string& name);

  /// A new one without a version, written with its first. Throws kInvalidArgument for a name that is taken or can be none.
  static Benchmark begin(const std::filesystem::path& root, const std::string& name, BenchmarkFields fields, BenchmarkRules rules);

  const std::string& name() const { return name_; }
  std::filesystem::path folder() const;
  const BenchmarkFields& fields() const { return fields_; }
  const BenchmarkRules& rules() const { return rules_; }
  const std::vector<BenchmarkVersion>& versions() const { return versions_; }
  std::uint32_t newest() const { return static_cast<std::uint32_t>(versions_.size()); }
  /// Throws kNotFound saying which there are.
  void require_version(std::uint32_t version) const;

  /// All items that ever were, in the order in which they came.
  const std::vector<BenchmarkItem>& items() const { return items_; }
  /// Places of the items that are in a version.
  std::vector<std::uint32_t> members(std::uint32_t version) const;
  /// By its id.
  std::optional<std::uint32_t> find_id(std::string_view id) const;
  /// By its id, or by the owner's name of it: of several that had this name, the newest.
  std::optional<std::uint32_t> find(std::string_view name) const;
  /// The same, or by 6 or more first digits of its id that no other item has. Throws kNotFound saying what names an item.
  std::uint32_t item_named(std::string_view name) const;

  struct Retirement {
    std::uint32_t item = 0;  // Place in items().
    std::string why;
  };
  /// Chooses who of the new items becomes an anchor or sealed, then writes their file and, when that is whole, the manifest that names it:
  /// ended at any moment, either this version is there or the one before. Throws kInvalidArgument for a date that is none or lies before
  /// the newest version's, and for a version in which nothing comes or goes.
  void add_version(const std::string& date, const std::string& why, std::vector<BenchmarkItem> came, std::vector<Retirement> went);

 private:
  Benchmark(std::filesystem::path root, std::string name) : root_(std::move(root)), name_(std::move(name)) {}
  SafePath file(const std::string& name) const;
  void read_manifest();
  void read_version(const BenchmarkVersion& version, int threads);
  void check_version(const BenchmarkVersion& version, const std::string& text, std::uint64_t came, std::uint64_t went) const;
  void take(VersionLine line, std::uint32_t version);
  void add(BenchmarkItem item);

  std::filesystem::path root_;
  std::string name_;
  BenchmarkFields fields_;
  BenchmarkRules rules_;
  std::vector<BenchmarkVersion> versions_;
  std::vector<BenchmarkItem> items_;
  NameTable ids_;  // An item's number is its place.
  NameTable keys_;
  std::vector<std::uint32_t> item_of_key_;  // The newest of them: one that replaced another may have its name.
};

/// Throws kInvalidArgument unless it can stand in commands and be a folder's or file's name. `of`: "a benchmark".
void check_plain_name(const std::string& name, std::string_view of, std::string_view example);

/// Held by whoever writes to a benchmark of a folder. Throws kBusy.
ProjectLock lock_benchmarks(const std::filesystem::path& root);

/// The names of the benchmarks under a folder's benchmarks/, in byte order.
std::vector<std::string> benchmark_names(const std::filesystem::path& root);

/// Throws kInvalidArgument, saying what a date looks like, unless it is one: 2026-01-31.
void check_date(const std::string& date);

}  // namespace hone
