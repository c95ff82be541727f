#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/builder.h>
#include <arrow/compute/cast.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include <charconv>
#include <cmath>

#include "hone/core/unicode.h"
#include "hone/data/arrow_status_internal.h"
#include "hone/data/readers_internal.h"

namespace hone {
namespace {

bool is_list(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST || type.id() == arrow::Type::LARGE_LIST || type.id() == arrow::Type::FIXED_SIZE_LIST;
}

// The numbers of one list as JSON, as JSON Lines would have them.
std::string json_list(const arrow::DoubleArray& numbers) {
  std::string text = "[";
  for (std::int64_t place = 0; place < numbers.length(); ++place) {
    char buffer[32];
    // A float is written as shortly as a float can be: embeddings are floats.
    const auto narrow = static_cast<float>(numbers.Value(place));
    const auto end = static_cast<double>(narrow) == numbers.Value(place)
                         ? std::to_chars(buffer, buffer + sizeof buffer, narrow).ptr
                         : std::to_chars(buffer, buffer + sizeof buffer, numbers.Value(place)).ptr;
    const bool is_sayable = numbers.IsValid(place) && std::isfinite(numbers.Value(place));
    text += place > 0 ? "," : "";
    text += is_sayable ? std::string_view(buffer, end) : "null";
  }
  return text + "]";
}

template <typename Lists>
arrow::Status append_lists(const arrow::Array& array, arrow::StringBuilder& texts) {
  const auto& lists = static_cast<const Lists&>(array);
  for (std::int64_t row = 0; row < lists.length(); ++row) {
    if (lists.IsNull(row)) {
      ARROW_RETURN_NOT_OK(texts.AppendNull());
      continue;
    }
    ARROW_ASSIGN_OR_RAISE(const auto numbers, arrow::compute::Cast(*lists.value_slice(row), arrow::float64()));
    ARROW_RETURN_NOT_OK(texts.Append(json_list(static_cast<const arrow::DoubleArray&>(*numbers))));
  }
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::Array>> lists_as_json(const arrow::Array& array) {
  arrow::StringBuilder texts;
  switch (array.type_id()) {
    case arrow::Type::LIST:
      ARROW_RETURN_NOT_OK(append_lists<arrow::ListArray>(array, texts));
      break;
    case arrow::Type::LARGE_LIST:
      ARROW_RETURN_NOT_OK(append_lists<arrow::LargeListArray>(array, texts));
      break;
    default:
      ARROW_RETURN_NOT_OK(append_lists<arrow::FixedSizeListArray>(array, texts));
  }
  return texts.Finish();
}

// What a column of this type becomes, or null for one that is left out.
std::shared_ptr<arrow::DataType> type_for(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
      return arrow::int64();
    case arrow::Type::HALF_FLOAT:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
      return arrow::float64();
    case arrow::Type::BOOL:
      return arrow::boolean();
    case arrow::Type::TIMESTAMP:
      return arrow::timestamp(arrow::TimeUnit::MICRO, static_cast<const arrow::TimestampType&>(type).timezone());
    case arrow::Type::DICTIONARY:
      return type_for(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
    case arrow::Type::UINT64:
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
    case arrow::Type::NA:
      return arrow::utf8();
    default:
      return is_list(type) && arrow::is_floating(type.field(0)->type()->id()) ? arrow::utf8() : nullptr;
  }
}

class ParquetReader : public TableReader {
 public:
  explicit ParquetReader(const std::filesystem::path& file) {
    name_ = file.filename().string();
    file_ = value_of(arrow::io::ReadableFile::Open(file.string()), "cannot open '" + file.string() + "'", ErrorCode::kIo);
    guarded([&] { open(); });
  }

  TableBatch next() override {
    TableBatch batch;
    if (schema_->num_fields() > 0) guarded([&] { batch = read(); });
    return batch;
  }

  std::uint64_t bytes_read() const override { return static_cast<std::uint64_t>(file_->Tell().ValueOr(0)); }

 private:
  // The Parquet library throws for some damage and returns a status for other.
  template <typename Work>
  void guarded(const Work& work) {
    try {
      work();
    } catch (const parquet::ParquetException& broken) {
      throw Error(ErrorCode::kCorruptData, trouble() + ": " + broken.what());
    }
  }

  std::string trouble() const { return "cannot read '" + name_ + "' as Parquet"; }

  void open() {
    parquet::arrow::FileReaderBuilder builder;
    check(builder.Open(file_), trouble());
    parquet::ArrowReaderProperties properties(false);
    properties.set_batch_size(static_cast<std::int64_t>(kBatchRows));
    properties.set_pre_buffer(false);
    builder.properties(properties);
    reader_ = value_of(builder.Build(), trouble());
    choose_columns();
  }

  void choose_columns() {
    std::shared_ptr<arrow::Schema> own;
    check(reader_->GetSchema(&own), trouble());
    if (own->num_fields() > static_cast<int>(kMaxColumns))
      throw Error(ErrorCode::kCorruptData, name_ + " has " + std::to_string(own->num_fields()) + " columns; at most 10,000 can be read");
    const parquet::SchemaDescriptor& leaves = *reader_->parquet_reader()->metadata()->schema();
    arrow::FieldVector fields;
    for (int leaf = 0; leaf < leaves.num_columns(); ++leaf) {
      const auto field = own->GetFieldByName(leaves.GetColumnRoot(leaf)->name());
      if (!field || own->GetAllFieldIndices(field->name()).size() > 1)
        throw Error(ErrorCode::kCorruptData, name_ + ": two columns are named '" + leaves.GetColumnRoot(leaf)->name() + "'");
      if (const auto type = type_for(*field->type())) {
        leaves_.push_back(leaf);
        fields.push_back(arrow::field(field->name(), type));
      } else {
        note_left_out(*field);
      }
    }
    schema_ = arrow::schema(std::move(fields));
  }

  void note_left_out(const arrow::Field& field) {
    std::string note = "column '" + field.name() + "' of " + name_ + " is left out: it holds " + field.type()->ToString() +
                       ", and of nested columns only lists of floats are read";
    if (notes_.empty() || notes_.back() != note) notes_.push_back(std::move(note));
  }

  TableBatch read() {
    for (;;) {
      if (!batches_ && !open_group()) return {};
      std::shared_ptr<arrow::RecordBatch> batch;
      check(batches_->ReadNext(&batch), trouble());
      if (batch && batch->num_rows() > 0) return converted(*batch);
      batches_.reset();
    }
  }

  bool open_group() {
    if (group_ == reader_->num_row_groups()) return false;
    batches_ = value_of(reader_->GetRecordBatchReader({group_++}, leaves_), trouble());
    return true;
  }

  TableBatch converted(const arrow::RecordBatch& batch) {
    arrow::ArrayVector arrays;
    for (int column = 0; column < batch.num_columns(); ++column) arrays.push_back(converted(batch.column(column), *schema_->field(column)));
    TableBatch result;
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) result.lines.push_back(++row_);
    result.rows = arrow::RecordBatch::Make(schema_, batch.num_rows(), std::move(arrays));
    return result;
  }

  std::shared_ptr<arrow::Array> converted(std::shared_ptr<arrow::Array> array, const arrow::Field& wanted) {
    const std::string what =
        name_ + ": column '" + wanted.name() + "' of " + array->type()->ToString() + " cannot become " + wanted.type()->ToString();
    if (is_list(*array->type())) return value_of(lists_as_json(*array), what);
    if (array->type_id() == arrow::Type::DICTIONARY)
      array = value_of(arrow::compute::Cast(*array, static_cast<const arrow::DictionaryType&>(*array->type()).value_type()), what);
    auto options = arrow::compute::CastOptions::Safe();
    options.allow_invalid_utf8 = true;   // Repaired below.
    options.allow_time_truncate = true;  // Nanoseconds.
    if (array->type_id() == arrow::Type::FIXED_SIZE_BINARY) array = value_of(arrow::compute::Cast(*array, arrow::binary(), options), what);
    if (!array->type()->Equals(wanted.type())) array = value_of(arrow::compute::Cast(*array, wanted.type(), options), what);
    return array->type_id() == arrow::Type::STRING ? repaired(array) : array;
  }

  std::shared_ptr<arrow::Array> repaired(const std::shared_ptr<arrow::Array>& array) {
    const auto& texts = static_cast<const arrow::StringArray&>(*array);
    std::int64_t row = 0;
    while (row < texts.length() && (texts.IsNull(row) || is_valid_utf8(texts.GetView(row)))) ++row;
    if (row == texts.length()) return array;
    arrow::StringBuilder builder;
    for (row = 0; row < texts.length(); ++row) check(append_repaired(texts, row, builder), name_, ErrorCode::kIo);
    return value_of(builder.Finish(), name_, ErrorCode::kIo);
  }

  arrow::Status append_repaired(const arrow::StringArray& texts, std::int64_t row, arrow::StringBuilder& builder) {
    if (texts.IsNull(row)) return builder.AppendNull();
    if (is_valid_utf8(texts.GetView(row))) return builder.Append(texts.GetView(row));
    ++repaired_fields_;
    return builder.Append(replace_invalid_utf8(texts.GetView(row)));
  }

  std::shared_ptr<arrow::io::ReadableFile> file_;
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::vector<int> leaves_;
  int group_ = 0;
  std::uint64_t row_ = 0;
};

}  // namespace

std::unique_ptr<TableReader> make_parquet_reader(const std::filesystem::path& file) { return std::make_unique<ParquetReader>(file); }

}  // namespace hone
