#pragma once

#include "resml/base/fit_context.hpp"
#include "resml/base/matrix.hpp"
#include "resml/learn/classifier.hpp"
#include "resml/rows/compact_rows.hpp"

namespace resml {

// What classifier.predict_proba(rows) says, from several threads: for many rows at once, and for
// learners that take their time. A row's answer does not depend on the others.
RowMatrix predict_in_parts(const Classifier& classifier, const CompactRows& rows,
                           const FitContext& context);

// Its decisions too, as classifier.answer(rows).
Classifier::Answers answer_in_parts(const Classifier& classifier, const CompactRows& rows,
                                    const FitContext& context);

}  // namespace resml
