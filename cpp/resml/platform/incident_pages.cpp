#include "resml/platform/incident_pages.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr std::string_view kTarget = "/incidents/query_paged?field_handle=-1&return_level=full";
constexpr std::string_view kIdsTarget =
    "/incidents/query_paged?field_handle=-1&return_level=partial";
constexpr std::string_view kPlace = "POST /incidents/query_paged: ";
constexpr std::uint64_t kRowsAPage = 1000;  // the platform may send fewer

json condition(std::string_view field, std::string_view method, std::int64_t value) {
  return {{"field_name", field}, {"method", method}, {"value", value}};
}

// A question for incidents in the order of their ids, with one more condition for the id.
std::string query(const DownloadSettings& settings, std::uint64_t length,
                  const json& id_condition) {
  json conditions = json::array();
  if (settings.from_ms)
    conditions.push_back(condition(settings.time_field, "gte", *settings.from_ms));
  if (settings.until_ms)
    conditions.push_back(condition(settings.time_field, "lte", *settings.until_ms));
  if (!id_condition.is_null()) conditions.push_back(id_condition);
  json asked = {{"start", 0},
                {"length", length},
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
class PageReader {
 public:
  explicit PageReader(const UseRow& use) : use_(use) {}

  Page read(const std::string& text) {
    const json rest = json::parse(text, [this](int depth, json::parse_event_t event, json& parsed) {
      return keep(depth, event, parsed);
    });
    if (!rest.is_object() || !is_data_there_)
      throw RemoteError(kPlace, "expected an object with the list \"data\", got something else");
    for (const char* key : {"recordsFiltered", "recordsTotal"}) {
      const auto total = rest.find(key);
      if (total != rest.end() && total->is_number_unsigned()) {
        page_.total = total->get<std::uint64_t>();
        break;
      }
    }
    return page_;
  }

 private:
  // Whether the value stays in what read() gets: rows do not.
  bool keep(int depth, json::parse_event_t event, const json& parsed) {
    if (depth == 1 && event == json::parse_event_t::key)
      is_data_ = parsed.get_ref<const std::string&>() == "data";
    if (!is_data_) return true;
    if (depth == 1 && event == json::parse_event_t::array_start) is_data_there_ = true;
    const bool is_whole = event == json::parse_event_t::object_end ||
                          event == json::parse_event_t::array_end ||
                          event == json::parse_event_t::value;
    if (depth != 2 || !is_whole || !is_data_there_) return true;
    use_(id_of(parsed, page_.n_rows), parsed);
    ++page_.n_rows;
    return false;
  }

  const UseRow& use_;
  Page page_;
  bool is_data_ = false;
  bool is_data_there_ = false;
};

class IncidentReader {
 public:
  IncidentReader(PlatformApi& api, const DownloadSettings& settings, const IncidentEvents& events)
      : api_(api), settings_(settings), events_(events) {}

  IncidentsRead read() {
    walk(kTarget, [this](std::int64_t id, const json& row) { use(id, row); });
    if (!read_.is_truncated) add_missed();
    return read_;
  }

 private:
  // Page after page behind the highest id so far; each id is used once.
  void walk(std::string_view target, const UseRow& use) {
    std::optional<std::int64_t> last;
    const UseRow use_new = [&](std::int64_t id, const json& row) {
      if (last && id < *last) throw_disorder(*last, id);
      if (last == id) return;
      last = id;
      use(id, row);
    };
    while (!read_.is_truncated) {
      const auto begin = last;
      const json behind = begin ? condition("id", "gt", *begin) : json();
      const Page page =
          PageReader(use_new).read(api_.post(target, query(settings_, page_length(), behind)));
      if (page.n_rows == 0) return;
      if (begin && last == begin) throw_disorder(*begin, *begin);
      if (!total_) total_ = page.total.value_or(0);
      if (events_.on_page) {
        events_.on_page(read_.count, *total_ == 0 ? 0 : std::max(most(*total_), read_.count));
      }
    }
  }

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

  // Ids are given out before incidents are there: a low one may have come in after its page.
  void add_missed() {
    const auto now = count_incidents(api_, settings_);
    if (now == read_.count) return;
    if (events_.on_detail) {
      events_.on_detail(concat(read_.count, " incidents read, the platform has ",
                               now ? concat(*now) : "an unknown number of them",
                               "; comparing the ids"));
    }
    std::vector<std::int64_t> missed;
    walk(kIdsTarget, [&](std::int64_t id, const json&) {
      if (!std::binary_search(ids_.begin(), ids_.end(), id)) missed.push_back(id);
    });
    for (const std::int64_t id : missed) {
      if (read_.is_truncated) return;
      const UseRow use_it = [&](std::int64_t found, const json& row) {
        if (found != id) throw_disorder(id, found);
        if (ids_.empty() || ids_.back() != id) use(id, row);
      };
      PageReader(use_it).read(
          api_.post(kTarget, query(settings_, 1, condition("id", "equals", id))));
    }
  }

  [[noreturn]] static void throw_disorder(std::int64_t last, std::int64_t id) {
    throw RemoteError(kPlace, "expected incidents in the order of their ids, got ", id,
                      " where a higher one than ", last, " was asked for");
  }

  PlatformApi& api_;
  const DownloadSettings& settings_;
  const IncidentEvents& events_;
  IncidentsRead read_;
  std::vector<std::int64_t> ids_;
  std::optional<std::uint64_t> total_;
};

}  // namespace

IncidentsRead read_incidents(PlatformApi& api, const DownloadSettings& settings,
                             const IncidentEvents& events) {
  return IncidentReader(api, settings, events).read();
}

std::optional<std::uint64_t> count_incidents(PlatformApi& api, const DownloadSettings& settings) {
  const UseRow nothing = [](std::int64_t, const json&) {};
  return PageReader(nothing).read(api.post(kIdsTarget, query(settings, 1, json()))).total;
}

}  // namespace resml
