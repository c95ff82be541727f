// Two sources in one program. Hone starts it where hone.yaml says
//
//   sources:
//     - {process: [build/shouting], name: shouting}
//     - {process: [build/shouting], name: numbers}
//
// and gives it the rows on its standard input. `shouting --self` asks the same sources in this process instead, about three rows of its
// own.
#include <arrow/array/builder_binary.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <string>

#include "hone/core/error.h"
#include "hone/data/text_column.h"
#include "hone/vote/serve_voter.h"
#include "hone/vote/vote_stage.h"

namespace {

// How much of a text's letters are capitals.
double shouted(std::string_view text) {
  const auto letters = std::ranges::count_if(text, [](unsigned char byte) { return std::isalpha(byte); });
  const auto capitals = std::ranges::count_if(text, [](unsigned char byte) { return std::isupper(byte); });
  return letters == 0 ? 0.0 : static_cast<double>(capitals) / static_cast<double>(letters);
}

// The first source votes for "complaint" where most letters are capitals, as sure as their share; the second for "payment" where there
// are three digits. Both fail on what is too long to be a message.
class Messages : public hone::Voter {
 public:
  // By place, which function is asked: hone.yaml decides the order, and may name one of them alone.
  Messages(std::vector<std::string> functions, std::vector<std::string> classes)
      : functions_(std::move(functions)), classes_(std::move(classes)) {}

  std::vector<std::string> columns() const override { return {"text"}; }
  std::size_t size() const override { return functions_.size(); }

 private:
  void vote_on(const arrow::RecordBatch& batch, std::uint64_t, std::span<hone::BatchVotes> said) override {
    const auto column = batch.GetColumnByName("text");
    if (!column) throw hone::Error(hone::ErrorCode::kNotFound, "the field 'text' is needed; add it to 'fields' in hone.yaml");
    const hone::TextColumn texts(*column);
    for (std::uint32_t row = 0; row < batch.num_rows(); ++row)
      for (std::size_t function = 0; function < functions_.size(); ++function)
        vote_on_text(functions_[function], texts.at(row).value_or(""), row, said[function]);
  }

  void vote_on_text(const std::string& function, std::string_view text, std::uint32_t row, hone::BatchVotes& said) const {
    if (text.size() > 10'000) return said.fail(row, "a text of " + std::to_string(text.size()) + " bytes is no message");
    const double share = shouted(text);
    if (function == "shouting" && share > 0.5) said.vote(row, id_of("complaint"), static_cast<float>(share));
    const auto digits = std::ranges::count_if(text, [](unsigned char byte) { return std::isdigit(byte); });
    if (function == "numbers" && digits >= 3) said.vote(row, id_of("payment"));
  }

  hone::ClassId id_of(std::string_view name) const {
    return static_cast<hone::ClassId>(std::ranges::find(classes_, name) - classes_.begin());
  }

  std::vector<std::string> functions_, classes_;
};

void ask_about_own_rows() {
  arrow::StringBuilder builder;
  for (const char* text : {"WHERE IS MY MONEY", "I paid 250 euros", "thank you"})
    if (!builder.Append(text).ok()) return;
  const auto batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("text", arrow::utf8())}), 3, {builder.Finish().ValueOrDie()});
  const std::vector<std::string> classes{"complaint", "payment"};
  const std::shared_ptr<hone::Voter> voters[] = {std::make_shared<Messages>(std::vector<std::string>{"shouting", "numbers"}, classes)};
  for (const hone::SourceSaid& source : hone::apply_voters(std::vector{batch}, voters)) {
    const hone::SourceVotes votes = source.votes.unpacked();
    for (std::size_t vote = 0; vote < votes.examples.size(); ++vote)
      std::cout << "row " << votes.examples[vote] << ": " << classes[votes.classes[vote]] << "\n";
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    if (count == 2 && std::string(words[1]) == "--self")
      ask_about_own_rows();
    else
      hone::serve_voter([](const hone::VoteRequest& request) { return std::make_unique<Messages>(request.functions, request.classes); });
  } catch (const std::exception& error) {
    std::cerr << "shouting: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
