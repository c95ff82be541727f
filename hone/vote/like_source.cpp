#include "hone/core/error.h"
#include "hone/vote/classed_texts_internal.h"
#include "hone/vote/source_parsing_internal.h"

namespace hone {
namespace {

// Raised when the votes of unchanged definitions change.
constexpr std::string_view kLikeEngine = "like/1";

constexpr std::int64_t kMostNearest = 100'000'000;

// Every row is compared with every text that shares an n-gram with it: a file is for hundreds or thousands of them.
constexpr std::size_t kMostTexts = 100'000;
constexpr ClassedTextsForm kClassedTexts{.what = "text", .example = "my card was stolen,fraud", .most_bytes = std::size_t{1} << 16};

std::vector<std::string> texts_of(const ConfigNode& node, const std::string& what) {
  const std::vector<std::string> texts = node.texts();
  for (const std::string& text : texts)
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw node.error("one of the " + what + " is empty; take it out");
  return texts;
}

void read_like(const ConfigNode& node, Source& source) {
  node.allow_keys({"texts", "examples", "file", "embedding", "field"});
  LikeSettings& like = source.like;
  if (const ConfigNode* texts = node.find("texts")) like.texts = texts_of(*texts, "texts");
  if (const ConfigNode* examples = node.find("examples")) like.examples = texts_of(*examples, "examples");
  if (const ConfigNode* embedding = node.find("embedding")) like.embedding = embedding->text();
  if (const ConfigNode* field = node.find("field")) source.field = field->text();
  if (like.texts.empty() && like.examples.empty() && !node.find("file"))
    throw node.error(
        "names nothing to be like: give texts, a file of texts, or examples by their ids, as in like: {texts: [\"my card was stolen\"]}");
  if (like.embedding.empty()) return;
  if (node.find("file")) throw node.at("file").error("a text has no embedding: with embedding, name examples by their ids");
  if (!like.texts.empty()) throw node.at("texts").error("a text has no embedding: with embedding, name examples by their ids");
  if (!source.field.empty()) throw node.at("field").error("give the field of the text or the embedding, not both");
}

// The texts of a file say by themselves what they speak for.
void read_classes(const ConfigNode& entry, const Task& task, const FileReader& read, Source& source) {
  const ConfigNode* path = entry.at("like").find("file");
  if (!path) {
    if (const ConfigNode* classes = entry.find("classes")) throw classes->error("is for the second column of a file of texts");
    source.votes = {parse_voted_class(entry.at("vote"), task)};
    return;
  }
  if (const ConfigNode* vote = entry.find("vote")) throw vote->error("each text of the file has a class of its own; take vote out");
  if (!source.like.texts.empty() || !source.like.examples.empty())
    throw path->error("give a file of texts with their classes, or texts and examples of one class, not both");
  if (!read) throw path->error("a file of texts cannot be read here; ask from inside a project");
  const ClassedTexts texts =
      read_classed_texts(read(path->text(), *path), path->text(), parse_class_of_value(entry.find("classes"), task), kClassedTexts);
  if (texts.texts.size() > kMostTexts)
    throw path->error("'" + path->text() + "' holds " + std::to_string(texts.texts.size()) + " texts; at most " +
                      std::to_string(kMostTexts) + ": keep those that differ most");
  for (std::size_t text = 0; text < texts.texts.size(); ++text) source.class_of_value[texts.texts[text]] = texts.classes[text];
}

void read_bounds(const ConfigNode& entry, Source& source) {
  if (const ConfigNode* at_least = entry.find("at_least")) source.at_least = parse_confidence(*at_least);
  if (const ConfigNode* nearest = entry.find("nearest")) {
    if (nearest->integer() < 1 || nearest->integer() > kMostNearest)
      throw nearest->error("expected a number of rows from 1 to " + std::to_string(kMostNearest) + ", found '" + nearest->text() + "'");
    source.like.nearest = static_cast<std::uint64_t>(nearest->integer());
  }
  if (!source.at_least && source.like.nearest == 0)
    throw entry.error("says not how like a row must be: give at_least, a similarity as in at_least: 0.6, or nearest, a number of rows");
}

}  // namespace

Source parse_like(const ConfigNode& entry, const Task& task, const FileReader& read) {
  entry.allow_keys({"like", "name", "vote", "classes", "at_least", "nearest", "splits"});
  Source source;
  source.kind = Source::Kind::kLike;
  source.name = parse_source_name(entry.at("name"));
  naming_it("like '" + source.name + "'", [&] {
    read_like(entry.at("like"), source);
    read_bounds(entry, source);
    read_classes(entry, task, read, source);
    return 0;
  });
  source.definition = entry.to_json();
  const LikeSettings& like = source.like;
  source.version =
      source_version(kLikeEngine, {like.texts, like.examples, like.embedding, source.field, source.at_least.value_or(0.0f), like.nearest},
                     source.class_of_value.empty() ? nlohmann::json(source.votes.front()) : nlohmann::json(source.class_of_value));
  return source;
}

}  // namespace hone
