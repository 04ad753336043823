#include "resml/platform/incident_walk.hpp"

#include <algorithm>

#include "resml/base/error.hpp"

namespace resml {
namespace {

constexpr int kBadRequest = 400;

}  // namespace

void throw_disorder(std::int64_t last, std::int64_t id) {
  throw RemoteError(kQueryPlace, "expected incidents in the order of their ids, got ", id,
                    " where a higher one than ", last, " was asked for");
}

void IncidentWalk::begin_behind(const std::vector<std::int64_t>& ids) {
  if (ids.empty()) return;
  last_ = ids.back();
  n_used_ = ids.size();
}

bool IncidentWalk::next(std::uint64_t length, const UseRow& use) {
  if (!by_offset_) {
    try {
      return next_by_id(length, use);
    } catch (const StatusError& error) {
      if (error.status != kBadRequest || !last_) throw;
      by_offset_ = true;
      offset_ = n_used_;
    }
  }
  return next_by_offset(length, use);
}

bool IncidentWalk::next_by_id(std::uint64_t length, const UseRow& use) {
  const auto begin = last_;
  Page page = ask({.length = length, .behind = begin});
  if (page.rows.empty()) return false;
  use_new(page, use);
  if (begin && last_ == begin) throw_disorder(*begin, page.rows.front().id);
  return true;
}

bool IncidentWalk::next_by_offset(std::uint64_t length, const UseRow& use) {
  for (std::uint64_t step = 1;; step *= 2) {
    const std::uint64_t start = offset_ - std::min(offset_, step);
    Page page = ask({.length = length + 1, .start = start});
    const bool connects =
        start == 0 || (!page.rows.empty() && last_ && page.rows.front().id <= *last_);
    if (!connects) continue;  // rows went: those that follow stand lower now
    use_new(page, use);
    offset_ = start + page.rows.size();
    return page.rows.size() > 1;
  }
}

Page IncidentWalk::ask(const Part& part) {
  Page page = query_.ask(part);
  if (!has_asked_) first_total_ = page.total;
  has_asked_ = true;
  return page;
}

void IncidentWalk::use_new(Page& page, const UseRow& use) {
  std::optional<std::int64_t> before;
  for (Page::Row& row : page.rows) {
    if (before && row.id < *before) throw_disorder(*before, row.id);
    before = row.id;
    if (last_ && row.id <= *last_) continue;
    last_ = row.id;
    ++n_used_;
    use(row);
  }
}

}  // namespace resml
