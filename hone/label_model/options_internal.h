#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hone {

/// Reads a JSON object of options into the fields of a struct: each call names one option, gives the place of its
/// value, and leaves the default where the object is silent. finish() refuses what no call named.
///
///     OptionReader reader("dawid-skene", options);
///     reader.number("alpha", alpha);
///     reader.finish();
///
/// Throws kInvalidArgument, naming model and option. The object must outlive the reader.
class OptionReader {
 public:
  OptionReader(std::string_view model, const nlohmann::json& options);

  void number(std::string_view name, double& value);
  void integer(std::string_view name, int& value);
  void finish() const;

 private:
  const nlohmann::json* find(std::string_view name);
  [[noreturn]] void refuse(std::string_view name, const char* expected, const nlohmann::json& found) const;

  std::string model_;
  const nlohmann::json& options_;
  std::vector<std::string> known_;
};

}  // namespace hone
