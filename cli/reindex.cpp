#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "cli/ledger.h"
#include "cli/terminal.h"
#include "hone/ledger/event_index.h"

namespace hone::cli {
namespace {

int reindex(const ProjectOptions& options) {
  const LedgerPlace place = ledger_place(options);
  LedgerReader ledger = open_ledger(place);
  const auto begin = std::chrono::steady_clock::now();
  const std::uint64_t events = EventIndex::rebuilt(place.index, ledger, terminal_progress()).size();
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  clear_progress();
  const std::uint64_t bytes = std::filesystem::file_size(place.index);
  if (options.json)
    print_json({{"events", events}, {"seconds", took}, {"file", place.index.string()}, {"bytes", bytes}});
  else
    print(fmt::format("indexed {} events in {}: {}, {}\n", with_commas(events), seconds(took), one_line(place.index.string()),
                      megabytes(bytes)));
  return 0;
}

}  // namespace

Body add_reindex(CLI::App& command) {
  const auto options = std::make_shared<ProjectOptions>();
  add_project_options(command, *options);
  return [options] { return reindex(*options); };
}

}  // namespace hone::cli
