#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "resml/platform/incident_query.hpp"

namespace resml {

// Page after page in the order of the ids, each id once. A page begins behind the id at which the
// last one ended; where the platform takes no such condition, with that row itself, so that a page
// which does not begin with it or a lower one shows that rows went meanwhile.
class IncidentWalk {
 public:
  using UseRow = std::function<void(Page::Row& row)>;

  explicit IncidentWalk(const IncidentQuery& query) : query_(query) {}

  // With ids that were walked over before, ascending.
  void begin_behind(const std::vector<std::int64_t>& ids);

  // The next page, `length` rows at most; false behind the last one.
  bool next(std::uint64_t length, const UseRow& use);

  // How many fitted the first question; nothing if the platform does not say.
  std::optional<std::uint64_t> first_total() const { return first_total_; }

 private:
  bool next_by_id(std::uint64_t length, const UseRow& use);
  bool next_by_offset(std::uint64_t length, const UseRow& use);
  Page ask(const Part& part);
  // Those with a higher id than the last one. RemoteError where they are in another order.
  void use_new(Page& page, const UseRow& use);

  const IncidentQuery& query_;
  std::optional<std::int64_t> last_;
  std::uint64_t n_used_ = 0;
  bool by_offset_ = false;
  std::uint64_t offset_ = 0;  // rows before the next page
  bool has_asked_ = false;
  std::optional<std::uint64_t> first_total_;
};

[[noreturn]] void throw_disorder(std::int64_t last, std::int64_t id);

}  // namespace resml
