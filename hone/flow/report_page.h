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
/// show_lineage() was given for it (null before). Throws kNotFound before the first run.
nlohmann::json report_json(Workspace& workspace);

/// Writes .hone/report.html where it is missing or shows other numbers than the current run's.
void refresh_report_page(Workspace& workspace);

/// Gives the current report its lineage and what became of its gates (web/src/report.ts: Lineage, Gates), which only the ledger above this
/// floor knows, and shows both in the page. They are kept in .hone/lineage.json with the hash of the report that it is of, so that a later
/// report is not shown with it. Does nothing before the first run.
///
///     show_lineage(workspace, lineage_json(workspace, ledger), check_gates(workspace, ledger, threads));
void show_lineage(Workspace& workspace, const nlohmann::json& lineage, const nlohmann::json& gates);

/// Whether the current report has its lineage. Reads one small file.
bool shows_lineage(const Workspace& workspace);

}  // namespace hone
