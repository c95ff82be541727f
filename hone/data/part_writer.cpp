#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/properties.h>

#include "hone/data/arrow_status_internal.h"
#include "hone/data/checked_memory.h"
#include "hone/data/part_writer_internal.h"

namespace hone {
namespace {

constexpr std::int64_t kPartRows = 1 << 20;
constexpr std::int64_t kGroupRows = 1 << 16;
constexpr std::uint64_t kGroupBytes = 128 << 20;

std::uint64_t text_bytes(const arrow::RecordBatch& batch) {
  std::uint64_t bytes = 0;
  for (const auto& column : batch.columns())
    if (column->type_id() == arrow::Type::STRING)
      bytes += static_cast<std::uint64_t>(static_cast<const arrow::StringArray&>(*column).total_values_length());
  return bytes;
}

const char* const kTrouble = "cannot write the dataset";

// The Parquet library throws for some failures and returns a status for others.
template <typename Work>
void guarded(const Work& work) {
  try {
    check(work(), kTrouble, ErrorCode::kIo);
  } catch (const parquet::ParquetException& failed) {
    throw Error(ErrorCode::kIo, std::string(kTrouble) + ": " + failed.what());
  }
}

}  // namespace

// Ids and lines hardly repeat, so a dictionary of them costs time and saves nothing; statistics are read by nobody.
std::shared_ptr<parquet::WriterProperties> part_properties() {
  parquet::WriterProperties::Builder builder;
  builder.memory_pool(checked_memory())->compression(parquet::Compression::ZSTD)->max_row_group_length(kGroupRows)->disable_statistics();
  builder.disable_dictionary(std::string(kIdColumn))->disable_dictionary(std::string(kLineColumn));
  return builder.build();
}

PartWriter::PartWriter(ObjectStore& objects, std::shared_ptr<arrow::Schema> schema) : objects_(objects), schema_(std::move(schema)) {}

// An import that failed leaves no file behind, and what Parquet says about ending it early is nobody's concern.
PartWriter::~PartWriter() {
  if (stream_) static_cast<void>(stream_->Abort());
  try {
    writer_.reset();
  } catch (const std::exception&) {
  }
}

void PartWriter::open() {
  file_.emplace(temporary_name(objects_.temporary_folder()));
  stream_ = value_of(arrow::io::FileOutputStream::Open(file_->path().string()), kTrouble, ErrorCode::kIo);
  guarded([&] { return parquet::arrow::FileWriter::Open(*schema_, checked_memory(), stream_, part_properties()).Value(&writer_); });
}

void PartWriter::write(const arrow::RecordBatch& batch) {
  for (std::int64_t begin = 0; begin < batch.num_rows();) {
    if (!writer_) open();
    const std::int64_t rows = std::min(batch.num_rows() - begin, kPartRows - static_cast<std::int64_t>(rows_));
    write_within_part(*batch.Slice(begin, rows));
    begin += rows;
    if (static_cast<std::int64_t>(rows_) == kPartRows) close();
  }
}

void PartWriter::write_within_part(const arrow::RecordBatch& batch) {
  guarded([&] {
    if (group_bytes_ >= kGroupBytes) {
      group_bytes_ = group_rows_ = 0;
      ARROW_RETURN_NOT_OK(writer_->NewBufferedRowGroup());
    }
    return writer_->WriteRecordBatch(batch);
  });
  rows_ += static_cast<std::uint64_t>(batch.num_rows());
  count_group(batch);
}

// The writer begins a new row group by itself after 65,536 rows.
void PartWriter::count_group(const arrow::RecordBatch& batch) {
  group_rows_ += static_cast<std::uint64_t>(batch.num_rows());
  group_bytes_ += text_bytes(batch);
  if (group_rows_ < static_cast<std::uint64_t>(kGroupRows)) return;
  group_rows_ -= static_cast<std::uint64_t>(kGroupRows);
  group_bytes_ = 0;
}

void PartWriter::close() {
  guarded([&] {
    ARROW_RETURN_NOT_OK(writer_->Close());
    return stream_->Close();
  });
  writer_.reset();
  stream_.reset();
  parts_.push_back({.ref = objects_.put_file(file_->path(), kParquetMedia), .rows = rows_});
  file_.reset();
  rows_ = group_rows_ = group_bytes_ = 0;
}

std::vector<DatasetManifest::Part> PartWriter::finish() {
  if (writer_) close();
  return std::move(parts_);
}

}  // namespace hone
