#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hone/vote/voter.h"

namespace hone {

// How Hone talks to a program that votes (docs/formats.md: the vote protocol, version 1). Hone writes an Arrow IPC stream on the program's
// standard input, the program one on its standard output: to each batch of rows exactly one batch of answers, in order. Neither needs to
// know more of the other than these two files.

/// What a program is told before the first batch, in the metadata of the schema.
struct VoteRequest {
  std::vector<std::string> functions;  // Who is asked, by place: one of each source that the program speaks for.
  std::vector<std::string> classes;    // Names by class id.
  std::vector<std::string> text;       // Which of the columns are the text.
};

/// Batches of rows as bytes, or of answers: the schema stands before the first.
class BatchEncoder {
 public:
  /// Throws kInternal where Arrow cannot.
  BatchEncoder(std::shared_ptr<arrow::Schema> schema, const VoteRequest* request);
  ~BatchEncoder();
  BatchEncoder(BatchEncoder&&) noexcept;

  /// Each batch has the schema's columns.
  std::string encode(const arrow::RecordBatch& batch);
  /// What stands at the end of a stream.
  std::string end();

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

/// Bytes as batches, in pieces of any size. What comes from the other side is not trusted: every trouble throws kChildFailed, saying what
/// came; nothing is read beyond the bytes, nor more kept than the limit.
class BatchDecoder {
 public:
  /// At most `limit` bytes may come between two batches that are taken.
  explicit BatchDecoder(std::size_t limit = std::size_t{256} << 20);
  ~BatchDecoder();
  BatchDecoder(BatchDecoder&&) noexcept;

  void add(std::string_view bytes);

  /// Batches that came and were not taken.
  std::size_t waiting() const;
  /// REQUIRES: waiting() > 0.
  std::shared_ptr<arrow::RecordBatch> take();

  /// Whether bytes came that belong to no whole batch yet.
  bool is_within_batch() const;
  /// Whether the other side said that no more comes.
  bool has_ended() const;

  /// What the schema says; throws kChildFailed when it is of another protocol. REQUIRES: waiting() > 0 or has_ended().
  VoteRequest request() const;

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
};

/// Reads the answer to a batch of `rows.size()` rows, of which answer row r is row rows[r] of the batch that is voted on. Columns: `row`
/// (whole number), `class` (name or id; null: it abstains), and optional `confidence` (0 to 1), `function` (name or place; needed where
/// several are asked) and `error` (why it cannot say; it abstains). A vote for what is no class fails its row. Throws kChildFailed for an
/// answer that is none, before anything is said: a missing column or one of a wrong type, a row or function that was not asked.
/// `class_of_name` is what names mean.
void read_answer(const arrow::RecordBatch& answer, std::span<const std::uint32_t> rows, const VoteRequest& request,
                 const std::map<std::string, ClassId, std::less<>>& class_of_name, std::span<BatchVotes> said);

}  // namespace hone
