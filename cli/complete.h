#pragma once

#include <string>
#include <vector>

namespace hone::cli {

/// What the completion scripts call as `hone __complete WORD…`: the words typed after `hone`, the last of them the one to complete, empty
/// where none is begun. Prints a line per candidate, with a tab and what it is where that is known; `:files` or `:folders` alone asks the
/// shell for its own. Says nothing where something is wrong: nobody asked for a message. Returns 0.
int complete(std::vector<std::string> words);

}  // namespace hone::cli
