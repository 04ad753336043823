#include "resml/platform/incident_pages.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/platform/page_rows.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr std::string_view kTarget = "/incidents/query_paged?field_handle=-1&return_level=full";
constexpr std::string_view kIdsTarget =
    "/incidents/query_paged?field_handle=-1&return_level=partial";
constexpr std::string_view kPlace = "POST /incidents/query_paged: ";
constexpr int kBadRequest = 400;
constexpr std::uint64_t kRowsAPage = 1000;  // the platform may send fewer

json condition(std::string_view field, std::string_view method, std::int64_t value) {
  return {{"field_name", field}, {"method", method}, {"value", value}};
}

// Which of the incidents that fit the settings, in the order of their ids.
struct Part {
  std::uint64_t length = 1;
  std::uint64_t start = 0;
  json condition = nullptr;  // one more
};

std::string query(const DownloadSettings& settings, const Part& part) {
  json conditions = json::array();
  if (settings.from_ms)
    conditions.push_back(condition(settings.time_field, "gte", *settings.from_ms));
  if (settings.until_ms)
    conditions.push_back(condition(settings.time_field, "lte", *settings.until_ms));
  if (settings.changed_from_ms)
    conditions.push_back(condition(kChangedField, "gte", *settings.changed_from_ms));
  if (!part.condition.is_null()) conditions.push_back(part.condition);
  json asked = {{"start", part.start},
                {"length", part.length},
                {"sorts", {{{"field_name", "id"}, {"type", "asc"}}}},
                {"filters", json::array()}};
  if (!conditions.empty()) asked["filters"].push_back({{"conditions", std::move(conditions)}});
  return asked.dump();
}

std::int64_t id_of(const json& row, std::uint64_t index) {
  if (!row.is_object()) {
    throw RemoteError(kPlace, "row ", index + 1, ": expected an incident, got ", row.type_name());
  }
  const auto id = row.find("id");
  if (id == row.end() || !id->is_number_integer() ||
      (id->is_number_unsigned() &&
       id->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})) {
    throw RemoteError(
        kPlace, "row ", index + 1, ": expected an incident with a whole number as id, got ",
        id == row.end() ? "none" : quoted(id->dump(-1, ' ', true, json::error_handler_t::replace)));
  }
  return id->get<std::int64_t>();
}

using UseRow = std::function<void(std::int64_t id, const json& row)>;

struct Page {
  std::uint64_t n_rows = 0;
  std::optional<std::uint64_t> total;  // that fit the question
};

// Rows are used while the text is read, so that never more than one of them is in memory.
Page read_page(const std::string& text, const UseRow& use, const MemberNames& only = {}) {
  Page page;
  const json rest = read_rows(text, only, [&](const json& row) {
    use(id_of(row, page.n_rows), row);
    ++page.n_rows;
  });
  if (!rest.is_object() || !rest.contains("data") || !rest["data"].is_array())
    throw RemoteError(kPlace, "expected an object with the list \"data\", got something else");
  for (const char* key : {"recordsFiltered", "recordsTotal"}) {
    const auto total = rest.find(key);
    if (total != rest.end() && total->is_number_unsigned()) {
      page.total = total->get<std::uint64_t>();
      break;
    }
  }
  return page;
}

[[noreturn]] void throw_disorder(std::int64_t last, std::int64_t id) {
  throw RemoteError(kPlace, "expected incidents in the order of their ids, got ", id,
                    " where a higher one than ", last, " was asked for");
}

// Page after page in the order of the ids, each id once. A page begins behind the id at which the
// last one ended; where the platform takes no such condition, with that row itself, so that a page
// which does not begin with it or a lower one shows that rows went meanwhile.
class IncidentWalk {
 public:
  IncidentWalk(PlatformApi& api, const DownloadSettings& settings, std::string_view target,
               MemberNames only = {})
      : api_(api), settings_(settings), target_(target), only_(std::move(only)) {}

  // With ids that were walked over before.
  void begin_behind(const std::vector<std::int64_t>& ids) {
    if (ids.empty()) return;
    last_ = ids.back();
    n_used_ = ids.size();
  }

  // The next page, `length` rows at most; nothing behind the last one.
  std::optional<Page> next(std::uint64_t length, const UseRow& use) {
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

 private:
  std::optional<Page> next_by_id(std::uint64_t length, const UseRow& use) {
    const auto begin = last_;
    const UseRow use_new = [&](std::int64_t id, const json& row) {
      if (last_ && id < *last_) throw_disorder(*last_, id);
      use_once(id, row, use);
    };
    const json behind = begin ? condition("id", "gt", *begin) : json();
    const Page page = ask({.length = length, .condition = behind}, use_new);
    if (page.n_rows == 0) return std::nullopt;
    if (begin && last_ == begin) throw_disorder(*begin, *begin);
    return page;
  }

  std::optional<Page> next_by_offset(std::uint64_t length, const UseRow& use) {
    std::uint64_t step = 1;
    while (true) {
      const std::uint64_t start = offset_ - std::min(offset_, step);
      std::optional<std::int64_t> first;
      std::optional<std::int64_t> before;
      const UseRow use_new = [&](std::int64_t id, const json& row) {
        if (before && id < *before) throw_disorder(*before, id);
        before = id;
        if (!first) first = id;
        const bool connects = start == 0 || (last_ && *first <= *last_);
        if (connects && (!last_ || id > *last_)) use_once(id, row, use);
      };
      const Page page = ask({.length = length + 1, .start = start}, use_new);
      const bool connects = start == 0 || (first && last_ && *first <= *last_);
      if (!connects) {  // rows went: those that follow stand lower now
        step *= 2;
        continue;
      }
      offset_ = start + page.n_rows;
      if (page.n_rows <= 1) return std::nullopt;
      return page;
    }
  }

  Page ask(const Part& part, const UseRow& use) {
    return read_page(api_.post(target_, query(settings_, part)), use, only_);
  }

  void use_once(std::int64_t id, const json& row, const UseRow& use) {
    if (last_ == id) return;
    last_ = id;
    ++n_used_;
    use(id, row);
  }

  PlatformApi& api_;
  const DownloadSettings& settings_;
  std::string_view target_;
  MemberNames only_;
  std::optional<std::int64_t> last_;
  std::uint64_t n_used_ = 0;
  bool by_offset_ = false;
  std::uint64_t offset_ = 0;  // rows before the next page
};

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
    IncidentWalk walk(api_, settings_, kTarget, events_.only);
    walk.begin_behind(ids_);
    const UseRow use_it = [this](std::int64_t id, const json& row) { use(id, row); };
    const std::uint64_t ids_before = ids_.size();
    std::optional<std::uint64_t> total;
    while (!read_.is_truncated) {
      const auto page = walk.next(page_length(), use_it);
      if (!page) break;
      if (!total) total = page->total ? *page->total + ids_before : 0;
      if (events_.on_page) {
        events_.on_page(read_.count, *total == 0 ? 0 : std::max(most(*total), read_.count));
      }
    }
    if (!read_.is_truncated) add_missed();
    return read_;
  }

 private:
  // One more than wanted: that tells whether something was cut off.
  std::uint64_t page_length() const {
    if (!settings_.max_count) return kRowsAPage;
    return std::min(kRowsAPage,
                    *settings_.max_count - std::min(*settings_.max_count, read_.count) + 1);
  }

  std::uint64_t most(std::uint64_t total) const {
    return std::min(total, settings_.max_count.value_or(total));
  }

  void use(std::int64_t id, const json& row) {
    if (settings_.max_count && read_.count >= *settings_.max_count) {
      read_.is_truncated = true;
      return;
    }
    events_.on_incident(row);
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
      read_incident(api_, settings_, id, [&](const json& row) { use(id, row); });
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
  IncidentWalk walk(api, settings, kIdsTarget);
  const UseRow keep = [&](std::int64_t id, const json&) {
    read.is_truncated = settings.max_count && read.ids.size() >= *settings.max_count;
    if (!read.is_truncated) read.ids.push_back(id);
  };
  while (!read.is_truncated && walk.next(kRowsAPage, keep)) {
  }
  return read;
}

void read_incident(PlatformApi& api, const DownloadSettings& settings, std::int64_t id,
                   const std::function<void(const json& incident)>& use) {
  bool is_used = false;
  const UseRow use_it = [&](std::int64_t found, const json& row) {
    if (found != id) throw_disorder(id, found);
    if (!is_used) use(row);
    is_used = true;
  };
  read_page(api.post(kTarget, query(settings, {.condition = condition("id", "equals", id)})),
            use_it);
}

std::optional<std::uint64_t> count_incidents(PlatformApi& api, const DownloadSettings& settings) {
  const UseRow nothing = [](std::int64_t, const json&) {};
  return read_page(api.post(kIdsTarget, query(settings, {})), nothing).total;
}

}  // namespace resml
