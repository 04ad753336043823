#pragma once

#include <vector>

#include "resml/learn/classifier.hpp"

namespace resml {

// The models of an ensemble, all of one kind.
using Members = std::vector<ClassifierPtr>;

// All members must be of one kind; there is at least one.
void add_members(const Members& members, TensorBundle& bundle);

// ModelFileError unless there is a member, and every one is a learner (no ensemble again) whose
// arrays fit this shape.
Members load_members(const TensorBundle& bundle, const ModelShape& shape);

}  // namespace resml
