#include "hone/ledger/event_kinds.h"

#include <array>
#include <string>
#include <unordered_map>

namespace hone {
namespace {

struct Row {
  std::string_view kind, body;
};

constexpr std::array kRows = {
    Row{"log.open",
        "format:text origin:text project:key vkey:text software:{name:text version:text build:text} "
        "time_source:{state:text offset_ms?:int} segregation:(enforced|solo) continues?:{origin:text size:count root:hash}"},
    Row{"data.import",
        "dataset:ref rows:count columns:[{name:text type:text personal:bool}] source:{uri:text sha256:hash bytes:count} "
        "licence:text purpose:text legal_basis:text pii:text consent:text retain_until:text rejected:{count:count report?:ref} "
        "id_rule:text"},
    Row{"source.define",
        "name:text version:text type:(lf|judge|model|external) definition:ref code:hash parameters:ref author:actor because:text "
        "splits_visible:[text] supersedes?:event "
        "judge?:{host:text model:text model_version:text prompt:ref seed:int temperature_ppm:count price:any}"},
    Row{"source.gate",
        "source:event sample:ref blind:bool results:[{criterion:text slice:text n:count tpr_ppm:ppm tpr_low_ppm:ppm tpr_high_ppm:ppm "
        "tnr_ppm:ppm tnr_low_ppm:ppm tnr_high_ppm:ppm}] decision:(admit|refuse|drift)"},
    Row{"stage.run",
        "stage:text key:hash inputs:[{name:text ref:ref}] outputs:[{name:text ref:ref}] options:ref seed:int "
        "code:{version:text commit:text build:text} environment:ref started:time ended:time outcome:(ok|failed|interrupted) counts:counts "
        "cost?:{calls:count tokens:count money_micro:count currency:text}"},
    Row{"run.name", "name:text run:event objects:ref"},
    Row{"vote.person",
        "task:text dataset:event example?:key examples?:[key] value?:[text] abstain?:text confidence_ppm?:ppm "
        "reason?:{code:text text?:commit} rationale?:[{field:text begin:count end:count polarity:text}] "
        "shown?:{fields:[text] guideline?:event taxonomy?:event order:any "
        "suggestion?:{policy:text source:event class:text confidence_ppm?:ppm before:bool}} "
        "ms?:{active:count total:count} queue?:{plan:event lane:text stratum:text rank:count of:count inclusion_ppb:ppb} "
        "supersedes?:event because?:text withdrawn?:bool"},
    Row{"vote.judge",
        "source:event dataset:event calls:ref votes:count failed:counts matrix:ref "
        "cost?:{calls:count tokens:count money_micro:count currency:text}"},
    Row{"vote.batch",
        "run:event dataset:event matrix:ref sources:[event] rows:count votes:count abstained:count errors?:ref rows_root?:hash"},
    Row{"queue.plan", "seed:commit frame:ref strata:[{name:text size:count planned:count}] weights:any cost_model:ref options:any"},
    Row{"gold.commit",
        "version:text parent?:event table:ref rule:text from?:[event] list?:ref counts:[{class:text count:count}] changed:count "
        "sealed:bool "
        "approver:actor"},
    Row{"taxonomy.change",
        "from?:ref to:ref operations:[{op:(add|rename|move|split|merge|retire) from?:any to?:any}] remap:ref votes_affected:count "
        "to_review:count because:text"},
    Row{"guideline.publish", "text:ref version:text taxonomy?:event because:text"},
    Row{"adjudication",
        "dataset:event example:key inputs:[event] value:[text] confidence_ppm:ppm reason:{code:text text?:commit} blind:bool "
        "supersedes?:event"},
    Row{"release",
        "name:text version:text what:(dataset|labels|model|benchmark|report) roots:[ref] "
        "pins:{dataset?:ref gold?:ref taxonomy?:ref label_model?:ref model?:ref code?:text} previous?:event diff?:ref checklist:ref "
        "rows_root?:hash approver:actor because:text"},
    Row{"read.export", "what:ref filter?:ref rows:count format:text guarded:bool file:hash recipient:commit purpose:text licence:text"},
    Row{"read.sealed", "benchmark?:event gold?:event purpose:text"},
    Row{"read.view", "dataset:event examples:ref count:count"},
    Row{"admin.person", "person:actor profile:commit"},
    Row{"admin.role", "person:actor from?:role to:role"},
    Row{"admin.login", "person?:actor outcome:text failures:count"},
    Row{"admin.config", "setting:text from?:any to?:any"},
    Row{"admin.denied", "rule:text person?:actor count:count"},
    Row{"admin.backup", "size:count root:hash place:text"},
    Row{"admin.restore", "size:count root:hash"},
    Row{"admin.recovery", "bytes:count sha256:hash"},
    Row{"admin.clock", "from:time to:time boot:text"},
    Row{"admin.upgrade", "from:text to:text"},
    Row{"admin.inventory", "parts:[{name:text version:text digest:text date:text}]"},
    Row{"erase.order", "commits:[commit] objects:[{old:ref new?:ref}] ground:text requested_by:commit approver:actor"},
    Row{"erase.done", "order:event counts:counts method:text"},
    Row{"anchor", "size:count root:hash place:text receipt:ref"},
    Row{"key.rotate", "vkey:text sig:text reason:(routine|compromise) trusted_size:count"},
    Row{"key.revoke", "vkey:text trusted_size:count"},
};

}  // namespace

const std::vector<EventKind>& event_kinds() {
  static const std::vector<EventKind> kinds = [] {
    std::vector<EventKind> all;
    // Any event may say when it happened by a clock that is not the log's: an answer given offline, an old label.
    for (const Row& row : kRows) all.push_back({row.kind, BodySchema(std::string(row.body) + " at?:time")});
    return all;
  }();
  return kinds;
}

const EventKind* find_event_kind(std::string_view name) {
  static const std::unordered_map<std::string_view, const EventKind*> by_name = [] {
    std::unordered_map<std::string_view, const EventKind*> all;
    for (const EventKind& kind : event_kinds()) all.emplace(kind.name, &kind);
    return all;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

}  // namespace hone
