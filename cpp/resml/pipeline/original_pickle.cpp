#include "resml/pipeline/original_pickle.hpp"

#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"
#include "resml/pipeline/pickle_scan.hpp"
#include "resml/settings/download_settings.hpp"

namespace resml {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMaxFields = 1000;
constexpr std::size_t kMaxAttributes = 64;  // the original's MlConfig has 13

std::optional<std::string> text_of(const PickleValue* value) {
  // The command is printed, and a terminal obeys some control characters.
  if (value == nullptr || value->kind != Kind::Text || has_control(value->text))
    return std::nullopt;
  return value->text;
}

std::optional<std::string> text_or_none(const PickleValue* value) {
  if (value != nullptr && value->kind == Kind::None) return "None";
  return text_of(value);
}

// All or nothing: a list with something else in it is none of ours.
std::optional<std::vector<std::string>> texts_of(const PickleScan& scan, const PickleValue* value) {
  if (value == nullptr || value->kind != Kind::List || value->items.size() > kMaxFields)
    return std::nullopt;
  std::vector<std::string> texts;
  for (const std::uint32_t item : value->items) {
    auto text = text_of(&scan.value(item));
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

// Whether these are the attributes of an MlConfig.
bool is_config(const PickleScan& scan, const PickleValue& state) {
  return state.items.size() <= 2 * kMaxAttributes && scan.find(state, "predict_field") != nullptr;
}

std::optional<OriginalSettings> settings_of(const PickleScan& scan, const PickleValue& state) {
  OriginalSettings settings;
  settings.prediction = text_of(scan.find(state, "predict_field")).value_or("");
  settings.features =
      texts_of(scan, scan.find(state, "selected_features")).value_or(std::vector<std::string>());
  if (settings.prediction.empty() || settings.features.empty()) return std::nullopt;
  settings.algorithm = text_of(scan.find(state, "model_name")).value_or("");
  settings.method = text_or_none(scan.find(state, "addition_method"));
  settings.class_weight = text_or_none(scan.find(state, "class_weight"));
  const PickleValue* unwanted = scan.find(state, "unwanted_values");
  settings.unwanted_values = texts_of(scan, unwanted);
  // None was no list there; without the key this program has one.
  if (unwanted != nullptr && unwanted->kind == Kind::None) settings.unwanted_values.emplace();
  const PickleValue* split = scan.find(state, "split_percentage");
  if (split != nullptr && split->kind == Kind::Number && split->number > 0 && split->number < 1)
    settings.split = split->number;
  const PickleValue* upsampling = scan.find(state, "imbalance_upsampling");
  if (upsampling != nullptr &&
      (upsampling->kind == Kind::Boolean || upsampling->kind == Kind::None))
    settings.imbalance_upsampling = upsampling->number != 0;
  return settings;
}

std::string shell_quoted(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,@%+-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string(text);
  std::string out = "'";
  for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
  return out + '\'';
}

void append_setting(std::string& command, std::string_view key, std::string_view value) {
  command += " --set " + shell_quoted(concat(key, '=', value));
}

}  // namespace

bool is_original_pickle(std::string_view bytes) {
  if (bytes.size() >= 2 && bytes[0] == '\x80') return bytes[1] >= 2 && bytes[1] <= 5;
  // Protocols 0 and 1 have no mark of their own: they begin with the class.
  for (const std::string_view start : {"(c", "(i", "c"}) {
    if (!bytes.starts_with(start)) continue;
    const std::string_view module = bytes.substr(start.size());
    return module.starts_with("copy_reg\n") || module.starts_with("copyreg\n") ||
           module.starts_with("fn_machine_learning.");
  }
  return false;
}

std::optional<OriginalSettings> read_original_pickle(std::string_view bytes) {
  std::optional<OriginalSettings> settings;
  PickleScan scan(bytes, [&](const PickleScan& so_far, const PickleValue& state) {
    if (!is_config(so_far, state)) return false;
    settings = settings_of(so_far, state);
    return true;
  });
  scan.run();
  return settings;
}

std::string replacement_command(const OriginalSettings& settings, std::string_view path) {
  // A name that begins with "-" would be taken for an option.
  std::string command =
      concat("res-ml build -o ",
             shell_quoted(path.starts_with('-') ? concat("./", path) : std::string(path)), " -c ",
             kSamplesFile);
  append_setting(command, "prediction", settings.prediction);
  append_setting(command, "features", join(settings.features, ", "));
  if (!settings.algorithm.empty()) append_setting(command, "algorithm", settings.algorithm);
  if (settings.method) append_setting(command, "method", *settings.method);
  if (settings.split) append_setting(command, "split", number_text(*settings.split));
  if (settings.class_weight) append_setting(command, "class_weight", *settings.class_weight);
  if (settings.imbalance_upsampling)
    append_setting(command, "imbalance_upsampling",
                   *settings.imbalance_upsampling ? "true" : "false");
  if (settings.unwanted_values)
    append_setting(command, "unwanted_values", join(*settings.unwanted_values, ", "));
  return command;
}

std::string original_pickle_message(std::string_view bytes, std::string_view path) {
  const std::string what = concat(path,
                                  ": a pickle of Machine Learning Function 1.x, which could run "
                                  "code when opened and is never read as such; ");
  const auto settings = read_original_pickle(bytes);
  if (!settings) return what + "build a new model with res-ml build";
  return what + "build its successor with: " + replacement_command(*settings, path);
}

}  // namespace resml
