#include "hone/vote/serve_voter.h"

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "hone/core/error.h"

namespace hone {
namespace {

std::shared_ptr<arrow::Schema> answer_schema() {
  return arrow::schema({arrow::field("function", arrow::uint32()), arrow::field("row", arrow::uint32()),
                        arrow::field("class", arrow::uint16()), arrow::field("confidence", arrow::float32()),
                        arrow::field("error", arrow::utf8())});
}

void check(const arrow::Status& status) {
  if (!status.ok()) throw Error(ErrorCode::kInternal, "an answer: " + status.ToString());
}

// The rows of an answer, by function.
class Answer {
 public:
  void add(std::uint32_t function, const BatchVotes& said) {
    const SourceVotes& votes = said.votes();
    for (std::size_t vote = 0; vote < votes.examples.size(); ++vote)
      add_row(function, votes.examples[vote], votes.classes[vote], votes.confidence.empty() ? 1.0f : votes.confidence[vote], {});
    std::size_t shown = 0;
    for (std::uint32_t row = 0; row < said.rows(); ++row) {
      if (!said.has_failed(row)) continue;
      const auto& first = said.failures().first;
      add_row(function, row, {}, 1.0f, shown < first.size() ? first[shown].what : "as the rows before");
      ++shown;
    }
  }

  std::shared_ptr<arrow::RecordBatch> batch() {
    arrow::ArrayVector columns(5);
    check(functions_.Finish(&columns[0]));
    check(rows_.Finish(&columns[1]));
    check(classes_.Finish(&columns[2]));
    check(confidence_.Finish(&columns[3]));
    check(errors_.Finish(&columns[4]));
    return arrow::RecordBatch::Make(answer_schema(), columns[0]->length(), columns);
  }

 private:
  void add_row(std::uint32_t function, std::uint32_t row, std::optional<ClassId> voted, float confidence,
               const std::optional<std::string>& error) {
    check(functions_.Append(function));
    check(rows_.Append(row));
    check(voted ? classes_.Append(*voted) : classes_.AppendNull());
    check(confidence_.Append(confidence));
    check(error ? errors_.Append(*error) : errors_.AppendNull());
  }

  arrow::UInt32Builder functions_, rows_;
  arrow::UInt16Builder classes_;
  arrow::FloatBuilder confidence_;
  arrow::StringBuilder errors_;
};

void write_all(int out, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(out, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) throw Error(ErrorCode::kIo, std::string("cannot answer: ") + std::strerror(errno));
    if (wrote > 0) bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

std::shared_ptr<arrow::RecordBatch> answer_to(const arrow::RecordBatch& batch, std::uint64_t first_row, Voter& voter) {
  std::vector<BatchVotes> said(voter.size(), BatchVotes(static_cast<std::uint32_t>(batch.num_rows())));
  voter.vote(batch, first_row, said);
  Answer answer;
  for (std::uint32_t function = 0; function < said.size(); ++function) {
    said[function].finish(BatchVotes::PerExample::kSeveralClasses);
    answer.add(function, said[function]);
  }
  return answer.batch();
}

std::unique_ptr<Voter> made_for(const VoteRequest& request, const MakeVoter& make) {
  auto voter = make(request);
  if (voter->size() != request.functions.size())
    throw Error(ErrorCode::kInvalidArgument, "the program speaks for " + std::to_string(voter->size()) + " sources, and " +
                                                 std::to_string(request.functions.size()) + " are asked; name each once in hone.yaml");
  return voter;
}

}  // namespace

void serve_voter(const MakeVoter& make, int in, int out) {
  BatchDecoder rows;
  BatchEncoder answers(answer_schema(), nullptr);
  std::unique_ptr<Voter> voter;
  std::uint64_t first_row = 0;
  std::vector<char> piece(64 << 10);
  while (!rows.has_ended()) {
    const ssize_t got = ::read(in, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    rows.add({piece.data(), static_cast<std::size_t>(got)});
    for (; rows.waiting() > 0;) {
      if (!voter) voter = made_for(rows.request(), make);
      const auto batch = rows.take();
      write_all(out, answers.encode(*answer_to(*batch, first_row, *voter)));
      first_row += static_cast<std::uint64_t>(batch->num_rows());
    }
  }
  write_all(out, answers.end());
}

}  // namespace hone
