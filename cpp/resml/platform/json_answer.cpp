#include "resml/platform/json_answer.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{64} << 20;

// Looks at the structure and keeps nothing.
class Inspector final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*size*/) override { return open(); }
  bool start_array(std::size_t /*size*/) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const json::exception& /*error*/) override {
    fault = no_json_from(position);
    return false;
  }

  std::string fault;

 private:
  bool open() {
    if (++depth_ <= kMaxJsonDepth) return true;
    fault = nested_too_deep();
    return false;
  }
  bool close() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
};

}  // namespace

std::string empty_json() { return "is empty"; }

std::string no_json_from(std::size_t position) {
  return concat("is no JSON from byte ", position, " on");
}

std::string nested_too_deep() { return concat("is nested deeper than ", kMaxJsonDepth, " levels"); }

std::string json_fault(std::string_view text) {
  if (trimmed(text).empty()) return empty_json();
  Inspector inspector;
  if (json::sax_parse(text, &inspector)) return "";
  return inspector.fault;
}

void throw_unless_json(std::string_view text) {
  const std::string fault = json_fault(text);
  if (!fault.empty()) throw JsonFault(fault);
}

std::optional<std::string> read_json_file(const std::string& path, const JsonFile& file) {
  std::error_code missing;
  const std::uintmax_t size = std::filesystem::file_size(path, missing);
  if (missing) return std::nullopt;
  if (size > kMaxFileBytes) {
    throw InputError(path, ": expected at most ", kMaxFileBytes, " bytes, got ", size, file.remedy);
  }
  return read_file(path);
}

nlohmann::ordered_json parse_json_file(std::string_view text, std::string_view place,
                                       const JsonFile& file) {
  const std::string fault = json_fault(text);
  if (!fault.empty()) throw InputError(place, ": ", fault, file.remedy);
  auto all = nlohmann::ordered_json::parse(text);
  if (!all.is_object() || !all.contains("format") || all["format"] != file.format)
    throw InputError(place, ": expected ", file.what, ", format ", file.format, file.remedy);
  return all;
}

}  // namespace resml
