#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace hone {

/// For a file that is not there: "; did you mean 'messages.csv'?" of the names beside it, or what else to look at.
std::string advice_on_missing_file(const std::filesystem::path& file);

/// For a file whose ending names no format that is read: what it seems to be and how it becomes one that is ("; jq -c '.[]' a.json >
/// a.jsonl makes a row a line of it"). Looks at its first bytes.
std::string advice_on_format(const std::filesystem::path& file);

/// Throws kInvalidArgument, saying what to do, for text that is none: bytes of a workbook, a PDF, a packed file under another ending,
/// UTF-16 without a mark, or binary data.
void refuse_binary(const std::filesystem::path& file, std::string_view first_bytes);

}  // namespace hone
