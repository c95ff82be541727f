#include "hone/vote/vote_protocol.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

#include <deque>
#include <optional>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/unicode.h"
#include "hone/data/text_column.h"

namespace hone {
namespace {

constexpr char kProtocolKey[] = "hone.protocol", kFunctionsKey[] = "hone.functions", kClassNamesKey[] = "hone.classes",
               kTextKey[] = "hone.text";
constexpr char kProtocol[] = "1";
constexpr std::size_t kShownOfValue = 60;

Error breach(const std::string& what) { return Error(ErrorCode::kChildFailed, what); }

void check_ours(const arrow::Status& status) {
  if (!status.ok()) throw Error(ErrorCode::kInternal, "writing a batch of rows: " + status.ToString());
}

template <typename T>
T check_ours(arrow::Result<T> result) {
  check_ours(result.status());
  return std::move(result).ValueUnsafe();
}

std::shared_ptr<arrow::KeyValueMetadata> metadata_of(const VoteRequest& request) {
  return arrow::key_value_metadata(
      {kProtocolKey, kFunctionsKey, kClassNamesKey, kTextKey},
      {kProtocol, nlohmann::json(request.functions).dump(), nlohmann::json(request.classes).dump(), nlohmann::json(request.text).dump()});
}

std::string shown(std::string_view value) {
  const std::string text = replace_invalid_utf8(value.substr(0, kShownOfValue));
  return "'" + text + (value.size() > kShownOfValue ? "…'" : "'");
}

std::vector<std::string> names_in(const arrow::KeyValueMetadata& metadata, const char* key) {
  const auto text = metadata.Get(key);
  const auto json = nlohmann::json::parse(text.ok() ? *text : std::string(), nullptr, false);
  const auto is_name = [](const nlohmann::json& name) { return name.is_string(); };
  if (!json.is_array() || !std::ranges::all_of(json, is_name)) throw breach(std::string("the schema does not say '") + key + "'");
  return json.get<std::vector<std::string>>();
}

bool is_whole(const arrow::DataType& type) { return arrow::is_integer(type.id()); }
bool is_text(const arrow::DataType& type) { return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING; }

template <typename Array>
std::int64_t number_in(const arrow::Array& array, std::int64_t row) {
  return static_cast<std::int64_t>(static_cast<const Array&>(array).Value(row));
}

// A whole number of a column of any width; those of 64 bits without sign that do not fit are negative here, and refused as these are.
std::int64_t whole_at(const arrow::Array& array, std::int64_t row) {
  switch (array.type_id()) {
    case arrow::Type::INT8:
      return number_in<arrow::Int8Array>(array, row);
    case arrow::Type::INT16:
      return number_in<arrow::Int16Array>(array, row);
    case arrow::Type::INT32:
      return number_in<arrow::Int32Array>(array, row);
    case arrow::Type::INT64:
      return number_in<arrow::Int64Array>(array, row);
    case arrow::Type::UINT8:
      return number_in<arrow::UInt8Array>(array, row);
    case arrow::Type::UINT16:
      return number_in<arrow::UInt16Array>(array, row);
    case arrow::Type::UINT32:
      return number_in<arrow::UInt32Array>(array, row);
    default:
      return number_in<arrow::UInt64Array>(array, row);
  }
}

// The columns of an answer, checked.
class AnswerColumns {
 public:
  AnswerColumns(const arrow::RecordBatch& answer, std::size_t rows, const VoteRequest& request)
      : row_(column(answer, "row", true)),
        class_(column(answer, "class", true)),
        confidence_(column(answer, "confidence", false)),
        function_(column(answer, "function", request.functions.size() > 1)),
        error_(column(answer, "error", false)) {
    require("row", row_, "whole numbers", is_whole);
    require("class", class_, "names or whole numbers", [](const arrow::DataType& type) { return is_text(type) || is_whole(type); });
    require("confidence", confidence_, "float or double",
            [](const arrow::DataType& type) { return type.id() == arrow::Type::FLOAT || type.id() == arrow::Type::DOUBLE; });
    require("function", function_, "names or whole numbers", [](const arrow::DataType& type) { return is_text(type) || is_whole(type); });
    require("error", error_, "text", is_text);
    for (std::int64_t vote = 0; vote < answer.num_rows(); ++vote) check_row(vote, rows);
    for (std::int64_t vote = 0; vote < answer.num_rows(); ++vote) places_.push_back(function_at(vote, request));
  }

  std::size_t row(std::int64_t vote) const { return static_cast<std::size_t>(whole_at(*row_, vote)); }
  /// Places of the functions that say it.
  const std::vector<std::size_t>& functions(std::int64_t vote) const { return places_[static_cast<std::size_t>(vote)]; }

  std::optional<std::string> error(std::int64_t vote) const {
    if (!error_ || error_->IsNull(vote)) return std::nullopt;
    return replace_invalid_utf8(TextColumn(*error_).at(vote).value_or(""));
  }
  std::optional<std::string> class_name(std::int64_t vote) const {
    if (class_->IsNull(vote) || !is_text(*class_->type())) return std::nullopt;
    return std::string(TextColumn(*class_).at(vote).value_or(""));
  }
  std::optional<std::int64_t> class_number(std::int64_t vote) const {
    if (class_->IsNull(vote) || is_text(*class_->type())) return std::nullopt;
    return whole_at(*class_, vote);
  }
  double confidence(std::int64_t vote) const {
    if (!confidence_ || confidence_->IsNull(vote)) return 1.0;
    if (confidence_->type_id() == arrow::Type::FLOAT) return static_cast<const arrow::FloatArray&>(*confidence_).Value(vote);
    return static_cast<const arrow::DoubleArray&>(*confidence_).Value(vote);
  }

 private:
  static std::shared_ptr<arrow::Array> column(const arrow::RecordBatch& answer, const std::string& name, bool is_needed) {
    auto array = answer.GetColumnByName(name);
    if (!array && is_needed) throw breach("its answer has no column '" + name + "'");
    return array;
  }

  template <typename Fits>
  static void require(const std::string& name, const std::shared_ptr<arrow::Array>& array, const std::string& wanted, const Fits& fits) {
    if (array && !fits(*array->type()))
      throw breach("column '" + name + "' of its answer is " + array->type()->ToString() + ", where it holds " + wanted);
  }

  void check_row(std::int64_t vote, std::size_t rows) const {
    if (row_->IsNull(vote)) throw breach("column 'row' of its answer has gaps");
    const std::int64_t row = whole_at(*row_, vote);
    if (row < 0 || static_cast<std::uint64_t>(row) >= rows)
      throw breach("it answered for row " + std::to_string(row) + ", where it was given rows 0 to " + std::to_string(rows - 1));
  }

  std::vector<std::size_t> function_at(std::int64_t vote, const VoteRequest& request) const {
    if (!function_) return {0};
    std::vector<std::size_t> places;
    if (!function_->IsNull(vote) && is_text(*function_->type())) {
      const std::string name(TextColumn(*function_).at(vote).value_or(""));
      for (std::size_t place = 0; place < request.functions.size(); ++place)
        if (request.functions[place] == name) places.push_back(place);
      if (places.empty()) throw breach("it answered for the function " + shown(name) + ", which was not asked");
      return places;
    }
    const std::int64_t place = function_->IsNull(vote) ? -1 : whole_at(*function_, vote);
    if (place < 0 || static_cast<std::uint64_t>(place) >= request.functions.size())
      throw breach("it answered for function " + std::to_string(place) + ", where functions 0 to " +
                   std::to_string(request.functions.size() - 1) + " were asked");
    return {static_cast<std::size_t>(place)};
  }

  std::shared_ptr<arrow::Array> row_, class_, confidence_, function_, error_;
  std::vector<std::vector<std::size_t>> places_;
};

// What one row of an answer says to each function that says it.
class AnswerRow {
 public:
  AnswerRow(const AnswerColumns& columns, std::int64_t vote, const VoteRequest& request,
            const std::map<std::string, ClassId, std::less<>>& class_of_name)
      : confidence_(static_cast<float>(columns.confidence(vote))) {
    const auto error = columns.error(vote);
    const auto name = columns.class_name(vote);
    const auto number = columns.class_number(vote);
    if (error) {
      failure_ = *error;
    } else if (name) {
      const auto found = class_of_name.find(*name);
      if (found == class_of_name.end())
        failure_ = "it votes for " + shown(*name) + ", which is no class";
      else
        class_ = found->second;
    } else if (number) {
      if (*number < 0 || static_cast<std::uint64_t>(*number) >= request.classes.size())
        failure_ = "it votes for class " + std::to_string(*number) + ", where there are classes 0 to " +
                   std::to_string(request.classes.size() - 1);
      else
        class_ = static_cast<ClassId>(*number);
    }
  }

  void say(std::uint32_t row, BatchVotes& said) const {
    if (failure_)
      said.fail(row, *failure_);
    else if (class_ != kNoClass)
      said.vote(row, class_, confidence_);
  }

 private:
  ClassId class_ = kNoClass;
  float confidence_;
  std::optional<std::string> failure_;
};

}  // namespace

struct BatchEncoder::Stream {
  std::shared_ptr<arrow::io::BufferOutputStream> out;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
  std::shared_ptr<arrow::Schema> schema;

  std::string taken() {
    const auto buffer = check_ours(out->Finish());
    check_ours(out->Reset());
    return buffer->ToString();
  }
};

BatchEncoder::BatchEncoder(std::shared_ptr<arrow::Schema> schema, const VoteRequest* request) : stream_(std::make_unique<Stream>()) {
  stream_->schema = request ? schema->WithMetadata(metadata_of(*request)) : std::move(schema);
  stream_->out = check_ours(arrow::io::BufferOutputStream::Create());
  stream_->writer = check_ours(arrow::ipc::MakeStreamWriter(stream_->out, stream_->schema));
}

BatchEncoder::~BatchEncoder() = default;
BatchEncoder::BatchEncoder(BatchEncoder&&) noexcept = default;

std::string BatchEncoder::encode(const arrow::RecordBatch& batch) {
  check_ours(stream_->writer->WriteRecordBatch(batch));
  return stream_->taken();
}

std::string BatchEncoder::end() {
  check_ours(stream_->writer->Close());
  return stream_->taken();
}

struct BatchDecoder::Stream : public arrow::ipc::Listener {
  explicit Stream(std::size_t most) : limit(most), pool(arrow::default_memory_pool(), static_cast<std::int64_t>(most)) {}

  arrow::Status OnSchemaDecoded(std::shared_ptr<arrow::Schema> decoded) override {
    schema = std::move(decoded);
    return arrow::Status::OK();
  }
  arrow::Status OnRecordBatchDecoded(std::shared_ptr<arrow::RecordBatch> batch) override {
    ARROW_RETURN_NOT_OK(batch->ValidateFull());
    batches.push_back(std::move(batch));
    since_batch = 0;
    return arrow::Status::OK();
  }
  arrow::Status OnEOS() override {
    ended = true;
    return arrow::Status::OK();
  }

  std::size_t limit;
  arrow::CappedMemoryPool pool;  // What is packed may not unpack to more than the limit.
  std::shared_ptr<arrow::Schema> schema;
  std::deque<std::shared_ptr<arrow::RecordBatch>> batches;
  std::size_t since_batch = 0;  // Bytes that came.
  bool ended = false;
  std::optional<arrow::ipc::StreamDecoder> decoder;
};

BatchDecoder::BatchDecoder(std::size_t limit) : stream_(std::make_unique<Stream>(limit)) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = &stream_->pool;
  options.use_threads = false;
  // The stream owns the decoder and outlives it: no second owner.
  stream_->decoder.emplace(std::shared_ptr<arrow::ipc::Listener>(std::shared_ptr<void>(), stream_.get()), options);
}

BatchDecoder::~BatchDecoder() = default;
BatchDecoder::BatchDecoder(BatchDecoder&&) noexcept = default;

void BatchDecoder::add(std::string_view bytes) {
  Stream& stream = *stream_;
  if (stream.ended) throw breach("it wrote more after the end of its answers: " + shown(bytes));
  stream.since_batch += bytes.size();
  if (stream.since_batch > stream.limit)
    throw breach("it wrote more than " + std::to_string(stream.limit >> 20) + " MiB for one batch of rows");
  const arrow::Status status = stream.decoder->Consume(arrow::Buffer::FromString(std::string(bytes)));
  // Text read as a length is a length of gigabytes.
  const std::int64_t next = status.ok() ? stream.decoder->next_required_size() : 0;
  if (!status.ok() || (next > 0 && static_cast<std::uint64_t>(next) > stream.limit))
    throw breach("it wrote what is no stream of Arrow batches, beginning with " + shown(bytes) +
                 (status.ok() ? "" : " (" + std::string(status.message()) + ")"));
}

std::size_t BatchDecoder::waiting() const { return stream_->batches.size(); }

std::shared_ptr<arrow::RecordBatch> BatchDecoder::take() {
  auto batch = std::move(stream_->batches.front());
  stream_->batches.pop_front();
  return batch;
}

bool BatchDecoder::is_within_batch() const { return stream_->since_batch > 0; }
bool BatchDecoder::has_ended() const { return stream_->ended; }

VoteRequest BatchDecoder::request() const {
  const auto metadata = stream_->schema ? stream_->schema->metadata() : nullptr;
  const std::string protocol = metadata ? metadata->Get(kProtocolKey).ValueOr("") : "";
  if (protocol != kProtocol) throw breach("the rows are of version '" + protocol + "' of the vote protocol, where this program speaks 1");
  return {names_in(*metadata, kFunctionsKey), names_in(*metadata, kClassNamesKey), names_in(*metadata, kTextKey)};
}

void read_answer(const arrow::RecordBatch& answer, std::span<const std::uint32_t> rows, const VoteRequest& request,
                 const std::map<std::string, ClassId, std::less<>>& class_of_name, std::span<BatchVotes> said) {
  const AnswerColumns columns(answer, rows.size(), request);
  for (std::int64_t vote = 0; vote < answer.num_rows(); ++vote) {
    const AnswerRow row(columns, vote, request, class_of_name);
    for (const std::size_t function : columns.functions(vote)) row.say(rows[columns.row(vote)], said[function]);
  }
}

}  // namespace hone
