#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace resml {

// What a model of Machine Learning Function 1.x was built with; empty where its file does not say.
struct OriginalSettings {
  std::string prediction;
  std::vector<std::string> features;
  std::string algorithm;
  std::optional<std::string> method;        // "None", "Bagging", ...
  std::optional<std::string> class_weight;  // "None", "balanced"
  std::optional<double> split;
  std::optional<bool> imbalance_upsampling;
  std::optional<std::vector<std::string>> unwanted_values;
};

// Whether the file begins as a pickle does that Python wrote from a model of the original.
bool is_original_pickle(std::string_view bytes);

// Finds the settings by following the pickle's opcodes with a stack of plain values. Nothing is
// imported, called or constructed; time and memory are bounded whatever the file holds. Nothing if
// the settings are not there.
std::optional<OriginalSettings> read_original_pickle(std::string_view bytes);

// The complete command that builds the successor at `path`, quoted for a shell.
std::string replacement_command(const OriginalSettings& settings, std::string_view path);

// Why such a file is refused and what to do instead, as the message of a ModelFileError.
std::string original_pickle_message(std::string_view bytes, std::string_view path);

}  // namespace resml
