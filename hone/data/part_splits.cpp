// A Parquet file is a run of column chunks and a footer that says where each of them lies (https://parquet.apache.org/docs/file-format/).
// The new file has the chunks of the old one, those of hone_split out of a file that holds nothing else, and a footer of its own.
#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/type.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/file_writer.h>
#include <parquet/metadata.h>
#include <parquet/size_statistics.h>

#include <map>
#include <optional>

#include "hone/core/file.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/checked_memory.h"
#include "hone/data/part_splits_internal.h"
#include "hone/data/part_writer_internal.h"

namespace hone {
namespace {

constexpr std::string_view kMagic = "PAR1";  // Every Parquet file begins with it.
const char* const kCannotWrite = "cannot write the dataset";

using Source = std::shared_ptr<arrow::io::RandomAccessFile>;

// The splits alone, in the row groups of the part.
std::shared_ptr<arrow::Buffer> splits_file(const parquet::FileMetaData& part, std::span<const RowFate> fates) {
  const auto schema = arrow::schema({arrow::field(std::string(kSplitColumn), arrow::uint8())});
  const auto sink = value_of(arrow::io::BufferOutputStream::Create(4096, checked_memory()), "out of memory", ErrorCode::kIo);
  auto writer =
      value_of(parquet::arrow::FileWriter::Open(*schema, checked_memory(), sink, part_properties()), kCannotWrite, ErrorCode::kIo);
  std::size_t first = 0;
  for (int group = 0; group < part.num_row_groups(); ++group) {
    const auto rows = static_cast<std::size_t>(part.RowGroup(group)->num_rows());
    check(writer->NewRowGroup(), kCannotWrite, ErrorCode::kIo);
    check(writer->WriteColumnChunk(*split_column(fates.subspan(first, rows))), kCannotWrite, ErrorCode::kIo);
    first += rows;
  }
  check(writer->Close(), kCannotWrite, ErrorCode::kIo);
  return value_of(sink->Finish(), kCannotWrite, ErrorCode::kIo);
}

// One of the two files that are put together.
struct Chunks {
  Source file;
  std::shared_ptr<parquet::FileMetaData> footer;
};

Chunks chunks_in(Source file) {
  auto footer = parquet::ParquetFileReader::Open(file)->metadata();
  return {std::move(file), std::move(footer)};
}

std::map<parquet::Encoding::type, std::int32_t> pages_by_encoding(const parquet::ColumnChunkMetaData& chunk, bool dictionary) {
  std::map<parquet::Encoding::type, std::int32_t> pages;
  for (const parquet::PageEncodingStats& each : chunk.encoding_stats())
    if ((each.page_type == parquet::PageType::DICTIONARY_PAGE) == dictionary) pages[each.encoding] += each.count;
  return pages;
}

class Splicing {
 public:
  Splicing(std::string what, Chunks part, Chunks splits, std::shared_ptr<arrow::io::OutputStream> sink)
      : what_(std::move(what)),
        part_(std::move(part)),
        splits_(std::move(splits)),
        split_place_(part_.footer->schema()->ColumnIndex(std::string(kSplitColumn))),
        sink_(std::move(sink)),
        footer_(parquet::FileMetaDataBuilder::Make(part_.footer->schema(), part_properties())) {
    if (split_place_ < 0 || !part_.footer->schema()->Column(split_place_)->Equals(*splits_.footer->schema()->Column(0)))
      throw Error(ErrorCode::kCorruptData, what_ + ": it has no column '" + std::string(kSplitColumn) + "' as import writes it");
  }

  void run() {
    write(kMagic);
    for (int group = 0; group < part_.footer->num_row_groups(); ++group) copy_group(group);
    parquet::WriteFileMetaData(*footer_->Finish(part_.footer->key_value_metadata()), sink_.get());
  }

 private:
  void write(std::string_view bytes) {
    check(sink_->Write(bytes.data(), static_cast<std::int64_t>(bytes.size())), kCannotWrite, ErrorCode::kIo);
    written_ += static_cast<std::int64_t>(bytes.size());
  }

  void copy_group(int group) {
    const auto old = part_.footer->RowGroup(group);
    parquet::RowGroupMetaDataBuilder* made = footer_->AppendRowGroup();
    made->set_num_rows(old->num_rows());
    std::int64_t bytes = 0;
    for (int column = 0; column < old->num_columns(); ++column) {
      const bool is_split = column == split_place_;
      const auto chunk = is_split ? splits_.footer->RowGroup(group)->ColumnChunk(0) : old->ColumnChunk(column);
      copy_chunk(*(is_split ? splits_ : part_).file, *chunk, *made->NextColumnChunk());
      bytes += chunk->total_uncompressed_size();
    }
    made->Finish(bytes, static_cast<std::int16_t>(group));
  }

  void copy_chunk(arrow::io::RandomAccessFile& from, const parquet::ColumnChunkMetaData& chunk, parquet::ColumnChunkMetaDataBuilder& made) {
    if (chunk.compression() != parquet::Compression::ZSTD)
      throw Error(ErrorCode::kCorruptData, what_ + ": a column is not compressed by zstd");
    const bool has_dictionary = chunk.has_dictionary_page();
    const std::int64_t begin = has_dictionary ? chunk.dictionary_page_offset() : chunk.data_page_offset();
    const std::int64_t moved_by = written_ - begin, size = chunk.total_compressed_size();
    const auto bytes = value_of(from.ReadAt(begin, size), what_);
    if (bytes->size() != size) throw Error(ErrorCode::kCorruptData, what_ + ": it ends within a column");
    write({reinterpret_cast<const char*>(bytes->data()), static_cast<std::size_t>(size)});

    const auto of_data = pages_by_encoding(chunk, false);
    if (const auto sizes = chunk.size_statistics()) made.SetSizeStatistics(*sizes);
    made.Finish(chunk.num_values(), has_dictionary ? begin + moved_by : -1, -1, chunk.data_page_offset() + moved_by, size,
                chunk.total_uncompressed_size(), has_dictionary, has_dictionary && of_data.contains(parquet::Encoding::PLAIN),
                pages_by_encoding(chunk, true), of_data);
  }

  std::string what_;
  Chunks part_, splits_;
  int split_place_;
  std::shared_ptr<arrow::io::OutputStream> sink_;
  std::unique_ptr<parquet::FileMetaDataBuilder> footer_;
  std::int64_t written_ = 0;
};

}  // namespace

std::shared_ptr<arrow::Array> split_column(std::span<const RowFate> fates) {
  arrow::UInt8Builder builder(checked_memory());
  check(builder.AppendValues(reinterpret_cast<const std::uint8_t*>(fates.data()), static_cast<std::int64_t>(fates.size())), "out of memory",
        ErrorCode::kIo);
  return value_of(builder.Finish(), "out of memory", ErrorCode::kIo);
}

ObjectRef part_with_splits(ObjectStore& objects, const std::filesystem::path& path, std::span<const RowFate> fates) {
  const std::string what = "cannot read the dataset part '" + path.string() + "'";
  const RemovedAtEnd made(temporary_name(objects.temporary_folder()));
  try {
    Chunks part = chunks_in(value_of(arrow::io::ReadableFile::Open(path.string(), checked_memory()), what, ErrorCode::kIo));
    if (part.footer->num_rows() != static_cast<std::int64_t>(fates.size()))
      throw Error(ErrorCode::kCorruptData, what + ": it has another number of rows than its manifest says");
    Chunks splits = chunks_in(std::make_shared<arrow::io::BufferReader>(splits_file(*part.footer, fates)));
    const auto sink = value_of(arrow::io::FileOutputStream::Open(made.path().string()), kCannotWrite, ErrorCode::kIo);
    Splicing(what, std::move(part), std::move(splits), sink).run();
    check(sink->Close(), kCannotWrite, ErrorCode::kIo);
  } catch (const parquet::ParquetException& broken) {
    throw Error(ErrorCode::kCorruptData, what + ": " + broken.what());
  }
  return objects.put_file(made.path(), kParquetMedia);
}

}  // namespace hone
