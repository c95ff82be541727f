// A program that votes, well or badly as its first argument says: what process_voter_test.cpp starts.
#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>

#include "hone/data/text_column.h"
#include "hone/vote/serve_voter.h"

namespace {

using namespace hone;

// Votes for class 0 on texts with "a" and for class 1, half sure, on texts with "b"; fails on "bad"; does as told on its word.
class Letters : public Voter {
 public:
  Letters(std::string manner, std::size_t sources) : manner_(std::move(manner)), sources_(sources) {}
  std::vector<std::string> columns() const override { return {"text"}; }
  std::size_t size() const override { return sources_; }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<BatchVotes> said) override {
    const auto column = batch.GetColumnByName("text");
    const TextColumn texts(*column);
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row) {
      const std::string text(texts.at(row).value_or(""));
      if (text == manner_) misbehave();
      for (BatchVotes& source : said) vote_on_text(text, row, source);
    }
  }

  static void vote_on_text(const std::string& text, std::uint32_t row, BatchVotes& said) {
    if (text == "bad") return said.fail(row, "a bad row");
    if (text == "strange") said.vote(row, 9);
    if (text.find('a') != std::string::npos) said.vote(row, 0);
    if (text.find('b') != std::string::npos) said.vote(row, 1, 0.5f);
  }

  void misbehave() const {
    std::cerr << "now I " << manner_ << std::endl;
    if (manner_ == "die") ::kill(::getpid(), SIGABRT);
    if (manner_ == "leave") ::_exit(3);
    if (manner_ == "hang")
      for (;;) ::pause();
    if (manner_ == "shout")
      for (int line = 0; line < 200'000; ++line) std::cerr << "all is well, line " << line << "\n";
    if (manner_ == "flood")
      for (;;)
        if (::write(1, std::string(64 << 10, '\xff').data(), 64 << 10) < 0) ::_exit(4);
    if (manner_ == "mumble") [[maybe_unused]]
      const auto wrote = ::write(1, "hello, world\n", 13);
  }

  std::string manner_;
  std::size_t sources_;
};

// Answers whatever it is asked with this batch, so often.
void answer_with(const std::shared_ptr<arrow::RecordBatch>& answer, int times) {
  BatchEncoder answers(answer->schema(), nullptr);
  BatchDecoder rows;
  char piece[4096];
  for (ssize_t got = 0; (got = ::read(0, piece, sizeof piece)) > 0;) {
    rows.add({piece, static_cast<std::size_t>(got)});
    for (; rows.waiting() > 0; rows.take()) {
      std::string bytes;
      for (int time = 0; time < times; ++time) bytes += answers.encode(*answer);
      if (::write(1, bytes.data(), bytes.size()) < 0) return;
    }
  }
}

std::shared_ptr<arrow::RecordBatch> votes_on_row(std::int64_t row) {
  arrow::Int64Builder rows;
  arrow::StringBuilder classes;
  (void)rows.Append(row);
  (void)classes.Append("card");
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("row", arrow::int64()), arrow::field("class", arrow::utf8())}), 1,
                                  {rows.Finish().ValueOrDie(), classes.Finish().ValueOrDie()});
}

}  // namespace

int main(int count, char** words) {
  const std::string manner = count > 1 ? words[1] : "";
  if (manner == "foreign") answer_with(votes_on_row(5000), 1);
  if (manner == "negative") answer_with(votes_on_row(-1), 1);
  if (manner == "twice") answer_with(votes_on_row(0), 2);
  try {
    serve_voter([&](const VoteRequest& request) { return std::make_unique<Letters>(manner, request.functions.size()); });
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
  return 0;
}
