#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resml/base/fit_context.hpp"
#include "resml/learn/classifier.hpp"

namespace resml {

// The models of an ensemble, all of one kind.
using Members = std::vector<ClassifierPtr>;

// What members warn of, told once when all are there.
class MemberWarnings {
 public:
  explicit MemberWarnings(std::size_t n_members) : of_member_(n_members) {}

  // The member's context, which keeps its warnings here; each member by one thread.
  FitContext listening(FitContext member, std::size_t i);

  // "12 of 200 members: " and the first warning; the ensemble's kind stands before it.
  void pass_on(std::string_view kind, const FitContext& context) const;

 private:
  std::vector<std::string> of_member_;  // the first of each, empty if it had none
};

// All members must be of one kind; there is at least one.
void add_members(const Members& members, TensorBundle& bundle);

// ModelFileError unless there is a member, and every one is a learner (no ensemble again) whose
// arrays fit this shape.
Members load_members(const TensorBundle& bundle, const ModelShape& shape);

}  // namespace resml
