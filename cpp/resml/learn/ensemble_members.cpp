#include "resml/learn/ensemble_members.hpp"

#include "resml/base/error.hpp"
#include "resml/learn/registry.hpp"

namespace resml {
namespace {

std::string member_name(std::size_t i) { return concat("member.", i); }

}  // namespace

void add_members(const Members& members, TensorBundle& bundle) {
  bundle.add_string("member_kind", std::string(members.front()->kind()));
  bundle.add("n_members", std::vector<std::uint32_t>{static_cast<std::uint32_t>(members.size())});
  for (std::size_t i = 0; i < members.size(); ++i) {
    bundle.add_child(member_name(i), members[i]->save());
  }
}

Members load_members(const TensorBundle& bundle, const ModelShape& shape) {
  const std::string& kind = bundle.string("member_kind");
  const std::uint32_t n_members = bundle.values<std::uint32_t>("n_members", 1)[0];
  if (n_members == 0) throw ModelFileError("array \"n_members\": an ensemble without members");
  Members members;
  for (std::uint32_t i = 0; i < n_members; ++i) {
    members.push_back(load_learner(kind, bundle.child(member_name(i))));
    if (members.back()->shape() == shape) continue;
    throw ModelFileError("member ", i, " has other classes or columns than the ensemble");
  }
  return members;
}

}  // namespace resml
