#pragma once

#include <string>
#include <string_view>

#include "hone/flow/workspace.h"

namespace hone {

/// The report page as built from web/, with its marker where the numbers go. One file without outside references.
std::string_view report_page();

/// The page with `report` in it. Every '<' of the JSON is written as \u003c, so that no text of the data can end the script
/// element or begin another: data is never markup.
std::string fill_report_page(std::string_view page, const nlohmann::json& report);

/// The report of the current run: the report stage's object, the project's name, how long each stage took, and what
/// show_facts() was given for it (null before). Throws kNotFound before the first run.
nlohmann::json report_json(Workspace& workspace);

/// Writes .hone/report.html where it is missing or shows other numbers than the current run's.
void refresh_report_page(Workspace& workspace);

/// Gives the current report what only the ledger above this floor knows, {"lineage", "gates", "history"} (web/src/report.ts), and shows it
/// in the page. It is kept in .hone/report_facts.json with the hash of the report that it is of, so that a later report is not shown with
/// it. Does nothing before the first run.
///
///     show_facts(workspace, report_facts(workspace, ledger, gates));
void show_facts(Workspace& workspace, const nlohmann::json& facts);

/// Whether the current report has them. Reads one small file.
bool shows_facts(const Workspace& workspace);

}  // namespace hone
