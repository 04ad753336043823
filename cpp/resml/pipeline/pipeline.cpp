#include "resml/pipeline/pipeline.hpp"

#include "resml/learn/predict_in_parts.hpp"

namespace resml {

Pipeline Pipeline::with(Calibrator calibrator) const {
  Pipeline copy = *this;
  copy.calibrator_ = std::move(calibrator);
  return copy;
}

Pipeline::Raw Pipeline::predict_raw(const CompactRows& rows, const FitContext& context) const {
  return answer_in_parts(*classifier_, rows, context);
}

Predictions Pipeline::predict(const Table& table) const {
  Raw raw = classifier_->answer(encoder_->transform(table));
  return {std::move(raw.decisions), calibrator_.apply(raw.proba), encoder_->notes(table)};
}

}  // namespace resml
