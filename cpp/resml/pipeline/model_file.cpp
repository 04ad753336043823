#include "resml/pipeline/model_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/learn/registry.hpp"
#include "resml/pipeline/original_pickle.hpp"
#include "resml/tensor/tensor_file.hpp"

namespace resml {

template <class Choice>
requires requires(Choice choice) { names_of(choice); }
void to_json(nlohmann::json& json, Choice choice) {
  json = names_of(choice).at(static_cast<std::size_t>(choice));
}
template <class Choice>
requires requires(Choice choice) { names_of(choice); }
void from_json(const nlohmann::json& json, Choice& choice) {
  const std::vector<std::string> names = names_of(choice);
  const auto found = std::ranges::find(names, json.get_ref<const std::string&>());
  if (found == names.end()) {
    throw ModelFileError("settings: expected ", either_of(names), ", got ", json.dump());
  }
  choice = static_cast<Choice>(found - names.begin());
}

// The library's macros write the two directions of each struct once. They must stand in the
// structs' namespace.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassWeight, balanced, per_class, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(MachineLearningSettings, prediction, features, algorithm, method,
                                   split, split_by, class_weight, imbalance_upsampling,
                                   unwanted_values, types, encoding, missing, rare_values, refit,
                                   seed, compatible_1_1, learner_options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Score, value, low, high)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ClassScores, label, support, recall, precision, f1)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CalibrationBin, low, high, count, mean_probability, accuracy)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Evaluation, n_rows, accuracy, macro_f1, macro_precision,
                                   macro_recall, majority_label, majority_accuracy, classes, labels,
                                   confusion, log_loss, calibration_error, calibration)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RowCounts, read, no_label, missing_feature, unwanted, rare,
                                   rare_values, used)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Provenance, created, source, sha256, version, rows, trained_rows,
                                   holdout_rows, late_fields, warnings)

namespace {

using nlohmann::json;

constexpr std::uint64_t kFormat = 1;
constexpr std::size_t kMaxDepth = 64;

// A level of brackets takes some eighty bytes of memory a byte of text; no part of a model has more
// than a few.
void refuse_deep_nesting(const TensorBundle& bundle) {
  for (const auto& [key, text] : bundle.strings()) {
    std::size_t depth = 0;
    bool in_text = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '"') in_text = !in_text;
      if (c == '\\') ++i;
      if (in_text) continue;
      if (c == '[' || c == '{') ++depth;
      if ((c == ']' || c == '}') && depth > 0) --depth;
      if (depth > kMaxDepth) {
        throw ModelFileError("string ", quoted(key), ": nested deeper than ", kMaxDepth, " levels");
      }
    }
  }
}

// Models of platforms without words for their values, and those of a CSV file alone, have none.
json provenance_json(const Provenance& provenance) {
  json object = provenance;
  if (!provenance.labels.empty()) object["labels"] = provenance.labels;
  return object;
}

Provenance parse_provenance(const json& object) {
  auto provenance = object.get<Provenance>();
  if (const auto labels = object.find("labels"); labels != object.end())
    provenance.labels = labels->get<std::map<std::string, std::string>>();
  return provenance;
}

TensorBundle bundle_of(const Pipeline& pipeline) {
  TensorBundle bundle;
  bundle.add_string("classes", json(pipeline.classes()).dump());
  bundle.add_string("kind", std::string(pipeline.classifier().kind()));
  bundle.add_child("encoder", pipeline.encoder().save());
  bundle.add_child("classifier", pipeline.classifier().save());
  bundle.add_child("calibrator", pipeline.calibrator().save());
  return bundle;
}

TensorBundle bundle_of(const Model& model) {
  TensorBundle bundle;
  bundle.add_string("resml", describe_model(model).dump());
  bundle.add_child("pipeline", bundle_of(model.pipeline));
  return bundle;
}

Pipeline load_pipeline(const TensorBundle& bundle) {
  std::vector<std::string> classes = json::parse(bundle.string("classes"));
  auto encoder =
      std::make_shared<const FeatureEncoder>(FeatureEncoder::load(bundle.child("encoder")));
  // The parts must fit each other before one of them allocates for or indexes into another's
  // arrays.
  const TensorBundle classifier = bundle.child("classifier");
  const ModelShape shape = ModelShape::load(classifier);
  const CompactRows no_rows = encoder->transform({});
  if (shape.n_classes != classes.size() || shape.n_indicators != no_rows.n_indicators ||
      shape.n_numbers != no_rows.n_numbers) {
    throw ModelFileError("classifier, encoder and classes do not belong together");
  }
  ClassifierPtr fitted = load_classifier(bundle.string("kind"), classifier);
  Calibrator calibrator = Calibrator::load(bundle.child("calibrator"), classes.size());
  return {std::move(classes), std::move(encoder), std::move(fitted), std::move(calibrator)};
}

}  // namespace

json describe_settings(const MachineLearningSettings& settings) { return settings; }

json describe_model(const Model& model) {
  json features = json::array();
  for (const Feature& feature : model.pipeline.encoder().features()) {
    features.push_back({{"name", feature.name},
                        {"kind", kind_name(feature.type.kind)},
                        {"reason", feature.type.reason}});
  }
  return {{"format", kFormat},
          {"settings", model.settings},
          {"features", features},
          {"classes", model.pipeline.classes()},
          {"evaluation", model.evaluation},
          {"provenance", provenance_json(model.provenance)}};
}

std::string encode_model(const Model& model) { return encode_tensor_file(bundle_of(model)); }

Model decode_model(std::string_view bytes, const std::string& name) {
  if (is_original_pickle(bytes)) throw ModelFileError(original_pickle_message(bytes, name));
  const TensorBundle bundle = decode_tensor_file(bytes, name);
  try {
    refuse_deep_nesting(bundle);
    const json record = json::parse(bundle.string("resml"));
    const auto format = record.at("format").get<std::uint64_t>();
    if (format > kFormat) {
      throw ModelFileError("written by format ", format, ", this program reads up to ", kFormat,
                           "; upgrade it");
    }
    return {record.at("settings").get<MachineLearningSettings>(),
            load_pipeline(bundle.child("pipeline")), record.at("evaluation").get<Evaluation>(),
            parse_provenance(record.at("provenance"))};
  } catch (const json::exception& error) {
    throw ModelFileError(name, ": ", error.what());
  } catch (const ModelFileError& error) {
    throw ModelFileError(name, ": ", error.what());
  }
}

Model load_model(const std::string& path) { return decode_model(read_file(path), path); }

void write_model(const Model& model, AtomicFile& file) {
  write_tensor_file(bundle_of(model), [&](std::string_view part) { file.append(part); });
}

void save_model(const Model& model, const std::string& path) {
  AtomicFile file(path, FileMode::Shared);
  write_model(model, file);
  file.commit();
}

void keep_previous(const std::string& path) {
  write_file_atomically(path + ".previous", read_file(path), FileMode::Shared);
}

}  // namespace resml
