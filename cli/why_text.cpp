#include "cli/why_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"

namespace hone::cli {
namespace {

std::string line_of(const nlohmann::json& text, std::size_t width = 200) {
  return one_line(text.is_string() ? text.get<std::string>() : text.dump(), width);
}

std::string short_hash(const nlohmann::json& hash) { return hash.get<std::string>().substr(0, 12); }

// A word as a shell takes it.
std::string quoted(const std::string& word) {
  const bool is_plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == std::string::npos;
  if (is_plain) return word;
  std::string inside;
  for (const char c : word) inside += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return "'" + inside + "'";
}

// Who acted: an account, a program, or the ID in the log and why there is no more.
std::string who(const nlohmann::json& person) {
  if (!person.at("who").is_null()) return line_of(person.at("who"), 60);
  return line_of(person.at("actor"), 60) + " (" + line_of(person.at("who_note"), 100) + ")";
}

std::string event_words(const nlohmann::json& event) {
  return fmt::format("event {}, {}, by {}", event.at("seq").get<std::uint64_t>(), line_of(event.at("time")), who(event));
}

// Of a multi-label task: "fees 91.0 %, refund 88.2 %".
std::string classes_words(const nlohmann::json& label) {
  std::string words;
  for (const nlohmann::json& name : label.at("classes"))
    words += (words.empty() ? "" : ", ") + one_line(name.get<std::string>()) + " " +
             percent(label.at("probabilities").at(name.get<std::string>()));
  return words.empty() ? "none of the classes" : words;
}

std::string label_words(const nlohmann::json& label) {
  if (label.is_null()) return "no label";
  if (label.contains("classes")) return classes_words(label);
  return fmt::format("{} {}", one_line(label.at("class").get<std::string>()), percent(label.at("probability")));
}

std::string matched_words(const nlohmann::json& vote) {
  std::string words;
  if (!vote.contains("matched")) return words;
  for (const nlohmann::json& span : vote.at("matched"))
    words += (words.empty() ? "" : ", ") + ("'" + one_line(span.at("text").get<std::string>(), 30) + "'");
  return one_line(words, 60);
}

std::string votes_on_classes_text(const nlohmann::json& why) {
  Table table({"source", "votes", "because of", "where"});
  for (const nlohmann::json& vote : why.at("votes"))
    table.add({vote.at("source"), vote.at("class"), matched_words(vote), vote.value("where", "no longer in hone.yaml")});
  return table.text();
}

// With a taxonomy: the label and, where it is another, the deepest node that is certain enough.
std::string label_and_node(const nlohmann::json& label) {
  const std::string words = label_words(label);
  if (label.is_null() || !label.contains("node")) return words;
  const nlohmann::json& node = label.at("node");
  if (node.is_null()) return words + " (no node is certain enough)";
  return node.at("class") == label.at("class") ? words : words + ", surely " + label_words(node);
}

std::string votes_text(const nlohmann::json& why) {
  if (why.at("votes").empty()) return "no source voted on this row, so it has no label\n";
  if (!why.at("votes").front().contains("without_it")) return votes_on_classes_text(why);
  Table table({"source", "votes", "because of", "without it", "where"});
  for (const nlohmann::json& vote : why.at("votes"))
    table.add({vote.at("source"), vote.at("class"), matched_words(vote), label_words(vote.at("without_it")),
               vote.value("where", "no longer in hone.yaml")});
  return table.text();
}

// A class, or the list of those that a row of a multi-label task holds.
std::string names_words(const nlohmann::json& known) {
  if (known.is_string()) return one_line(known.get<std::string>());
  std::string words;
  for (const nlohmann::json& name : known) words += (words.empty() ? "" : ", ") + one_line(name.get<std::string>());
  return words.empty() ? "none of the classes" : words;
}

std::string gold_words(const nlohmann::json& gold) {
  return gold.at("class").is_null() ? gold.at("note").get<std::string>() : names_words(gold.at("class"));
}

std::string head_text(const nlohmann::json& why) {
  const nlohmann::json& place = why.at("place");
  std::string text = fmt::format("row {} ({}), {} line {}, split {}\n", why.at("row").get<std::uint64_t>(), line_of(why.at("id")),
                                 line_of(place.at("file")), place.at("line").get<std::uint64_t>(), why.at("split").get<std::string>());
  for (const auto& [name, value] : why.at("fields").items())
    text += fmt::format("  {}: {}\n", one_line(name, 40), value.is_null() ? "(absent)" : one_line(value.get<std::string>(), 160));
  return text;
}

std::string used_words(const nlohmann::json& trained) {
  const std::string because = trained.at("because").get<std::string>();
  return trained.at("used").is_null() ? because : (trained.at("used").get<bool>() ? "yes: " : "no: ") + because;
}

std::string duplicates_words(const nlohmann::json& found) {
  if (!found.at("looked").get<bool>()) return "not looked for: data.near_duplicates in hone.yaml asks for it";
  if (found.at("with").empty()) return "none";
  std::string words;
  for (const nlohmann::json& id : found.at("with")) words += (words.empty() ? "" : ", ") + line_of(id, 40);
  return fmt::format("{} rows say the same, or nearly: with {}", with_commas(found.at("rows").get<std::uint64_t>()), words);
}

std::string outcome_text(const nlohmann::json& why) {
  std::string text = fmt::format("\nlabel       {} by {}\n", label_and_node(why.at("label")), why.at("label_model").get<std::string>());
  if (why.contains("majority"))
    text += fmt::format("majority    {}\n", why.at("majority").is_null() ? "no label" : line_of(why.at("majority")));
  if (!why.at("prediction").is_null()) text += fmt::format("prediction  {}\n", label_and_node(why.at("prediction")));
  text += fmt::format("gold        {}\n", gold_words(why.at("gold")));
  text += fmt::format("trained on  {}\n", used_words(why.at("trained")));
  return text + fmt::format("duplicates  {}\n", duplicates_words(why.at("near_duplicates")));
}

std::string runs_text(const nlohmann::json& why) {
  std::string text = "\nmade by\n";
  for (const nlohmann::json& run : why.at("runs")) {
    text +=
        fmt::format("  {:<9} {}  {}", run.at("stage").get<std::string>(), run.at("ended").get<std::string>(), short_hash(run.at("key")));
    if (run.contains("recorded"))
      text += run.at("recorded").is_null()
                  ? "  " + run.at("recorded_note").get<std::string>()
                  : fmt::format("  event {} by {}", run.at("recorded").at("seq").get<std::uint64_t>(), who(run.at("recorded")));
    text += "\n";
  }
  return text;
}

// A line of what the ledger says, or why it says nothing.
std::string part(std::string_view title, const std::string& words) { return fmt::format("  {:<9} {}\n", title, words); }
std::string part(std::string_view title, const nlohmann::json& event, const std::string& more, const nlohmann::json& note) {
  return part(title, event.is_null() ? note.get<std::string>() : event_words(event) + more);
}

std::string versions_text(const nlohmann::json& why) {
  std::string text;
  for (const nlohmann::json& vote : why.at("votes")) {
    const nlohmann::json& defined = vote.at("defined");
    if (defined.is_null()) {
      text += part("source", line_of(vote.at("source"), 60) + ": " + vote.at("defined_note").get<std::string>());
      continue;
    }
    text += part("source", fmt::format("{} version {}: {}, {}", line_of(vote.at("source"), 60), line_of(defined.at("version")),
                                       event_words(defined), line_of(defined.at("because"), 100)));
    for (const nlohmann::json& earlier : defined.at("earlier"))
      text += part("", fmt::format("  before it version {}: {}", line_of(earlier.at("version")), event_words(earlier)));
  }
  return text;
}

std::string label_in_release(const nlohmann::json& release) {
  if (!release.at("note").get<std::string>().empty()) return line_of(release.at("note"));
  if (!release.at("holds_row").get<bool>()) return "does not hold the row";
  if (release.at("label").is_null()) return "no label";
  const std::string label = names_words(release.at("label"));
  return release.at("probability").is_null() ? label : label + " " + percent(release.at("probability"));
}

std::string exports_text(const nlohmann::json& exports) {
  if (exports.empty()) return part("exports", "none is recorded");
  std::string text;
  for (const nlohmann::json& made : exports)
    text += part("export",
                 fmt::format("{}: {} rows as {}, for: {}; file {}", event_words(made), with_commas(made.at("rows").get<std::uint64_t>()),
                             line_of(made.at("format")), line_of(made.at("purpose"), 100), short_hash(made.at("file"))));
  return text;
}

std::string recorded_text(const nlohmann::json& why) {
  const nlohmann::json& recorded = why.at("recorded");
  if (recorded.is_null()) return "\nin the ledger: " + why.at("recorded_note").get<std::string>() + "\n";
  std::string text = "\nin the ledger\n";
  const nlohmann::json &import = recorded.at("import"), &gold = recorded.at("gold");
  text += part(
      "import", import,
      import.is_null() ? "" : fmt::format("; licence {}, purpose {}", line_of(import.at("licence"), 60), line_of(import.at("purpose"), 60)),
      recorded.at("import_note"));
  text += versions_text(why);
  text +=
      part("gold", gold, gold.is_null() ? "" : fmt::format("; version {}, {}", line_of(gold.at("version")), line_of(gold.at("rule"), 80)),
           recorded.at("gold_note"));
  for (const nlohmann::json& release : recorded.at("releases"))
    text += part("release", fmt::format("{} ({}), event {}: {}", line_of(release.at("name")), line_of(release.at("version")),
                                        release.at("seq").get<std::uint64_t>(), label_in_release(release)));
  if (recorded.at("releases").empty()) text += part("releases", "none is recorded");
  text += exports_text(recorded.at("exports"));
  for (const nlohmann::json& note : recorded.at("notes")) text += part("note", line_of(note));
  return text;
}

// --- A metric.

std::string value_words(const nlohmann::json& why) {
  const nlohmann::json& value = why.at("value");
  if (value.is_null()) return "not measured";
  const std::string n = fmt::format(", n = {}", with_commas(value.at("n").get<std::uint64_t>()));
  if (why.at("metric") == "log_loss") return decimal_measure(value) + n;
  return measure(value) + n;
}

std::string pin_words(const nlohmann::json& pin) {
  if (!pin.is_object()) return line_of(pin);
  return short_hash(pin.at("hash")) + "  " +
         (pin.at("made_by").is_null() ? pin.at("note").get<std::string>() : event_words(pin.at("made_by")));
}

std::string metric_pins_text(const nlohmann::json& why) {
  std::string text = "\npinned to\n";
  const nlohmann::json& pins = why.at("pins");
  for (const char* name : {"dataset", "votes", "labels", "model", "evaluation"})
    if (!pins.at(name).is_null()) text += fmt::format("  {:<10} {}\n", name, pin_words(pins.at(name)));
  const nlohmann::json& gold = pins.at("gold");
  text += fmt::format(
      "  {:<10} {}\n", "gold",
      gold.is_null() ? pins.at("gold_note").get<std::string>()
                     : fmt::format("version {}, {}; {}", line_of(gold.at("version")), line_of(gold.at("rule"), 80), event_words(gold)));
  const nlohmann::json& evaluator = why.at("evaluator");
  return text + fmt::format("  {:<10} {}; {}\n", "code", line_of(evaluator.at("code")),
                            evaluator.at("recorded").is_null() ? evaluator.at("recorded_note").get<std::string>()
                                                               : event_words(evaluator.at("recorded")));
}

std::string command_words(const nlohmann::json& words) {
  std::string line;
  for (const nlohmann::json& word : words) line += (line.empty() ? "" : " ") + quoted(line_of(word));
  return line;
}

// --- A model and a release.

std::string earlier_or_later_text(const nlohmann::json& later) {
  std::string text = "\nsince then\n";
  const std::size_t before = text.size();
  for (const nlohmann::json& erased : later.at("erased"))
    text += fmt::format("  erased: object {}, {}, on the ground: {}\n", short_hash(erased.at("object")), event_words(erased.at("order")),
                        line_of(erased.at("order").at("ground"), 100));
  if (!later.at("relabelled").is_null()) text += fmt::format("  other labels were made: {}\n", event_words(later.at("relabelled")));
  for (const nlohmann::json& source : later.at("redefined"))
    text += fmt::format("  the source {} was defined anew: {}\n", line_of(source.at("name"), 60), event_words(source.at("now")));
  if (!later.at("gold").is_null()) text += fmt::format("  another version of the gold was read: {}\n", event_words(later.at("gold")));
  return text.size() > before ? text : text + "  nothing of this was erased, made anew or defined anew\n";
}

std::string people_text(const nlohmann::json& people) {
  std::string text = "\npeople and programs\n";
  for (const nlohmann::json& person : people) {
    std::string acts;
    for (const auto& [kind, count] : person.at("kinds").items())
      acts += fmt::format("{}{} {}", acts.empty() ? "" : ", ", count.get<std::uint64_t>(), kind);
    text += fmt::format("  {}: {}\n", who(person), acts);
  }
  return text;
}

constexpr std::size_t kSourcesListed = 12;

std::string sources_text(const nlohmann::json& sources) {
  std::string text;
  for (std::size_t place = 0; place < std::min(sources.size(), kSourcesListed); ++place) {
    const nlohmann::json& source = sources.at(place);
    text += fmt::format("  {:<10} {} version {}: {}\n", "source", line_of(source.at("name"), 60), line_of(source.at("version")),
                        event_words(source));
  }
  if (sources.size() > kSourcesListed)
    text += fmt::format("  {:<10} and {} more; --json has all\n", "", with_commas(sources.size() - kSourcesListed));
  return text;
}

std::string datasets_text(const nlohmann::json& datasets) {
  std::string text;
  for (const nlohmann::json& dataset : datasets) {
    const nlohmann::json& import = dataset.at("import");
    const std::string licence = import.is_null() ? dataset.at("note").get<std::string>() : "licence " + line_of(import.at("licence"), 60);
    text += fmt::format("  {:<10} {}  {}{}\n", "dataset", short_hash(dataset.at("hash")), event_words(dataset.at("made_by")),
                        licence.empty() ? "" : "; " + licence);
  }
  return text;
}

std::string ingredients_text(const nlohmann::json& why) {
  std::string text = "\nmade from\n" + datasets_text(why.at("datasets"));
  text += fmt::format("  {:<10} {}\n", "labels",
                      why.at("labels").at("hash").is_null() ? why.at("labels").at("note").get<std::string>() : pin_words(why.at("labels")));
  const nlohmann::json& gold = why.at("gold");
  text += fmt::format(
      "  {:<10} {}\n", "gold",
      gold.is_null() ? why.at("gold_note").get<std::string>()
                     : fmt::format("version {}, {}; {}", line_of(gold.at("version")), line_of(gold.at("rule"), 80), event_words(gold)));
  return text + sources_text(why.at("sources"));
}

std::string object_words(const nlohmann::json& value, const nlohmann::json& note) {
  return value.is_null() ? note.get<std::string>() : one_line(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), 160);
}

std::string changes_text(const nlohmann::json& changed) {
  if (changed.is_null()) return "\nit is the first release\n";
  std::string text =
      fmt::format("\nchanged from {} ({})\n", line_of(changed.at("from").at("name")), line_of(changed.at("from").at("version")));
  if (changed.at("rows").is_null()) return text + "  " + changed.at("note").get<std::string>() + "\n";
  const auto rows = [&](const char* what) { return with_commas(changed.at("rows").at(what).get<std::uint64_t>()); };
  text += fmt::format("  rows: {} came, {} went, {} changed; {} labels changed\n", rows("added"), rows("removed"), rows("changed"),
                      rows("labels_changed"));
  for (const nlohmann::json& cause : changed.at("causes"))
    if (cause.at("rows") > 0)
      text += fmt::format("  {} labels by {}\n", with_commas(cause.at("rows").get<std::uint64_t>()), line_of(cause.at("cause")));
  return text;
}

std::string approval_words(const nlohmann::json& approver) {
  const std::string note = approver.at("note").get<std::string>();
  return who(approver) + (note.empty() ? "" : " (" + note + ")");
}

std::string contents_words(const nlohmann::json& contents) {
  const std::size_t gone = contents.at("gone").size();
  std::string words = fmt::format("{} objects, {}", with_commas(contents.at("objects").get<std::uint64_t>()),
                                  megabytes(contents.at("bytes").get<std::uint64_t>()));
  if (gone == 0) return words + ", all there";
  return words + fmt::format(", {} gone: {}{}", with_commas(gone), line_of(contents.at("gone").at(0), 60), gone > 1 ? ", …" : "");
}

std::string open_points_text(const nlohmann::json& why) {
  if (!why.at("open_points_note").get<std::string>().empty())
    return "\nopen points: " + why.at("open_points_note").get<std::string>() + "\n";
  std::string text = why.at("open_points").empty() ? "\nno open points of the checklist\n" : "\nopen points of the checklist\n";
  for (const nlohmann::json& point : why.at("open_points"))
    text +=
        fmt::format("  {:>2} {} {}\n", point.at("number").get<int>(), line_of(point.at("asked"), 100), line_of(point.at("because"), 120));
  return text;
}

std::string cover_text(const nlohmann::json& why) {
  std::string text =
      fmt::format("\ncovered by the checkpoint of {} events\n", with_commas(why.at("checkpoint").at("size").get<std::uint64_t>()));
  if (why.at("anchors").empty()) return text + "  " + why.at("anchors_note").get<std::string>() + "\n";
  for (const nlohmann::json& anchor : why.at("anchors"))
    text += fmt::format("  anchored at {} events in {}: {}\n", with_commas(anchor.at("size").get<std::uint64_t>()),
                        line_of(anchor.at("place"), 80), event_words(anchor));
  return text;
}

}  // namespace

std::string row_text(const nlohmann::json& why) {
  return head_text(why) + "\n" + votes_text(why) + outcome_text(why) + runs_text(why) + recorded_text(why);
}

std::string metric_text(const nlohmann::json& why) {
  std::string text = fmt::format("{} of the {} ({}) on {}: {}\n", line_of(why.at("metric")), line_of(why.at("system")),
                                 line_of(why.at("name")), line_of(why.at("split")), value_words(why));
  if (const nlohmann::json& slice = why.at("slice"); !slice.is_null())
    text += fmt::format("  slice {}: {}\n", line_of(slice.at("name"), 60), line_of(slice.at("definition"), 160));
  if (!why.at("note").get<std::string>().empty()) text += "  " + line_of(why.at("note")) + "\n";
  text += "  " + line_of(why.at("method"), 400) + "\n";
  for (const nlohmann::json& note : why.at("notes")) text += "  " + line_of(note, 300) + "\n";
  for (const nlohmann::json& comparison : why.at("comparisons"))
    text += fmt::format("  against {}: {}\n", line_of(comparison.at("b")), line_of(comparison.at("text"), 200));
  text += metric_pins_text(why);
  const nlohmann::json& exposure = why.at("exposure");
  text += fmt::format("\ngold was read by {} evaluations, and sealed sets {} times\n",
                      with_commas(exposure.at("evaluations").get<std::uint64_t>()),
                      with_commas(exposure.at("sealed_reads").get<std::uint64_t>()));
  for (const nlohmann::json& command : why.at("again")) text += "again: " + command_words(command) + "\n";
  return text + "in hone report --json: " + line_of(why.at("path")) + "\n";
}

std::string model_text(const nlohmann::json& why) {
  const nlohmann::json &model = why.at("model"), &run = why.at("runs").back();
  std::string text = fmt::format("model {}, trained by {}\n", short_hash(model.at("hash")), event_words(run));
  text += fmt::format("  {:<10} {}\n", "code", object_words(model.at("code"), ""));
  text += fmt::format("  {:<10} {}\n", "seed", model.at("seed").dump());
  text += fmt::format("  {:<10} {}\n", "options", object_words(model.at("options"), model.at("options_note")));
  text += fmt::format("  {:<10} {}\n", "hardware", object_words(model.at("hardware"), model.at("hardware_note")));
  text += fmt::format("  {:<10} {}\n", "base", model.at("base_note").get<std::string>());
  text += ingredients_text(why);
  for (const nlohmann::json& note : why.at("notes")) text += "  " + line_of(note) + "\n";
  for (const nlohmann::json& release : why.at("releases"))
    text += fmt::format("  {:<10} {} ({}), event {}\n", "in release", line_of(release.at("name")), line_of(release.at("version")),
                        release.at("seq").get<std::uint64_t>());
  return text + people_text(why.at("people")) + earlier_or_later_text(why.at("later"));
}

std::string release_text(const nlohmann::json& why) {
  std::string text = fmt::format("release {} ({}), {}\n", line_of(why.at("name")), line_of(why.at("version")), event_words(why));
  text += fmt::format("  {:<10} {}\n", "because", line_of(why.at("because"), 160));
  text += fmt::format("  {:<10} {}\n", "approved", approval_words(why.at("approver")));
  text += fmt::format("  {:<10} {}\n", "holds", contents_words(why.at("contents")));
  text += fmt::format("  {:<10} {}\n", "result", line_of(why.at("summary").at("headline"), 200));
  text += "\npinned to\n";
  for (const auto& [name, pin] : why.at("pins").items()) text += fmt::format("  {:<11} {}\n", one_line(name, 20), pin_words(pin));
  text += "\nmade from\n" + datasets_text(why.at("datasets")) + sources_text(why.at("sources"));
  text += changes_text(why.at("changed")) + open_points_text(why) + cover_text(why) + "\n" + exports_text(why.at("exports"));
  return text + people_text(why.at("people")) + earlier_or_later_text(why.at("later"));
}

}  // namespace hone::cli
