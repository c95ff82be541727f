#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include <memory>
#include <optional>
#include <vector>

#include "hone/core/file.h"
#include "hone/data/dataset.h"

namespace parquet {
class WriterProperties;
}
namespace parquet::arrow {
class FileWriter;
}

namespace hone {

/// How the columns of parts are encoded and compressed.
std::shared_ptr<parquet::WriterProperties> part_properties();

/// Writes rows as Parquet objects of 2^20 rows each (the last may have fewer), in row groups of at most 65,536 rows and
/// about 128 MiB of text, which bounds what a reader of them holds. Same batches, same bytes.
class PartWriter {
 public:
  PartWriter(ObjectStore& objects, std::shared_ptr<arrow::Schema> schema);
  ~PartWriter();

  /// REQUIRES: the batch has the schema. Throws kIo for a full disk or a folder that cannot be written.
  void write(const arrow::RecordBatch& batch);

  /// Ends the last part; nothing may be written afterwards.
  std::vector<DatasetManifest::Part> finish();

 private:
  void open();
  void write_within_part(const arrow::RecordBatch& batch);
  void count_group(const arrow::RecordBatch& batch);
  void close();

  ObjectStore& objects_;
  std::shared_ptr<arrow::Schema> schema_;
  std::optional<RemovedAtEnd> file_;
  std::shared_ptr<arrow::io::FileOutputStream> stream_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  std::uint64_t rows_ = 0;         // Of this part.
  std::uint64_t group_bytes_ = 0;  // Of this row group.
  std::uint64_t group_rows_ = 0;
  std::vector<DatasetManifest::Part> parts_;
};

}  // namespace hone
