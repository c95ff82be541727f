#include "hone/data/revise_dataset.h"

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <algorithm>

#include "hone/core/hash.h"
#include "hone/core/json.h"
#include "hone/core/parallel.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/hash_set_internal.h"
#include "hone/data/part_splits_internal.h"
#include "hone/data/part_writer_internal.h"

namespace hone {
namespace {

constexpr int kSplitPlace = 1;  // Of hone_split among the columns of a part.

/// Calls visit(begin, end) for every run of rows that stay.
template <typename Visit>
void for_each_run(std::span<const RowFate> fates, const Visit& visit) {
  for (std::size_t begin = 0, end = 0; begin < fates.size(); begin = end) {
    while (end < fates.size() && (fates[end] == RowFate::kDropped) == (fates[begin] == RowFate::kDropped)) ++end;
    if (fates[begin] != RowFate::kDropped) visit(begin, end);
  }
}

/// Calls visit(batch) for the batches of a part with all its columns, in order. Memory: a row group.
template <typename Visit>
void for_each_batch_of(const std::filesystem::path& path, const Visit& visit) {
  const std::string what = "cannot read the dataset part '" + path.string() + "'";
  try {
    auto file = value_of(arrow::io::ReadableFile::Open(path.string()), what, ErrorCode::kIo);
    parquet::arrow::FileReaderBuilder builder;
    check(builder.Open(std::move(file)), what);
    const auto reader = value_of(builder.Build(), what);
    reader->set_use_threads(false);
    reader->set_batch_size(8192);
    for (int group = 0; group < reader->num_row_groups(); ++group) {
      const auto batches = value_of(reader->GetRecordBatchReader({group}), what);
      for (std::shared_ptr<arrow::RecordBatch> batch;;) {
        check(batches->ReadNext(&batch), what);
        if (!batch) break;
        visit(*batch);
      }
    }
  } catch (const parquet::ParquetException& broken) {
    throw Error(ErrorCode::kCorruptData, what + ": " + broken.what());
  }
}

// A part written anew.
struct NewPart {
  std::vector<DatasetManifest::Part> parts;  // None when no row stays.
  std::vector<std::uint64_t> dropped_nulls;  // By own column.
};

class Revision {
 public:
  Revision(ObjectStore& objects, const Dataset& dataset, std::span<const RowFate> fates)
      : objects_(objects), dataset_(dataset), fates_(fates) {}

  ObjectRef run(const std::vector<std::string>& notes, int threads) {
    find_changed_parts();
    std::vector<NewPart> written(changed_.size());
    parallel_for(changed_.size(), threads, [&](std::size_t place) { written[place] = write_part(changed_[place]); });
    DatasetManifest manifest = dataset_.manifest();
    put_parts(written, manifest);
    count_rows(manifest);
    manifest.notes.insert(manifest.notes.end(), notes.begin(), notes.end());
    return objects_.put_json(manifest);
  }

 private:
  std::span<const RowFate> fates_of(std::size_t part) const {
    return fates_.subspan(first_rows_[part], first_rows_[part + 1] - first_rows_[part]);
  }

  void find_changed_parts() {
    first_rows_.assign(1, 0);
    for (const DatasetManifest::Part& part : dataset_.manifest().parts) first_rows_.push_back(first_rows_.back() + part.rows);
    const std::vector<Split> before = dataset_.splits();
    for (std::size_t part = 0; part + 1 < first_rows_.size(); ++part) {
      const auto same = [&](std::uint64_t row) { return fates_[row] == in_split(before[row]); };
      for (std::uint64_t row = first_rows_[part]; row < first_rows_[part + 1]; ++row)
        if (!same(row)) {
          changed_.push_back(part);
          break;
        }
    }
  }

  NewPart write_part(std::size_t part) const {
    const auto fates = fates_of(part);
    NewPart made;
    made.dropped_nulls.resize(dataset_.manifest().columns.size());
    if (std::ranges::find(fates, RowFate::kDropped) == fates.end()) {
      made.parts = {{.ref = part_with_splits(objects_, dataset_.part_paths()[part], fates), .rows = fates.size()}};
      return made;
    }
    write_without_dropped(part, made);
    return made;
  }

  void write_without_dropped(std::size_t part, NewPart& made) const {
    std::optional<PartWriter> writer;
    std::uint64_t first = first_rows_[part];
    for_each_batch_of(dataset_.part_paths()[part], [&](const arrow::RecordBatch& batch) {
      if (!writer) writer.emplace(objects_, batch.schema());
      const auto fates = fates_.subspan(first, static_cast<std::size_t>(batch.num_rows()));
      first += fates.size();
      count_dropped(batch, fates, made.dropped_nulls);
      const auto revised =
          value_of(batch.SetColumn(kSplitPlace, batch.schema()->field(kSplitPlace), split_column(fates)), "out of memory", ErrorCode::kIo);
      for_each_run(fates, [&](std::size_t begin, std::size_t end) {
        writer->write(*revised->Slice(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end - begin)));
      });
    });
    if (writer) made.parts = writer->finish();
  }

  void count_dropped(const arrow::RecordBatch& batch, std::span<const RowFate> fates, std::vector<std::uint64_t>& nulls) const {
    const std::size_t added = static_cast<std::size_t>(batch.num_columns()) - nulls.size();
    for (std::size_t row = 0; row < fates.size(); ++row)
      if (fates[row] == RowFate::kDropped)
        for (std::size_t column = 0; column < nulls.size(); ++column)
          nulls[column] += batch.column(static_cast<int>(added + column))->IsNull(static_cast<std::int64_t>(row));
  }

  void put_parts(const std::vector<NewPart>& written, DatasetManifest& manifest) const {
    std::vector<DatasetManifest::Part> parts;
    std::size_t next = 0;
    for (std::size_t part = 0; part < manifest.parts.size(); ++part) {
      if (next == changed_.size() || changed_[next] != part) {
        parts.push_back(manifest.parts[part]);
        continue;
      }
      const NewPart& made = written[next++];
      parts.insert(parts.end(), made.parts.begin(), made.parts.end());
      for (std::size_t column = 0; column < manifest.columns.size(); ++column) manifest.columns[column].nulls -= made.dropped_nulls[column];
    }
    manifest.parts = std::move(parts);
  }

  void count_rows(DatasetManifest& manifest) const {
    std::ranges::fill(manifest.split_rows, 0);
    for (const RowFate fate : fates_)
      if (fate != RowFate::kDropped) ++manifest.split_rows[static_cast<std::size_t>(fate)];
    manifest.rows = manifest.split_rows[0] + manifest.split_rows[1] + manifest.split_rows[2];
    if (manifest.rows == 0) throw Error(ErrorCode::kInvalidArgument, "no row would stay in the dataset");
    if (manifest.groups > 0 && manifest.rows < fates_.size()) manifest.groups = groups_that_stay();
  }

  std::uint64_t groups_that_stay() const {
    HashSet names;
    const std::string column(kGroupColumn);
    dataset_.for_each_batch({&column, 1}, [&](const arrow::RecordBatch& batch, std::uint64_t first) {
      const auto& groups = static_cast<const arrow::StringArray&>(*batch.column(0));
      for (std::int64_t row = 0; row < groups.length(); ++row)
        if (fates_[first + static_cast<std::uint64_t>(row)] != RowFate::kDropped) names.insert(sha256_prefix(groups.GetView(row)));
    });
    return names.size();
  }

  ObjectStore& objects_;
  const Dataset& dataset_;
  std::span<const RowFate> fates_;
  std::vector<std::uint64_t> first_rows_;  // By part, and one more.
  std::vector<std::size_t> changed_;
};

}  // namespace

ObjectRef revise_dataset(ObjectStore& objects, const Dataset& dataset, std::span<const RowFate> fates,
                         const std::vector<std::string>& notes, int threads) {
  return Revision(objects, dataset, fates).run(notes, threads);
}

}  // namespace hone
