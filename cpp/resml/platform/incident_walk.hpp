#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "resml/platform/incident_query.hpp"

namespace resml {

// Page after page in the order of the ids, each id once. A page begins behind the id at which the
// last one ended. Several are in flight at once where there are connections for them: the ids in
// front are cut into windows of about a page each, the last of them without an end, and used in
// their order. Where one holds more than a page, what comes behind it is asked for again.
// Where the platform takes no such condition, a page begins with the last row of the one before, so
// that a page which does not begin with it or a lower one shows that rows went meanwhile.
class IncidentWalk {
 public:
  using UseRow = std::function<void(Page::Row& row)>;

  IncidentWalk(const IncidentQuery& query, unsigned connections)
      : query_(query), connections_(connections) {}

  // With ids that were walked over before, ascending.
  void begin_behind(const std::vector<std::int64_t>& ids);

  // The next pages, as many as there are connections; false behind the last one. No more rows are
  // wanted than `most`.
  bool next(std::uint64_t most, const UseRow& use);

  // How many fitted the first question; nothing if the platform does not say.
  std::optional<std::uint64_t> first_total() const { return first_total_; }

 private:
  // Ids above `behind`, up to `last` if there is one.
  struct Window {
    std::optional<std::int64_t> behind;
    std::optional<std::int64_t> last;
  };

  bool next_by_id(std::uint64_t most, const UseRow& use);
  bool next_by_offset(std::uint64_t most, const UseRow& use);
  std::vector<Window> plan(std::uint64_t most) const;
  // False where it holds more than the page.
  bool use_window(const Window& window, Page& page, const UseRow& use);
  void measure(const Window& window, const Page& page, std::uint64_t n_rows);
  void remember_total(const Page& page);
  // Those above the last id, up to `limit`; how many. RemoteError where they are in another order.
  std::uint64_t use_new(Page& page, std::optional<std::int64_t> limit, const UseRow& use);

  const IncidentQuery& query_;
  unsigned connections_;
  std::optional<std::int64_t> last_;  // up to which no id is missing
  std::uint64_t n_used_ = 0;
  std::uint64_t rows_a_page_ = 0;   // of the last page that was full
  std::uint64_t ids_a_window_ = 0;  // that hold about as many rows
  std::uint64_t n_left_ = 0;        // rows behind that page
  bool by_offset_ = false;
  std::uint64_t offset_ = 0;  // rows before the next page
  bool has_asked_ = false;
  std::optional<std::uint64_t> first_total_;
};

[[noreturn]] void throw_disorder(std::int64_t last, std::int64_t id);

}  // namespace resml
