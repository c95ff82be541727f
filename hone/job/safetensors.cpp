// The format: 8 bytes, little-endian, the length N of the header; N bytes of JSON {name: {dtype, shape, data_offsets}},
// beside them "__metadata__" of strings; then the tensors' bytes, row-major and little-endian.
#include "hone/job/safetensors.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <fstream>
#include <optional>
#include <set>

#include "hone/core/error.h"
#include "hone/core/file.h"
#include "hone/core/json.h"
#include "hone/core/suggest.h"

namespace hone {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are written as they lie in memory");

// The limit that the format's own library sets.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kMaxDimensions = 32;
constexpr const char* kMetadata = "__metadata__";

[[noreturn]] void corrupt(const std::string& file, const std::string& trouble) {
  throw Error(ErrorCode::kCorruptData, "'" + file + "' is not a sound safetensors file: " + trouble);
}

std::uint64_t bytes_of_dtype(const std::string& dtype) {
  static constexpr std::pair<std::string_view, std::uint64_t> kSizes[] = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
      {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"F64", 8},     {"I64", 8}, {"U64", 8}};
  const auto found = std::ranges::find(kSizes, dtype, &std::pair<std::string_view, std::uint64_t>::first);
  return found == std::end(kSizes) ? 0 : found->second;
}

// Nothing when the product does not fit 64 bits.
std::optional<std::uint64_t> bytes_of_shape(const std::vector<std::uint64_t>& shape, std::uint64_t size) {
  for (const std::uint64_t extent : shape)
    if (__builtin_mul_overflow(size, extent, &size)) return std::nullopt;
  return size;
}

std::vector<std::uint64_t> numbers(const nlohmann::json& list, const std::string& what, const std::string& file) {
  if (!list.is_array() || list.size() > kMaxDimensions) corrupt(file, what + " is not a short list");
  std::vector<std::uint64_t> values;
  for (const nlohmann::json& value : list) {
    if (!value.is_number_unsigned()) corrupt(file, what + " holds something that is not a whole number from 0");
    values.push_back(value.get<std::uint64_t>());
  }
  return values;
}

const nlohmann::json& field(const nlohmann::json& tensor, const char* key, const std::string& what, const std::string& file) {
  if (!tensor.is_object() || !tensor.contains(key)) corrupt(file, what + " has no '" + key + "'");
  return tensor.at(key);
}

TensorPlace parse_tensor(const std::string& name, const nlohmann::json& json, const std::string& file) {
  const std::string what = "tensor '" + name + "'";
  TensorPlace tensor;
  tensor.name = name;
  const nlohmann::json& dtype = field(json, "dtype", what, file);
  if (!dtype.is_string() || bytes_of_dtype(dtype.get<std::string>()) == 0) corrupt(file, what + " has an unknown dtype");
  tensor.dtype = dtype.get<std::string>();
  tensor.shape = numbers(field(json, "shape", what, file), "the shape of " + what, file);
  const auto offsets = numbers(field(json, "data_offsets", what, file), "data_offsets of " + what, file);
  if (offsets.size() != 2 || offsets[0] > offsets[1]) corrupt(file, "data_offsets of " + what + " are not a begin and an end");
  tensor.begin = offsets[0];
  tensor.end = offsets[1];
  if (bytes_of_shape(tensor.shape, bytes_of_dtype(tensor.dtype)) != tensor.end - tensor.begin)
    corrupt(file, what + " has " + std::to_string(tensor.end - tensor.begin) + " bytes, its shape needs another number");
  return tensor;
}

std::map<std::string, std::string> parse_metadata(const nlohmann::json& json, const std::string& file) {
  if (!json.is_object()) corrupt(file, "__metadata__ is not a mapping");
  std::map<std::string, std::string> metadata;
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) corrupt(file, "__metadata__ holds something that is not a string");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

// Empty tensors may stand anywhere that is not inside another.
void check_places(const std::vector<TensorPlace>& tensors, std::uint64_t data_bytes, const std::string& file) {
  std::uint64_t end = 0;
  for (const TensorPlace& tensor : tensors) {
    if (tensor.begin < end) corrupt(file, "tensor '" + tensor.name + "' overlaps another");
    if (tensor.begin > end) corrupt(file, "bytes before tensor '" + tensor.name + "' belong to none");
    end = tensor.end;
  }
  if (end > data_bytes) corrupt(file, "it ends " + std::to_string(end - data_bytes) + " bytes before its last tensor does");
  if (end < data_bytes) corrupt(file, std::to_string(data_bytes - end) + " bytes at its end belong to no tensor");
}

// A name twice would make the header mean different things to different readers.
nlohmann::json parse_without_repeats(std::string_view text, const std::string& file) {
  std::set<std::string> names;
  const auto note_name = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& name) {
    if (depth == 1 && event == nlohmann::json::parse_event_t::key && !names.insert(name.get<std::string>()).second)
      corrupt(file, "its header names '" + name.get<std::string>() + "' twice");
    return true;
  };
  return nlohmann::json::parse(text, note_name, false);
}

std::uint64_t header_length(std::string_view start, std::uint64_t file_bytes, const std::string& file) {
  if (start.size() < 8 || file_bytes < 8) corrupt(file, "it is shorter than 8 bytes");
  std::uint64_t length;
  std::memcpy(&length, start.data(), 8);
  if (length > kMaxHeaderBytes) corrupt(file, "its header claims " + std::to_string(length) + " bytes, more than 100 MB");
  if (length > file_bytes - 8) corrupt(file, "its header claims " + std::to_string(length) + " bytes, more than the file has");
  return length;
}

std::string header_json(std::span<const TensorBytes> tensors, const std::map<std::string, std::string>& metadata) {
  nlohmann::json header = {{kMetadata, metadata}};
  std::uint64_t begin = 0;
  for (const TensorBytes& tensor : tensors) {
    assert(bytes_of_shape(tensor.shape, bytes_of_dtype(tensor.dtype)) == tensor.bytes.size());
    header[tensor.name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}, {"data_offsets", {begin, begin + tensor.bytes.size()}}};
    begin += tensor.bytes.size();
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

std::string start_of(const std::filesystem::path& path, std::uint64_t file_bytes) {
  std::ifstream file(path, std::ios::binary);
  std::string start(8, '\0');
  file.read(start.data(), 8);
  if (!file) return {};
  const std::uint64_t length = header_length(start, file_bytes, path.filename().string());
  start.resize(8 + length);
  if (!file.read(start.data() + 8, static_cast<std::streamsize>(length)))
    throw Error(ErrorCode::kIo, "cannot read '" + path.string() + "'");
  return start;
}

}  // namespace

const TensorPlace* SafetensorsHeader::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors, name, &TensorPlace::name);
  return found == tensors.end() ? nullptr : &*found;
}

SafetensorsHeader parse_safetensors(std::string_view start, std::uint64_t file_bytes, const std::string& file) {
  const std::uint64_t length = header_length(start, file_bytes, file);
  assert(start.size() >= 8 + length);
  const nlohmann::json json = parse_without_repeats(start.substr(8, length), file);
  if (!json.is_object()) corrupt(file, "its header is not a JSON object");
  SafetensorsHeader header{.tensors = {}, .metadata = {}, .data_begin = 8 + length};
  for (const auto& [name, value] : json.items()) {
    if (name == kMetadata)
      header.metadata = parse_metadata(value, file);
    else
      header.tensors.push_back(parse_tensor(name, value, file));
  }
  std::ranges::sort(header.tensors, {}, [](const TensorPlace& tensor) { return std::pair(tensor.begin, tensor.end); });
  check_places(header.tensors, file_bytes - header.data_begin, file);
  return header;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path) : path_(path) {
  const std::uint64_t bytes = stamp_of(path).bytes;
  header_ = parse_safetensors(start_of(path, bytes), bytes, path.filename().string());
}

const std::string& SafetensorsFile::metadata(const std::string& key) const {
  const auto found = header_.metadata.find(key);
  if (found == header_.metadata.end()) corrupt(path_.filename().string(), "__metadata__ has no '" + key + "'");
  return found->second;
}

template <typename Value>
std::vector<Value> SafetensorsFile::read(std::string_view name, std::string_view dtype, std::size_t dimensions) const {
  const std::string file_name = path_.filename().string();
  const TensorPlace* tensor = header_.find(name);
  if (tensor == nullptr) corrupt(file_name, "it has no tensor '" + std::string(name) + "'");
  if (tensor->dtype != dtype || tensor->shape.size() != dimensions)
    corrupt(file_name,
            "tensor '" + std::string(name) + "' is not " + std::string(dtype) + " of " + std::to_string(dimensions) + " dimensions");
  std::vector<Value> values((tensor->end - tensor->begin) / sizeof(Value));
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(header_.data_begin + tensor->begin));
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(Value)));
  if (!file) throw Error(ErrorCode::kIo, "cannot read tensor '" + std::string(name) + "' of '" + path_.string() + "'");
  return values;
}

std::vector<float> SafetensorsFile::read_floats(std::string_view name, std::size_t dimensions) const {
  return read<float>(name, "F32", dimensions);
}

std::vector<std::int32_t> SafetensorsFile::read_integers(std::string_view name, std::size_t dimensions) const {
  return read<std::int32_t>(name, "I32", dimensions);
}

void write_safetensors(const std::filesystem::path& path, std::span<const TensorBytes> tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::string header = header_json(tensors, metadata);
  const std::uint64_t length = header.size();
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    std::ofstream file(temporary, std::ios::binary);
    file.write(reinterpret_cast<const char*>(&length), 8);
    file << header;
    for (const TensorBytes& tensor : tensors)
      file.write(reinterpret_cast<const char*>(tensor.bytes.data()), static_cast<std::streamsize>(tensor.bytes.size()));
    file.close();
    if (!file) throw Error(ErrorCode::kIo, "cannot write '" + path.string() + "': " + std::strerror(errno));
  });
}

}  // namespace hone
