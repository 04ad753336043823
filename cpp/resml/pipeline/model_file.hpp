#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "resml/pipeline/model.hpp"

namespace resml {

class AtomicFile;

// By key, as they hold.
nlohmann::json describe_settings(const MachineLearningSettings& settings);
// Everything that `view` shows and more: settings, features, evaluation, provenance.
nlohmann::json describe_model(const Model& model);

std::string encode_model(const Model& model);
// The same bytes, not all in memory at once; the caller commits.
void write_model(const Model& model, AtomicFile& file);
// `name` is used in messages only. ModelFileError for a damaged, foreign or too new file.
Model decode_model(std::string_view bytes, const std::string& name);

// InputError if the file cannot be read, ModelFileError as above.
Model load_model(const std::string& path);
// Whole or not at all, mode 0644.
void save_model(const Model& model, const std::string& path);

// Keeps a copy of the file that is about to be replaced, as NAME.previous.
void keep_previous(const std::string& path);

}  // namespace resml
