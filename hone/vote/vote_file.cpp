#include "hone/vote/vote_file.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/vote/parquet_internal.h"

namespace hone {
namespace {

constexpr char kVotesKey[] = "hone.votes";

template <typename Builder, typename Value>
std::shared_ptr<arrow::Array> array_of(const std::vector<Value>& values) {
  Builder builder;
  auto status = builder.AppendValues(values);
  auto array = builder.Finish();
  if (!status.ok() || !array.ok()) throw Error(ErrorCode::kInternal, "votes: " + array.status().message());
  return std::move(array).ValueUnsafe();
}

std::shared_ptr<arrow::Table> table_of(const SourceVotes& votes, bool has_confidence) {
  arrow::FieldVector fields{arrow::field("example", arrow::uint32(), false), arrow::field("class", arrow::uint16(), false)};
  arrow::ArrayVector columns{array_of<arrow::UInt32Builder>(votes.examples), array_of<arrow::UInt16Builder>(votes.classes)};
  if (has_confidence) {
    const std::vector<float> certain(votes.confidence.empty() ? votes.examples.size() : 0, 1.0f);
    fields.push_back(arrow::field("confidence", arrow::float32(), false));
    columns.push_back(array_of<arrow::FloatBuilder>(votes.confidence.empty() ? certain : votes.confidence));
  }
  return arrow::Table::Make(arrow::schema(fields), columns);
}

bool is_uncertain(const SourceVotes& votes) {
  return std::ranges::any_of(votes.confidence, [](float confidence) { return confidence != 1.0f; });
}

// An open file of votes.
class VoteFile {
 public:
  explicit VoteFile(const std::filesystem::path& path) : reader_(path), counts_(read_counts()) {
    int groups = 0;
    for (const std::uint64_t count : counts_) group_of_.push_back(count > 0 ? groups++ : -1);
    if (groups != reader_.groups())
      reader_.fail("it has " + std::to_string(reader_.groups()) + " row groups for " + std::to_string(groups) + " sources");
  }

  std::size_t sources() const { return counts_.size(); }
  std::uint64_t votes() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }

  SourceVotes votes(std::size_t source) const {
    if (group_of_[source] < 0) return {};
    const auto table = reader_.group(group_of_[source]);
    if (static_cast<std::uint64_t>(table->num_rows()) != counts_[source]) reader_.fail("it does not hold as many votes as it says");
    SourceVotes votes;
    votes.examples = values<arrow::UInt32Array>(*table, "example", *arrow::uint32());
    votes.classes = values<arrow::UInt16Array>(*table, "class", *arrow::uint16());
    if (table->GetColumnByName("confidence")) votes.confidence = values<arrow::FloatArray>(*table, "confidence", *arrow::float32());
    if (!is_uncertain(votes)) votes.confidence.clear();
    return votes;
  }

 private:
  std::vector<std::uint64_t> read_counts() const {
    const auto json = nlohmann::json::parse(reader_.metadata(kVotesKey), nullptr, false);
    const auto is_count = [](const nlohmann::json& count) { return count.is_number_unsigned(); };
    if (!json.is_array() || !std::ranges::all_of(json, is_count)) reader_.fail("it does not say how many votes each source has");
    return json.get<std::vector<std::uint64_t>>();
  }

  template <typename Array>
  std::vector<typename Array::value_type> values(const arrow::Table& table, const std::string& name, const arrow::DataType& type) const {
    const auto column = reader_.column(table, name, type);
    const auto& array = static_cast<const Array&>(*column);
    if (array.null_count() > 0) reader_.fail("column '" + name + "' has gaps");
    return {array.raw_values(), array.raw_values() + array.length()};
  }

  parquet_files::Reader reader_;
  std::vector<std::uint64_t> counts_;
  std::vector<int> group_of_;  // -1: no votes.
};

}  // namespace

void write_source_votes(std::span<const SourceVotes> sources, const std::filesystem::path& path) {
  const bool has_confidence = std::ranges::any_of(sources, is_uncertain);
  parquet_files::Writer writer(path, table_of({}, has_confidence)->schema(), "example");
  nlohmann::json counts = nlohmann::json::array();
  for (const SourceVotes& votes : sources) {
    writer.add(*table_of(votes, has_confidence));
    counts.push_back(votes.examples.size());
  }
  writer.finish({{kVotesKey, counts.dump()}});
}

std::vector<SourceVotes> read_source_votes(const std::filesystem::path& path) {
  const VoteFile file(path);
  std::vector<SourceVotes> sources;
  for (std::size_t source = 0; source < file.sources(); ++source) sources.push_back(file.votes(source));
  return sources;
}

std::uint64_t count_source_votes(const std::filesystem::path& path) { return VoteFile(path).votes(); }

std::uint64_t count_voted_examples(const std::filesystem::path& path) {
  std::vector<std::uint32_t> examples = read_source_votes(path, 0).examples;
  return static_cast<std::uint64_t>(std::ranges::unique(examples).begin() - examples.begin());
}

SourceVotes read_source_votes(const std::filesystem::path& path, std::size_t source) {
  const VoteFile file(path);
  if (source >= file.sources())
    throw Error(ErrorCode::kNotFound, "'" + path.string() + "' has the votes of " + std::to_string(file.sources()) +
                                          " sources, not of source " + std::to_string(source));
  return file.votes(source);
}

}  // namespace hone
