#include "hone/job/text_linear_options.h"

#include <string>
#include <string_view>
#include <vector>

#include "hone/core/error.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"

namespace hone {
namespace {

// Every option once: its name and its field, in the order in which they are shown.
template <typename Options, typename Visit>
void for_each_option(Options& options, const Visit& visit) {
  visit("word_ngrams", options.word_ngrams);
  visit("min_characters", options.min_characters);
  visit("max_characters", options.max_characters);
  visit("buckets", options.buckets);
  visit("epochs", options.epochs);
  visit("patience", options.patience);
  visit("batch", options.batch);
  visit("learning_rate", options.learning_rate);
  visit("initial_accumulator", options.initial_accumulator);
  visit("warm_up", options.warm_up);
  visit("balance", options.balance);
}

[[noreturn]] void refuse(std::string_view option, const std::string& trouble) {
  throw Error(ErrorCode::kInvalidArgument, "text-linear: '" + std::string(option) + "' " + trouble);
}

void require_between(std::string_view option, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value < low || value > high)
    refuse(option, "must be from " + std::to_string(low) + " to " + std::to_string(high) + ", not " + std::to_string(value));
}

template <typename Integer>
void read(std::string_view option, const nlohmann::json& value, Integer& field) {
  if (!value.is_number_integer()) refuse(option, "must be a whole number, not " + value.dump());
  const auto number = value.get<std::int64_t>();
  field = static_cast<Integer>(number);
  if (field != number) refuse(option, "is out of range: " + value.dump());
}

void read(std::string_view option, const nlohmann::json& value, double& field) {
  if (!value.is_number()) refuse(option, "must be a number, not " + value.dump());
  field = value.get<double>();
}

}  // namespace

// Comparisons are written so that NaN fails them.
void TextLinearOptions::validate() const {
  require_between("word_ngrams", word_ngrams, 1, 5);
  require_between("max_characters", max_characters, 0, 8);
  if (max_characters > 0) require_between("min_characters", min_characters, 1, max_characters);
  require_between("buckets", buckets, 1 << 10, 1 << 24);
  if ((buckets & (buckets - 1)) != 0) refuse("buckets", "must be a power of two, not " + std::to_string(buckets));
  require_between("epochs", epochs, 1, 10000);
  require_between("patience", patience, 1, 10000);
  require_between("batch", batch, 1, 65536);
  if (!(learning_rate > 0.0 && learning_rate <= 100.0)) refuse("learning_rate", "must be above 0 and at most 100");
  if (!(initial_accumulator > 0.0 && initial_accumulator <= 1e6)) refuse("initial_accumulator", "must be above 0 and at most 1000000");
  if (!(warm_up >= 0.0 && warm_up < 1.0)) refuse("warm_up", "must be at least 0 and below 1");
  if (!(balance >= 0.0 && balance <= 1.0)) refuse("balance", "must be from 0 to 1");
}

void to_json(nlohmann::json& json, const TextLinearOptions& options) {
  json = nlohmann::json::object();
  for_each_option(options, [&](const char* name, const auto& field) { json[name] = field; });
}

void from_json(const nlohmann::json& json, TextLinearOptions& options) {
  if (!json.is_object()) throw Error(ErrorCode::kInvalidArgument, "text-linear: the options must be a mapping, not " + json.dump());
  std::vector<std::string> known;
  for_each_option(options, [&](const char* name, auto& field) {
    known.emplace_back(name);
    if (json.contains(name)) read(name, json.at(name), field);
  });
  for (const auto& [name, value] : json.items())
    if (name != "name" && std::ranges::find(known, name) == known.end())
      throw Error(ErrorCode::kInvalidArgument, "text-linear has no option '" + name + "'" + suggestion(name, known));
  options.validate();
}

}  // namespace hone
