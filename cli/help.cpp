#include "cli/help.h"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

#include "cli/app.h"
#include "cli/embedded.h"
#include "cli/terminal.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"
#include "hone/flow/project.h"
#include "hone/label_model/label_model.h"

namespace hone::cli {
namespace {

// The day of the version, as a manual shows it.
constexpr std::string_view kManualDate = "2026-11-26";
constexpr std::string_view kWhatHoneIs =
    "turns votes of labeling functions, models and people into labels, a trained model, and numbers that can be trusted";

// --- Pieces of pages.

Block heading(std::string text) { return {.kind = Block::Kind::kHeading, .text = std::move(text)}; }
Block paragraph(std::string text) { return {.kind = Block::Kind::kText, .text = std::move(text)}; }
Block term(std::string name, std::string text) { return {.kind = Block::Kind::kTerm, .text = std::move(text), .term = std::move(name)}; }
Block code(std::string lines) { return {.kind = Block::Kind::kCode, .text = std::move(lines)}; }

void append(Page& page, Page more) { page.insert(page.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end())); }

// --- Commands.

bool takes_value(const CLI::Option& option) { return option.get_positional() || option.get_items_expected_max() > 0; }

std::string names_of(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += (names.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
  return names;
}

// CLI11 writes a type and what it is checked by as "N:INT in [0 - 1024]".
std::string type_of(const CLI::Option& option) {
  const std::string checked = option.get_type_name(), type = checked.substr(0, checked.find(':'));
  return type == "INT" || type == "UINT" ? "N" : type;
}

std::string range_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('['), middle = type.find(" - ", begin), end = type.find(']', begin);
  if (begin == std::string::npos || middle == std::string::npos || end == std::string::npos) return {};
  return type.substr(begin + 1, middle - begin - 1) + " to " + type.substr(middle + 3, end - middle - 3);
}

Block option_block(const CLI::Option& option) {
  std::string name = option.nonpositional() ? names_of(option) : option.get_name(true);
  if (option.nonpositional() && takes_value(option)) name += " " + type_of(option);
  std::string more = range_of(option);
  if (!option.get_default_str().empty()) more += (more.empty() ? "" : "; ") + std::string("default ") + option.get_default_str();
  return term(name, option.get_description() + (more.empty() ? "" : " (" + more + ")"));
}

std::string usage_of(const CLI::App& command) {
  std::string usage = "hone " + command.get_name();
  for (const CLI::Option* option : command.get_options())
    if (!option->nonpositional()) usage += option->get_required() ? " " + option->get_name(true) : " [" + option->get_name(true) + "]";
  return usage + " [OPTIONS]\n";
}

Page options_of(const CLI::App& command) {
  Page page;
  for (const CLI::Option* option : command.get_options())
    if (!option->nonpositional()) page.push_back(option_block(*option));
  for (const CLI::Option* option : command.get_options())
    if (option->nonpositional() && option != command.get_help_ptr()) page.push_back(option_block(*option));
  page.push_back(option_block(*command.get_help_ptr()));
  return page;
}

// What docs/help.md says of a command beside its options; its code are examples.
Page more_about(const Command& command) { return parse_markdown(markdown_section(docs_help(), "## hone " + std::string(command.name))); }

Page examples_of(const Command& command) {
  std::string lines = std::string(command.example) + "\n";
  for (const Block& block : more_about(command))
    if (block.kind == Block::Kind::kCode) lines += block.text;
  return {code(lines)};
}

Page text_about(const Command& command) {
  Page page;
  for (Block& block : more_about(command))
    if (block.kind != Block::Kind::kCode) page.push_back(std::move(block));
  return page;
}

const CLI::App& app_of(const CLI::App& app, const Command& command) {
  return *app.get_subcommands([&](const CLI::App* sub) { return sub->get_name() == command.name; }).front();
}

std::string sentence(std::string_view text) {
  std::string said(text);
  said[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(said[0])));
  return said + ".";
}

Page commands_terms() {
  Page page;
  for (const Command& command : commands()) page.push_back(term(std::string(command.name), std::string(command.what)));
  return page;
}

// --- Topics.

struct Source {
  Topic topic;
  std::string_view (*file)();
  std::string_view heading;  // Of the section in that file; empty: all of it.
};

constexpr Source kTopics[] = {
    {{"first-hour", "from a file to labels that other programs use"}, docs_help, "## First hour"},
    {{"project", "what hone.yaml is made of, each key in a line"}, docs_project, "# "},
    {{"data", "files, columns, splits, encodings"}, docs_project, "## data"},
    {{"near-duplicates", "rows of one text, or nearly: found, reported, kept in one split"}, docs_project, "### Near-duplicates"},
    {{"task", "the classes"}, docs_project, "## task"},
    {{"gold", "known classes: who may read which"}, docs_project, "## gold"},
    {{"sources", "who votes: labeling functions, columns, included files"}, docs_project, "## sources"},
    {{"conditions", "what a labeling function or a slice asks of a row"}, docs_project, "### Conditions"},
    {{"weighing-votes", "how votes become labels; what is trained on them; their options"}, docs_project, "## label_model"},
    {{"splits", "train, valid and test: how rows are dealt and why it matters"}, docs_help, "## Splits"},
    {{"evaluation", "what the numbers mean and when to trust them"}, docs_help, "## Evaluation"},
    {{"report-page", "the page that a run leaves behind"}, docs_help, "## Report"},
    {{"exported-labels", "labels in pandas, Hugging Face datasets and scikit-learn"}, docs_help, "## Exported labels"},
    {{"json", "what programs may rely on"}, docs_json, ""},
    {{"exit-status", "0 done, 1 failed, 2 usage; what errors look like"}, docs_help, "## Exit status"},
    {{"files", "what lies in .hone/ and what may be deleted"}, docs_formats, "## .hone/"},
    {{"security", "what leaves the machine (nothing) and what data may do (nothing)"}, docs_help, "## Security"},
    {{"shell", "completion of commands, options and names"}, docs_help, "## Shell completion"},
};

Page project_keys_terms() {
  Page page;
  for (const ProjectKey& key : project_keys())
    page.push_back(term(std::string(key.key), std::string(key.what) + " (" + std::string(key.value) + ")"));
  return page;
}

Page body_of(const Source& source) {
  const std::string_view markdown = source.file();
  if (source.topic.name == "project") {  // Its introduction, then the keys in short; other topics have them at length.
    const std::string_view all = markdown.substr(markdown.find('\n'));
    Page page = parse_markdown(all.substr(0, all.find("\n## ")));
    append(page, project_keys_terms());
    return page;
  }
  const std::string_view section =
      source.heading.empty() ? markdown.substr(markdown.find('\n')) : markdown_section(markdown, source.heading);
  if (section.empty())
    throw Error(ErrorCode::kInternal,
                "no section '" + std::string(source.heading) + "' for the topic '" + std::string(source.topic.name) + "'");
  Page page = parse_markdown(section);
  if (source.topic.name == "weighing-votes")
    for (auto model = label_models().rbegin(); model != label_models().rend(); ++model)
      page.insert(page.begin(), term(std::string(model->name), std::string(model->what)));
  return page;
}

Page page_of(const Source& source) {
  Page page{heading(std::string(source.topic.name) + ": " + std::string(source.topic.what))};
  append(page, body_of(source));
  return page;
}

// --- The manual.

// Within a section, headings are subheadings.
std::string manual_section(const std::string& title, Page page) {
  for (Block& block : page)
    if (block.kind == Block::Kind::kHeading) block.kind = Block::Kind::kSubheading;
  return ".SH \"" + roff_escaped(title) + "\"\n" + roff_text(page);
}

std::string upper(std::string_view text) {
  std::string shown(text);
  for (char& c : shown) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return shown;
}

Page manual_commands() {
  Body unused;
  const auto app = make_app(unused);
  Page page;
  for (const Command& command : commands()) {
    page.push_back(heading("hone " + std::string(command.name)));
    page.push_back(code(usage_of(app_of(*app, command))));
    page.push_back(paragraph(sentence(command.what)));
    append(page, text_about(command));
    append(page, options_of(app_of(*app, command)));
    page.push_back(paragraph("Examples:"));
    append(page, examples_of(command));
  }
  return page;
}

// --- The command `help`.

struct HelpArguments {
  std::string topic;
  bool man = false, json = false;
};

bool is_command(const std::string& name) { return std::ranges::find(commands(), name, &Command::name) != commands().end(); }

Page page_named(const std::string& name) { return name.empty() ? overview_page() : topic_page(name); }

nlohmann::json overview_json() {
  nlohmann::json json = {{"commands", nlohmann::json::array()}, {"topics", nlohmann::json::array()}};
  for (const Command& command : commands())
    json["commands"].push_back({{"name", command.name}, {"what", command.what}, {"example", command.example}});
  for (const Topic& topic : topics()) json["topics"].push_back({{"name", topic.name}, {"what", topic.what}});
  return json;
}

int help(const HelpArguments& arguments) {
  if (arguments.man)
    arguments.json ? print_json({{"name", "man"}, {"text", manual()}}) : print(manual());
  else if (!arguments.json)
    print_page(page_named(arguments.topic));
  else
    print_json(arguments.topic.empty()
                   ? overview_json()
                   : nlohmann::json{{"name", arguments.topic}, {"text", terminal_text(topic_page(arguments.topic), {})}});
  return 0;
}

}  // namespace

std::vector<Topic> topics() {
  std::vector<Topic> all;
  for (const Source& source : kTopics) all.push_back(source.topic);
  return all;
}

Page overview_page() {
  Page page{paragraph("Hone " + std::string(kWhatHoneIs) + "."),
            heading("Usage"),
            code("hone COMMAND [OPTIONS]\n"),
            heading("To begin"),
            code("hone init my-project --from messages.csv\ncd my-project && hone run\necho '{vote: fraud, any: [stolen, scam]}' | hone lf "
                 "-\nhone help first-hour\n"),
            heading("Commands")};
  append(page, commands_terms());
  page.push_back(heading("Topics of `hone help TOPIC`"));
  for (const Topic& topic : topics()) page.push_back(term(std::string(topic.name), std::string(topic.what)));
  page.push_back(heading("More"));
  page.push_back(
      paragraph("`hone COMMAND --help` shows a command's options and examples, `hone --version` the version. Exit status: 0 done, 1 "
                "failed, 2 usage, 130 interrupted by Ctrl-C."));
  return page;
}

Page command_page(const std::string& name) {
  const Command& command = command_named(name);
  Body unused;
  const auto app = make_app(unused);
  Page page{heading("hone " + name + ": " + std::string(command.what)), code(usage_of(app_of(*app, command)))};
  append(page, text_about(command));
  page.push_back(heading("Options"));
  append(page, options_of(app_of(*app, command)));
  page.push_back(heading("Examples"));
  append(page, examples_of(command));
  return page;
}

Page topic_page(const std::string& name) {
  for (const Source& source : kTopics)
    if (source.topic.name == name) return page_of(source);
  if (is_command(name)) return command_page(name);
  std::vector<std::string> known;
  for (const Source& source : kTopics) known.emplace_back(source.topic.name);
  for (const Command& command : commands()) known.emplace_back(command.name);
  const bool near = !nearest_name(name, known).empty();
  throw UsageError("no help on '" + name + "'" + (near ? suggestion(name, known) : "; `hone help` lists the topics"));
}

std::string manual() {
  std::string text = ".TH HONE 1 \"" + std::string(kManualDate) + "\" \"hone " HONE_VERSION "\" \"User Commands\"\n";
  text +=
      ".SH NAME\nhone \\- turns votes on data into labels, a model, and numbers\n.SH SYNOPSIS\n\\fBhone\\fP \\fICOMMAND\\fP "
      "[\\fIOPTIONS\\fP]\n";
  Page description{
      paragraph("Hone " + std::string(kWhatHoneIs) + "."),
      paragraph("`hone help` lists the commands and topics of this manual; `hone help TOPIC` and `hone COMMAND --help` show one of them.")};
  append(description, commands_terms());
  text += manual_section("DESCRIPTION", description) + manual_section("COMMANDS", manual_commands());
  for (const Source& source : kTopics) {
    Page page = body_of(source);
    page.insert(page.begin(), paragraph(sentence(source.topic.what)));
    text += manual_section(upper(source.topic.name), std::move(page));
  }
  return text;
}

Body add_help(CLI::App& command) {
  const auto arguments = std::make_shared<HelpArguments>();
  command.add_option("TOPIC", arguments->topic, "A topic or a command; without it what there is");
  command.add_flag("--man", arguments->man, "Print the whole manual in roff, for man");
  add_json_option(command, arguments->json);
  return [arguments] { return help(*arguments); };
}

void print_page(const Page& page) { print_styled(terminal_text(page, {.width = output_width(), .bold = output_is_styled()})); }

}  // namespace hone::cli
