#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "resml/data/field_types.hpp"
#include "resml/data/table.hpp"
#include "resml/encode/column_encoder.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// A feature and the kind that was chosen for it.
struct Feature {
  std::string name;
  FieldType type;
};

// The kind of every feature column: from `types` (field -> kind name) where it names the field,
// else inferred. InputError for a text column, which cannot be learnt from yet.
std::vector<Feature> choose_features(const Table& table, std::span<const std::string> names,
                                     const std::map<std::string, std::string>& types);

// From cells to compact rows. Fitted once, then const; what it learnt (dictionaries, means) comes
// from the rows it was fitted on alone.
class FeatureEncoder {
 public:
  // `counts` weigh the rows of `table` (means of numbers). With `original` the columns are encoded
  // as the original did (OB-PREP-03..06): ordinals and raw numbers.
  static FeatureEncoder fit(const Table& table, std::span<const std::uint64_t> counts,
                            std::vector<Feature> features, bool original);
  static FeatureEncoder load(const TensorBundle& bundle);
  TensorBundle save() const;

  const std::vector<Feature>& features() const { return features_; }

  // Columns that transform() looks up: the features, and create_date where a date's age needs it.
  std::vector<std::string> inputs() const;

  // A column that `table` lacks is taken as missing in every row.
  CompactRows transform(const Table& table) const;

  // For each row what an answer should mention: "severity_code: no value", "owner_id: new value
  // \"12\"", several joined with "; ". Empty where there is nothing to say.
  std::vector<std::string> notes(const Table& table) const;

 private:
  std::vector<Feature> features_;
  std::vector<ColumnEncoder> encoders_;  // one per feature
  bool original_ = false;
};

}  // namespace resml
