// Whatever a program that votes writes: votes that are sound, or an Error.
#include <arrow/record_batch.h>

#include "hone/core/error.h"
#include "hone/core/fuzz_testing.h"
#include "hone/vote/vote_protocol.h"

namespace {

using namespace hone;

const VoteRequest kRequest{.functions = {"angry", "many"}, .classes = {"card", "loan"}, .text = {"body"}};
const std::map<std::string, ClassId, std::less<>> kClasses{{"card", 0}, {"loan", 1}};
constexpr std::uint32_t kRows = 5;
const std::vector<std::uint32_t> kAsked{0, 1, 3};

void check(const BatchVotes& said) {
  const SourceVotes& votes = said.votes();
  require(votes.examples.size() == votes.classes.size());
  require(votes.confidence.empty() || votes.confidence.size() == votes.examples.size());
  for (std::size_t vote = 0; vote < votes.examples.size(); ++vote) {
    require(votes.examples[vote] < kRows && votes.examples[vote] != 2 && votes.classes[vote] < 2);
    require(vote == 0 || votes.examples[vote - 1] < votes.examples[vote]);
  }
  require(said.failures().count <= kRows);
}

void read(const arrow::RecordBatch& answer) {
  std::vector<BatchVotes> said(2, BatchVotes(kRows));
  read_answer(answer, kAsked, kRequest, kClasses, said);
  for (BatchVotes& source : said) {
    source.finish(BatchVotes::PerExample::kOneClass);
    check(source);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = data[0] == 0 ? size : data[0];  // How many bytes come at once.
  std::string_view bytes = bytes_of(data + 1, size - 1);
  try {
    BatchDecoder answers(std::size_t{1} << 22);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      answers.add(bytes.substr(0, piece));
      while (answers.waiting() > 0) read(*answers.take());
    }
    if (answers.has_ended()) answers.request();
  } catch (const Error& error) {
    require(error.code() == ErrorCode::kChildFailed);
  }
  return 0;
}
