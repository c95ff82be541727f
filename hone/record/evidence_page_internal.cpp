#include "hone/record/evidence_page_internal.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "hone/core/count.h"
#include "hone/ledger/base64.h"
#include "hone/record/checklist.h"
#include "hone/record/escaped_text_internal.h"

namespace hone {
namespace {

using Json = nlohmann::json;

// Colours as the report page has them: blue, orange and grey, 4.5:1 on their ground.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ground: #f6f6f4; --surface: #fff; --raised: #f3f4f4; --ink: #16191d; --soft: #4c545e; --line: #e3e4e2;
  --accent: #0a5fa6; --accent-soft: #e3eef8; --warn: #a84300; --warn-soft: #fcf0e5;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
@media (prefers-color-scheme: dark) { :root { --ground: #111315; --surface: #191c1f; --raised: #22262a; --ink: #eceeef; --soft: #b3bac1; --line: #2a2f34;
  --accent: #74b7f0; --accent-soft: #1a2f42; --warn: #f3a866; --warn-soft: #2e2218; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
header p { color: var(--soft); margin: .25rem 0 0; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 0 0 .75rem; }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.5rem; margin-top: 1.25rem; }
.lead { font-size: 1.15rem; margin: 0 0 .75rem; }
.soft { color: var(--soft); }
nav { margin-top: 1rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
a { color: var(--accent); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem .4rem 0; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 600; }
.number { text-align: right; white-space: nowrap; }
.facts th { width: 13rem; color: var(--soft); font-weight: 400; }
code, pre { font-family: var(--mono); font-size: .85em; }
td code { overflow-wrap: anywhere; }
pre { background: var(--raised); border-radius: 8px; padding: .9rem 1rem; overflow-x: auto; margin: .5rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.answer { white-space: nowrap; font-weight: 600; border-radius: 6px; padding: .1rem .5rem; }
.met { color: var(--accent); background: var(--accent-soft); }
.not-met { color: var(--warn); background: var(--warn-soft); }
.not-applicable { color: var(--soft); background: var(--raised); }
ul { margin: .5rem 0; padding-left: 1.25rem; }
@media print { :root { color-scheme: light; --ground: #fff; --surface: #fff; --raised: #f3f4f4; --ink: #000; --soft: #333; --line: #bbb; --accent: #0a4a80; --accent-soft: #fff; --warn: #8a3600; --warn-soft: #fff; }
  body { font-size: 10pt; } main { max-width: none; padding: 0; } nav { display: none; }
  section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: .75rem 0; break-inside: auto; } tr, pre { break-inside: avoid; } thead { display: table-header-group; }
  .scroll { overflow: visible; } .answer { padding: 0; } }
)css";

// --- Pieces. What is called `text` is not markup yet; what is called `html` is.

/// Text of data, isolated so that its direction changes nothing around it.
std::string shown(std::string_view text) { return "<bdi>" + html_text(text) + "</bdi>"; }
std::string shown(const std::string& text) { return shown(std::string_view(text)); }
std::string shown(const Json& text) { return shown(text.is_string() ? text.get<std::string>() : text.dump()); }
std::string code(std::string_view text) { return "<code>" + html_text(text) + "</code>"; }
std::string count(const Json& number) { return with_commas(number.get<std::uint64_t>()); }

/// "84.2 % (80.1 to 87.6)": of a measure, or an en dash.
std::string share(const Json& measure) {
  if (!measure.is_object() || !measure.at("value").is_number()) return "–";
  const double value = 100 * measure.at("value").get<double>();
  if (!measure.at("low").is_number()) return fmt::format("{:.1f} %", value);
  return fmt::format("{:.1f} % ({:.1f} to {:.1f})", value, 100 * measure.at("low").get<double>(), 100 * measure.at("high").get<double>());
}

struct Heading {
  std::string text;
  bool is_number = false;
};

/// Cells are HTML.
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<Heading> headings) : headings_(std::move(headings)) {}
  void add(const std::vector<std::string>& cells) {
    rows_ += "<tr>";
    for (std::size_t column = 0; column < cells.size(); ++column) rows_ += "<td" + class_of(column) + ">" + cells[column] + "</td>";
    rows_ += "</tr>\n";
  }
  std::string html() const {
    std::string head;
    for (std::size_t column = 0; column < headings_.size(); ++column)
      head += "<th scope=\"col\"" + class_of(column) + ">" + html_text(headings_[column].text) + "</th>";
    return "<div class=\"scroll\"><table><thead><tr>" + head + "</tr></thead><tbody>\n" + rows_ + "</tbody></table></div>\n";
  }

 private:
  std::string class_of(std::size_t column) const { return headings_[column].is_number ? " class=\"number\"" : ""; }

  std::vector<Heading> headings_;
  std::string rows_;
};

/// Facts, a line each: a name, and HTML.
std::string facts_table(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string rows;
  for (const auto& [name, html] : facts) rows += "<tr><th scope=\"row\">" + html_text(name) + "</th><td>" + html + "</td></tr>\n";
  return "<div class=\"scroll\"><table class=\"facts\"><tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string list(const Json& texts) {
  std::string items;
  for (const Json& text : texts) items += "<li>" + shown(text) + "</li>\n";
  return items.empty() ? "" : "<ul>\n" + items + "</ul>\n";
}

std::string section(std::string_view id, std::string_view title, const std::string& html) {
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", id, html_text(title), html);
}

// --- Sections.

std::string release_html(const EvidenceFacts& facts, std::uint64_t rows) {
  const Json& body = facts.made.body;
  const std::string approver = body.at("approver");
  return facts_table({{"Release", shown(facts.release.name) + ", version " + html_text(facts.release.version)},
                      {"Project", shown(facts.about.at("project"))},
                      {"Made", html_text(facts.made.time) + ", event " + with_commas(facts.made.seq) + " of the log"},
                      {"By", code(facts.made.actor) + " as " + html_text(facts.made.role)},
                      {"Approved by", code(approver) + (approver == facts.made.actor ? ", the same: nobody else looked at it" : "")},
                      {"Because", shown(body.at("because"))},
                      {"Labels", counted(rows, "row") + " in " + code("data/labels.parquet") + " and " + code("data/labels.jsonl")},
                      {"Code", shown(body.at("pins").value("code", "not stated"))},
                      {"Log", shown(facts.checkpoint.origin)},
                      {"Covered by", "the checkpoint of size " + with_commas(facts.checkpoint.size) + ", root " +
                                         code(to_base64(bytes_of(facts.checkpoint.root)))},
                      {"Anchors", facts.anchors.empty() ? "none: no event says that somebody outside holds a checkpoint"
                                                        : counted(facts.anchors.size(), "anchor event")}});
}

struct System {
  std::string_view key, title;
};
constexpr std::array kSystems = {System{"best_source", "Best source"}, System{"label_model", "Label model"},
                                 System{"model", "Trained model"}};

// The split that the numbers are about: test where it has gold, else valid.
std::string result_split(const Json& evaluation) {
  for (const char* split : {"test", "valid"})
    if (evaluation.at("label_model").is_object() && evaluation.at("label_model").at(split).is_object()) return split;
  return {};
}

std::string numbers_html(const EvidenceFacts& facts) {
  const Json &summary = facts.report.at("summary"), &evaluation = facts.report.at("evaluation");
  std::string html = "<p class=\"lead\">" + shown(summary.at("headline")) + "</p>\n";
  const std::string split = result_split(evaluation);
  if (split.empty()) return html + "<p>Without gold in valid or test nothing was measured.</p>\n";
  HtmlTable table({{"On " + split + ", with 95 % intervals"},
                   {"Accuracy", true},
                   {"Macro F1", true},
                   {"Coverage", true},
                   {"Calibration error", true},
                   {"Rows", true}});
  for (const System& system : kSystems) {
    const Json& measured = evaluation.at(std::string(system.key));
    if (!measured.is_object() || !measured.at(split).is_object()) continue;
    const Json& metrics = measured.at(split);
    table.add({html_text(system.title) + (measured.contains("name") ? " " + shown(measured.at("name")) : ""), share(metrics.at("accuracy")),
               share(metrics.at("macro_f1")), share(metrics.at("coverage")), share(metrics.at("ece")),
               count(metrics.at("accuracy").at("n"))});
  }
  html += table.html();
  for (const Json& comparison : evaluation.at("comparisons"))
    if (comparison.at("split") == split)
      html += "<p>" + shown(comparison.at("a")) + " against " + shown(comparison.at("b")) + ": " + shown(comparison.at("text")) + "</p>\n";
  html += "<p class=\"soft\">A row without a label counts as wrong. " + shown(evaluation.at("method")) + "</p>\n";
  return html + list(summary.at("warnings")) + "<p>All numbers, and what to do next: <a href=\"reports/report.html\">the report</a>.</p>\n";
}

std::string data_html(const EvidenceFacts& facts) {
  const Json& data = facts.report.at("data");
  const Json &splits = data.at("splits"), &gold = data.at("gold");
  std::string html = facts_table(
      {{"Rows", count(data.at("rows")) + ": " + count(splits.at("train")) + " train, " + count(splits.at("valid")) + " valid, " +
                    count(splits.at("test")) + " test"},
       {"With gold", count(gold.at("train")) + " train, " + count(gold.at("valid")) + " valid, " + count(gold.at("test")) + " test"},
       {"Left out", count(data.at("bad_rows")) + " malformed, " + count(data.at("skipped_rows")) + " without text"},
       {"Dataset", code(facts.made.body.at("pins").at("dataset").at("hash").get<std::string>())}});
  HtmlTable files({{"File"}, {"Rows", true}, {"Bytes", true}, {"SHA-256"}});
  for (const Json& file : data.at("files"))
    files.add({shown(file.at("name")), count(file.at("rows")), count(file.at("bytes")), code(file.at("sha256").get<std::string>())});
  html += files.html();
  if (!facts.import) return html + "<p>No data.import event of these rows is in the log.</p>\n";
  const Json& import = facts.import->body;
  std::string personal;
  for (const Json& column : import.at("columns"))
    if (column.at("personal").get<bool>()) personal += (personal.empty() ? "" : ", ") + shown(column.at("name"));
  return html + facts_table({{"Licence", shown(import.at("licence"))},
                             {"Purpose", shown(import.at("purpose"))},
                             {"Legal basis", shown(import.at("legal_basis"))},
                             {"Consent", shown(import.at("consent"))},
                             {"Personal data", shown(import.at("pii")) + (personal.empty() ? "" : ", in " + personal)},
                             {"Kept until", shown(import.at("retain_until"))},
                             {"Imported", html_text(facts.import->time) + ", event " + with_commas(facts.import->seq)}});
}

std::string sources_html(const EvidenceFacts& facts) {
  std::map<std::string, const Event*> defined;
  for (const Event& event : facts.sources) defined.emplace(event.body.at("name").get<std::string>(), &event);
  HtmlTable table({{"Source"},
                   {"Kind"},
                   {"Votes", true},
                   {"Coverage", true},
                   {"Precision on train and valid gold", true},
                   {"Version"},
                   {"Event", true}});
  for (const Json& source : facts.report.at("sources")) {
    const auto event = defined.find(source.at("name").get<std::string>());
    const bool known = event != defined.end();
    table.add({shown(source.at("name")), html_text(source.at("kind").get<std::string>()), count(source.at("votes")),
               share(source.at("coverage")), share(source.at("precision")),
               known ? code(event->second->body.at("version").get<std::string>()) : "not recorded",
               known ? with_commas(event->second->seq) : "–"});
  }
  return table.html();
}

std::string stages_html(const EvidenceFacts& facts) {
  HtmlTable table({{"Stage"}, {"Event", true}, {"Ended"}, {"Code"}, {"Made"}});
  for (const Event& run : facts.stages) {
    std::string made;
    for (const Json& output : run.body.at("outputs"))
      made += (made.empty() ? "" : "<br>") + shown(output.at("name")) + " " + code(output.at("ref").at("hash").get<std::string>());
    table.add({shown(run.body.at("stage")), with_commas(run.seq), html_text(run.body.at("ended").get<std::string>()),
               shown(run.body.at("code").at("version")), made});
  }
  return table.html() +
         "<p class=\"soft\">Each stage's inputs, options, seed and environment stand in its event; <code>openlineage.ndjson</code> has "
         "them for other programs.</p>\n";
}

std::string diff_html(const EvidenceFacts& facts) {
  if (facts.diff.is_null()) return "<p>This is the first release.</p>\n";
  const Json& rows = facts.diff.at("rows");
  std::string html = "<p>Since " + shown(facts.diff.at("from")) + ": " + count(rows.at("added")) + " rows came, " +
                     count(rows.at("removed")) + " went, " + count(rows.at("changed")) + " changed in a field; " +
                     count(rows.at("labels_changed")) + " got another label.</p>\n";
  HtmlTable causes({{"Another label because of"}, {"Rows", true}});
  const std::map<std::string, std::string> words = {
      {"row", "the row itself"}, {"votes", "other votes"}, {"label-model", "the label model, on the same votes"}};
  for (const Json& cause : facts.diff.at("causes"))
    causes.add({html_text(words.at(cause.at("cause").get<std::string>())), count(cause.at("rows"))});
  html += causes.html();
  if (facts.diff.at("slices").empty()) return html + "<p>By row: <code>diff/diff.json</code>.</p>\n";
  HtmlTable slices({{"Slice"}, {"Came", true}, {"Went", true}, {"Another label", true}});
  for (const Json& slice : facts.diff.at("slices"))
    slices.add({shown(slice.at("slice")), count(slice.at("added")), count(slice.at("removed")), count(slice.at("labels_changed"))});
  return html + slices.html() + "<p>By row: <code>diff/diff.json</code>.</p>\n";
}

std::string class_of_answer(const std::string& answer) {
  return answer == "met" ? "met" : answer == "not met" ? "not-met" : "not-applicable";
}

std::string checklist_html(const EvidenceFacts& facts) {
  const ChecklistCounts counts = count_answers(facts.checklist);
  HtmlTable table({{"", true}, {"Asked"}, {"Answer"}, {"Because"}, {"Events"}});
  for (const Json& point : facts.checklist.at("points")) {
    const std::string answer = point.at("answer");
    std::string events;
    for (const Json& seq : point.at("events")) events += (events.empty() ? "" : ", ") + seq.dump();
    table.add({point.at("number").dump(), html_text(point.at("asked").get<std::string>()),
               fmt::format("<span class=\"answer {}\">{}</span>", class_of_answer(answer), html_text(answer)), shown(point.at("because")),
               events});
  }
  return fmt::format(
             "<p>{} met, {} not met, {} not applicable, as the release found them. Drawn from what the EU AI Act (Article 10), 21 CFR "
             "11.10(e) and OCC Bulletin 2026-13 ask of records; no answer "
             "says that a law is met. SR 11-7 is rescinded and is not answered.</p>\n",
             counts.met, counts.not_met, counts.not_applicable) +
         table.html();
}

std::string verify_html(const EvidenceFacts& facts) {
  return "<p>That no file of this folder was changed since it was packed, with nothing but the system's tools:</p>\n<pre>sha256sum -c "
         "MANIFEST.sha256</pre>\n"
         "<p>That the log is whole, signed and follows its rules, and that the release is in it, with a key that reached you by another "
         "road than this folder:</p>\n<pre>hone-verify . --vkey '" +
         html_text(facts.vkey) +
         "'</pre>\n<p>It ends with INCOMPLETE and status 4 as long as you bring no checkpoint that was kept outside (<code>--trusted "
         "FILE</code>): without one, who holds the key could have "
         "written another history. <code>ledger/</code> is a tlog-tiles tree, which other tools read too. <code>README.txt</code> says "
         "more.</p>\n";
}

std::string outside_html() {
  return "<ul>\n<li>Texts of rows, and every column but their ids: they stay with the project, named by hash.</li>\n<li>Gold of the test "
         "split.</li>\n<li>Names of people, and anything "
         "else the log only commits to.</li>\n<li>The signing key.</li>\n</ul>\n<p><code>data/objects.json</code> lists every object of "
         "the release, and why some are not here.</p>\n";
}

struct Section {
  std::string_view id, title;
};
constexpr std::array kSections = {Section{"release", "What was released"},
                                  Section{"numbers", "How good it is"},
                                  Section{"data", "The data"},
                                  Section{"sources", "Who voted"},
                                  Section{"stages", "What was run"},
                                  Section{"changes", "What changed"},
                                  Section{"checklist", "What an auditor asks"},
                                  Section{"verify", "How to check all this"},
                                  Section{"outside", "What is not inside"}};

std::string head(const EvidenceFacts& facts) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
         "form-action 'none'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
         "dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>Evidence of " +
         html_text(facts.release.name) + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n<main>\n";
}

std::string header(const EvidenceFacts& facts) {
  std::string links;
  for (const Section& part : kSections) links += fmt::format("<a href=\"#{}\">{}</a>\n", part.id, part.title);
  return "<header>\n<h1>Evidence of release " + shown(facts.release.name) + "</h1>\n<p>" + shown(facts.about.at("project")) + ", version " +
         html_text(facts.release.version) + ", made " + html_text(facts.made.time.substr(0, 10)) + "</p>\n<nav aria-label=\"Sections\">\n" +
         links + "</nav>\n</header>\n";
}

}  // namespace

std::string evidence_page(const EvidenceFacts& facts, std::uint64_t rows) {
  const std::array<std::string, kSections.size()> bodies = {release_html(facts, rows), numbers_html(facts), data_html(facts),
                                                            sources_html(facts),       stages_html(facts),  diff_html(facts),
                                                            checklist_html(facts),     verify_html(facts),  outside_html()};
  std::string html = head(facts) + header(facts);
  for (std::size_t part = 0; part < kSections.size(); ++part) html += section(kSections[part].id, kSections[part].title, bodies[part]);
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace hone
