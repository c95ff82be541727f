#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "hone/core/progress.h"
#include "hone/data/dataset.h"
#include "hone/data/erased_rows.h"
#include "hone/store/object_store.h"

namespace hone {

/// How the bytes of text files become fields. Parquet ignores all but time_zone.
struct ReadOptions {
  std::string encoding = "utf-8";  // utf-8, windows-1252, latin-1
  char delimiter = 0;              // 0: ',' for .csv, tab for .tsv
  char decimal = '.';              // '.' or ','; used when a condition reads a number from text, never at import
  std::string time_zone = "UTC";   // UTC or ±HH:MM; of dates without one; used by conditions
  bool python_numbers = false;     // JSONL: NaN, Infinity and -Infinity are numbers, as Python writes them; else such a row is malformed
  void validate() const;           // Throws kInvalidArgument, naming the field.
};

/// How rows are dealt into train, valid and test. Exactly one of the three ways.
struct SplitOptions {
  enum class By { kHash, kField, kFiles };
  By by = By::kHash;
  double share[kSplits] = {0.8, 0.1, 0.1};            // kHash: sum 1.
  std::string field;                                  // kField: a column that holds train, valid or test (also: dev, validation).
  std::vector<std::filesystem::path> files[kSplits];  // kFiles. A split without files may take a share of train by hash:
  double valid_share_of_train = 0.0;                  // kFiles: so much of the train files, by hash, becomes valid.
  void validate() const;
};

struct ImportOptions {
  std::vector<std::filesystem::path>
      files;  // In the order given; each as .csv .tsv .jsonl .ndjson .parquet, also .gz and .zst. With kFiles: unused.
  ReadOptions read;
  std::string id;                 // Column; empty: a hash of the text fields and an occurrence number.
  std::vector<std::string> text;  // At least one column.
  std::string group;              // Column; empty: every row is its own group. A row without a value is its own group.
  SplitOptions split;
  double max_bad_rows = 0.01;     // Share of all rows.
  ErasedRows erased;              // Are left out and counted, whatever the files hold.
  bool skip_empty_texts = false;  // Rows whose text fields are all empty or missing are left out and counted; no fault of theirs counts.
  void validate() const;
};

/// What is on disk now, to tell whether an import would read the same bytes again.
struct FileVersion {
  std::filesystem::path path;
  std::string sha256;
};

/// Reads all files in batches and writes the dataset's Parquet objects and its manifest. Splits go by the first 8 bytes of
/// SHA-256("hone/split/v1" 00 KEY) against the cumulative shares, so that adding rows never moves one. KEY is the row's group, else its
/// given id, else the hash of its text fields that begins its made id: rows of equal text are then in one split.
/// Rows keep the order of files and lines.
///
/// Throws kNotFound for a missing file or column (naming the nearest), kCorruptData for a duplicate id (naming both
/// places), for more malformed rows than max_bad_rows (naming the first ten), for a file that changed while it was
/// read; kInvalidArgument for an empty set of files or no rows at all.
///
/// With more than one of `threads` (0: as many as the machine has) it writes while it reads.
ObjectRef import_dataset(ObjectStore& objects, const ImportOptions& options, const Progress& progress = {}, int threads = 0);

/// Files named by paths and globs (*, ?, [..], ** is not there), relative ones from `folder`; matches of a glob in byte order.
/// Throws kNotFound for a path or glob that names nothing.
std::vector<std::filesystem::path> expand_globs(const std::vector<std::string>& patterns, const std::filesystem::path& folder);

}  // namespace hone
