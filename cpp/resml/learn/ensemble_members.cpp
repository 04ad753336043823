#include "resml/learn/ensemble_members.hpp"

#include <algorithm>
#include <utility>

#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"

namespace resml {
namespace {

constexpr std::string_view kShape = "shape";

std::string member_name(std::size_t i) { return concat("member.", i); }

}  // namespace

FitContext MemberWarnings::listening(FitContext member, std::size_t i) {
  member.on_warning = [&first = of_member_[i]](const std::string& warning) {
    if (first.empty()) first = warning;
  };
  return member;
}

void MemberWarnings::pass_on(std::string_view kind, const FitContext& context) const {
  const auto has_warned = [](const std::string& warning) { return !warning.empty(); };
  const auto first = std::ranges::find_if(of_member_, has_warned);
  if (first == of_member_.end()) return;
  context.warn(concat(kind, ": ", std::ranges::count_if(of_member_, has_warned), " of ",
                      of_member_.size(), " members: ", *first));
}

void add_members(const Members& members, TensorBundle& bundle) {
  bundle.add_string("member_kind", std::string(members.front()->kind()));
  bundle.add("n_members", std::vector<std::uint32_t>{static_cast<std::uint32_t>(members.size())});
  for (std::size_t i = 0; i < members.size(); ++i) {
    TensorBundle member = members[i]->save();
    member.erase(kShape);  // that of the ensemble, where it stands once
    bundle.add_child(member_name(i), std::move(member));
  }
}

Members load_members(const TensorBundle& bundle, const ModelShape& shape) {
  const std::string& kind = bundle.string("member_kind");
  const std::uint32_t n_members = bundle.values<std::uint32_t>("n_members", 1)[0];
  if (n_members == 0) throw ModelFileError("array \"n_members\": an ensemble without members");
  Members members;
  for (std::uint32_t i = 0; i < n_members; ++i) {
    TensorBundle member = bundle.child(member_name(i));
    if (member.tensors().empty())
      throw ModelFileError("member ", i, " of ", n_members, ": missing");
    if (member.tensors().contains(kShape)) {
      throw ModelFileError("member ", i, ": has a shape of its own");
    }
    shape.add_to(member);
    members.push_back(load_learner(kind, member));
  }
  return members;
}

}  // namespace resml
