#pragma once

#include <filesystem>
#include <string>

namespace hone {

/// Who does what is done, as an event says it.
struct Actor {
  std::string id;    // p:…, s:… or k:…
  std::string role;  // system of a part of a program, developer of everybody else: who runs hone makes labels.
};

/// Whom the environment variable HONE_ACTOR names; where it is not set or empty, this account: `p:` and 16 random characters (base32, 80
/// bits), kept in STATE/person (folder mode 0700, file 0600) and made on first use. Processes that make it at the same time get the same
/// one. `state` is state_folder().
///
///     event.actor = acting(state_folder()).id;  // "p:4x7d2kq0m3fz9sj1": no name, and the same in all projects of the account
///
/// Throws kInvalidArgument when HONE_ACTOR names nobody, and when the file is a link, another owner's, open to group or others or holds
/// something else; kIo where it cannot be made. All say what to do.
Actor acting(const std::filesystem::path& state);

/// The account's name in the system's list of accounts; "uid 1000" where it is not listed. It is personal: for the payload of an
/// admin.person event, never for the log.
std::string account_name();

}  // namespace hone
