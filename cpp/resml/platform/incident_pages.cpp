#include "resml/platform/incident_pages.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "resml/base/text.hpp"
#include "resml/platform/incident_walk.hpp"

namespace resml {
namespace {

constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

class IncidentReader {
 public:
  IncidentReader(PlatformApi& api, const DownloadSettings& settings, const IncidentEvents& events,
                 const ReadSoFar& so_far)
      : api_(api),
        settings_(settings),
        events_(events),
        started_ms_(so_far.started_ms),
        ids_(so_far.ids) {
    read_.count = ids_.size();
  }

  IncidentsRead read() {
    const IncidentQuery query(api_, settings_, events_.make_row, events_.only);
    IncidentWalk walk(query, settings_.connections);
    walk.begin_behind(ids_);
    const std::uint64_t n_before = ids_.size();
    const auto use_row = [this](Page::Row& row) { use(row.id, row.kept); };
    while (!read_.is_truncated && walk.next(n_wanted(), use_row)) {
      if (!events_.on_page) continue;
      const auto total = walk.first_total();
      events_.on_page(read_.count, total ? std::max(most(*total + n_before), read_.count) : 0);
    }
    if (!read_.is_truncated) add_missed();
    return read_;
  }

 private:
  // One more than wanted: that tells whether something was cut off.
  std::uint64_t n_wanted() const {
    return settings_.max_count
               ? *settings_.max_count - std::min(*settings_.max_count, read_.count) + 1
               : kAll;
  }

  std::uint64_t most(std::uint64_t total) const {
    return std::min(total, settings_.max_count.value_or(total));
  }

  void use(std::int64_t id, const RowText& row) {
    if (settings_.max_count && read_.count >= *settings_.max_count) {
      read_.is_truncated = true;
      return;
    }
    events_.on_row(id, row);
    ids_.push_back(id);
    ++read_.count;
  }

  // Ids are given out before incidents are there: a low one may have come in after its page. If as
  // many went, the count does not show it, but each that came was changed since the start.
  void add_missed() {
    DownloadSettings all = settings_;
    all.max_count.reset();
    const auto now = count_incidents(api_, all);
    if (now == read_.count) {
      if (!started_ms_) return;
      all.changed_from_ms = std::max(*started_ms_, all.changed_from_ms.value_or(*started_ms_));
    } else if (events_.on_detail) {
      events_.on_detail(concat(read_.count, " incidents read, the platform has ",
                               now ? concat(*now) : "an unknown number of them",
                               "; comparing the ids"));
    }
    const std::vector<std::int64_t> there = scan_ids(api_, all).ids;
    const std::vector<std::int64_t> known = ids_;
    for (const std::int64_t id : there) {
      if (read_.is_truncated) return;
      if (std::binary_search(known.begin(), known.end(), id)) continue;
      if (const auto row = read_incident(api_, settings_, id, events_.make_row)) use(id, *row);
    }
  }

  PlatformApi& api_;
  const DownloadSettings& settings_;
  const IncidentEvents& events_;
  std::optional<std::int64_t> started_ms_;
  IncidentsRead read_;
  std::vector<std::int64_t> ids_;
};

}  // namespace

IncidentsRead read_incidents(PlatformApi& api, const DownloadSettings& settings,
                             const IncidentEvents& events, const ReadSoFar& so_far) {
  return IncidentReader(api, settings, events, so_far).read();
}

IdsRead scan_ids(PlatformApi& api, const DownloadSettings& settings) {
  IdsRead read;
  const IncidentQuery query(api, settings);
  IncidentWalk walk(query, settings.connections);
  const auto keep = [&](const Page::Row& row) {
    read.is_truncated = settings.max_count && read.ids.size() >= *settings.max_count;
    if (!read.is_truncated) read.ids.push_back(row.id);
  };
  while (!read.is_truncated && walk.next(kAll, keep)) {
  }
  return read;
}

std::optional<RowText> read_incident(PlatformApi& api, const DownloadSettings& settings,
                                     std::int64_t id, const MakeRow& make_row) {
  const IncidentQuery query(api, settings, make_row);
  Page page = query.ask({.equal = id});
  if (page.rows.empty()) return std::nullopt;
  if (page.rows.front().id != id) throw_disorder(id, page.rows.front().id);
  return std::move(page.rows.front().kept);
}

std::optional<std::uint64_t> count_incidents(PlatformApi& api, const DownloadSettings& settings) {
  return IncidentQuery(api, settings).ask({}).total;
}

}  // namespace resml
