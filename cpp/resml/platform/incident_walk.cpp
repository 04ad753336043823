#include "resml/platform/incident_walk.hpp"

#include <algorithm>
#include <limits>

#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"

namespace resml {
namespace {

constexpr std::uint64_t kRowsAPage = 1000;  // the platform may send fewer

// Whether a refusal may be of the condition on ids. One of the log-in or of a permission is not;
// any other is met again where the same is asked for without it.
bool may_be_of_condition(int status) {
  return status >= 400 && status < 500 && status != 401 && status != 403;
}

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

bool IncidentWalk::next(std::uint64_t most, const UseRow& use) {
  while (!by_offset_) {
    try {
      return next_by_id(most, use);
    } catch (const StatusError& error) {
      if (!may_be_of_condition(error.status) || !last_) throw;
      // First without an upper bound, which alone may be what is refused.
      by_offset_ = connections_ == 1;
      connections_ = 1;
      offset_ = n_used_;
    }
  }
  return next_by_offset(most, use);
}

bool IncidentWalk::next_by_id(std::uint64_t most, const UseRow& use) {
  const std::vector<Window> windows = plan(most);
  std::vector<Page> pages(windows.size());
  const FitContext each{.threads = static_cast<unsigned>(windows.size())};
  parallel_for(each, "incidents", windows.size(), [&](std::size_t i) {
    pages[i] = query_.ask({.length = std::min(most, kRowsAPage),
                           .behind = windows[i].behind,
                           .up_to = windows[i].last});
  });
  remember_total(pages.front());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (!use_window(windows[i], pages[i], use)) return true;
  }
  return !pages.back().rows.empty();
}

std::vector<IncidentWalk::Window> IncidentWalk::plan(std::uint64_t most) const {
  std::uint64_t n_windows = 1;
  if (last_ && rows_a_page_ > 0) {
    const std::uint64_t n_pages = (std::min(most, n_left_) + rows_a_page_ - 1) / rows_a_page_;
    n_windows = std::clamp<std::uint64_t>(n_pages, 1, connections_);
    const auto n_ids = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) -
                       static_cast<std::uint64_t>(std::max<std::int64_t>(*last_, 0));
    if (n_ids / n_windows <= ids_a_window_) n_windows = 1;
  }
  std::vector<Window> windows;
  std::optional<std::int64_t> behind = last_;
  for (std::uint64_t i = 1; i < n_windows; ++i) {
    const std::int64_t last = *behind + static_cast<std::int64_t>(ids_a_window_);
    windows.push_back({.behind = behind, .last = last});
    behind = last;
  }
  windows.push_back({.behind = behind, .last = std::nullopt});
  return windows;
}

bool IncidentWalk::use_window(const Window& window, Page& page, const UseRow& use) {
  const std::uint64_t n_new = use_new(page, window.last, use);
  const bool is_beyond = window.last && !page.rows.empty() && page.rows.back().id > *window.last;
  const bool is_cut = !is_beyond && n_new > 0 && (!page.total || *page.total > n_new);
  if (is_cut) measure(window, page, n_new);
  if (!window.last) {
    if (!is_cut) n_left_ = 0;
    if (window.behind && n_new == 0 && !page.rows.empty())
      throw_disorder(*window.behind, page.rows.front().id);
  } else if (!is_cut) {
    last_ = *window.last;
  }
  return !is_cut;
}

// What windows of a page are like, by the rows that came last: ids are given out without gaps, but
// those of deleted incidents, and of incidents that this log-in may not see, are missing.
void IncidentWalk::measure(const Window& window, const Page& page, std::uint64_t n_rows) {
  const bool counts =
      page.total.has_value() &&
      (!window.last || *page.total <= static_cast<std::uint64_t>(*window.last - *window.behind));
  if (!counts) connections_ = 1;  // no total, or not that of the question: it shows no end
  rows_a_page_ = n_rows;
  if (!window.last) n_left_ = page.total ? *page.total - n_rows : 0;
  // A fifth less than on average, so that few windows hold more than a page.
  const std::uint64_t n_ids =
      static_cast<std::uint64_t>(*last_) - static_cast<std::uint64_t>(page.rows.front().id) + 1;
  ids_a_window_ = std::max(n_rows, n_ids - n_ids / 5);
}

bool IncidentWalk::next_by_offset(std::uint64_t most, const UseRow& use) {
  const std::uint64_t length = std::min(most, kRowsAPage) + 1;
  for (std::uint64_t step = 1;; step *= 2) {
    const std::uint64_t start = offset_ - std::min(offset_, step);
    Page page = query_.ask({.length = length, .start = start});
    const bool connects =
        start == 0 || (!page.rows.empty() && last_ && page.rows.front().id <= *last_);
    if (!connects) continue;  // rows went: those that follow stand lower now
    use_new(page, std::nullopt, use);
    offset_ = start + page.rows.size();
    return page.rows.size() > 1;
  }
}

void IncidentWalk::remember_total(const Page& page) {
  if (!has_asked_) first_total_ = page.total;
  has_asked_ = true;
}

std::uint64_t IncidentWalk::use_new(Page& page, std::optional<std::int64_t> limit,
                                    const UseRow& use) {
  std::uint64_t n_new = 0;
  std::optional<std::int64_t> before;
  for (Page::Row& row : page.rows) {
    if (before && row.id < *before) throw_disorder(*before, row.id);
    before = row.id;
    if ((last_ && row.id <= *last_) || (limit && row.id > *limit)) continue;
    last_ = row.id;
    ++n_used_;
    ++n_new;
    use(row);
  }
  return n_new;
}

}  // namespace resml
