#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/data/field_types.hpp"
#include "resml/data/table.hpp"
#include "resml/encode/column_encoder.hpp"
#include "resml/rows/compact_rows.hpp"
#include "resml/tensor/tensor_bundle.hpp"

namespace resml {

// A feature, the kind that was chosen for it, and how its cells are encoded.
struct Feature {
  std::string name;
  FieldType type;
  ColumnEncoder::Code code = ColumnEncoder::Code::Category;
};

// The kind of every feature column: from `types` (field -> kind name) where it names the field,
// else from `defined`, the platform's word, else inferred. InputError for a text column, which
// cannot be learnt from in this version, and for a name in `types` that is no feature.
std::vector<Feature> choose_features(const Table& table, std::span<const std::string> names,
                                     const std::map<std::string, std::string>& types,
                                     const std::map<std::string, FieldKind>& defined = {});

// The same as the original inferred them over the whole column (OB-READ-02, OB-PREP-03..06).
std::vector<Feature> choose_original_features(const Table& table,
                                              std::span<const std::string> names);

// From cells to compact rows. Fitted once, then const; what it learnt (dictionaries, means) comes
// from the rows it was fitted on alone.
class FeatureEncoder {
 public:
  // `counts` say how many incidents each row of `table` stands for; 0 = the row is not there.
  static FeatureEncoder fit(const Table& table, std::span<const std::uint64_t> counts,
                            std::vector<Feature> features, const FitContext& context = {});
  static FeatureEncoder load(const TensorBundle& bundle);
  TensorBundle save() const;

  const std::vector<Feature>& features() const { return features_; }

  // Columns that transform() looks up: the features in their order, and create_date where the age
  // of another date needs it.
  const std::vector<std::string>& inputs() const { return inputs_; }

  // A column that `table` lacks is taken as missing in every row.
  CompactRows transform(const Table& table, const FitContext& context = {}) const;

  // For each row what an answer should mention: "severity_code: no value", "owner_id: new value
  // \"12\"", several joined with "; ". Empty where there is nothing to say.
  std::vector<std::string> notes(const Table& table) const;

 private:
  // The age of a date: days from it to create_date, standardised; the mean where one is missing.
  struct Age {
    std::size_t column = 0;  // index into inputs_
    double mean = 0;
    double scale = 1;
  };

  FeatureEncoder(std::vector<Feature> features, std::vector<ColumnEncoder> encoders);

  std::vector<Feature> features_;
  std::vector<ColumnEncoder> encoders_;  // one per feature
  std::vector<std::string> inputs_;
  std::vector<Age> ages_;
};

}  // namespace resml
