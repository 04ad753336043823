#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resml/platform/page_rows.hpp"
#include "resml/platform/platform_api.hpp"
#include "resml/settings/download_settings.hpp"

namespace resml {

// What is kept of an incident: its row in a CSV file, and what there is to say about it.
struct RowText {
  std::string text;
  std::vector<std::string> warnings = {};
};

// Makes it of an object with an "id"; by several threads at once, and for pages that are asked for
// again.
using MakeRow = std::function<RowText(const nlohmann::json& incident)>;

struct Page {
  struct Row {
    std::int64_t id = 0;
    RowText kept;
  };
  std::vector<Row> rows;               // as the platform sent them
  std::optional<std::uint64_t> total;  // incidents that fit the question
};

// Which of the incidents that fit the settings, in the order of their ids.
struct Part {
  std::uint64_t length = 1;
  std::uint64_t start = 0;
  std::optional<std::int64_t> behind = {};  // this id
  std::optional<std::int64_t> up_to = {};   // this id, which is among them
  std::optional<std::int64_t> equal = {};
};

// Questions for incidents that the settings let through, one page each.
class IncidentQuery {
 public:
  // Of the ids alone without `make_row`: a fraction of the bytes. `only` are the members that it
  // looks at, all if there is none. What is passed in outlives it.
  IncidentQuery(PlatformApi& api, const DownloadSettings& settings, MakeRow make_row = {},
                MemberNames only = {});

  // One page, parsed once and whole. RemoteError, with the row, if the platform answers something
  // else than incidents. Several threads may ask.
  Page ask(const Part& part) const;

 private:
  std::string question(const Part& part) const;
  Page read(std::string_view answer) const;

  PlatformApi& api_;
  const DownloadSettings& settings_;
  MakeRow make_row_;
  MemberNames only_;
};

// Where whole incidents are asked for, with the values of their fields as numbers.
inline constexpr std::string_view kWholeIncidents =
    "/incidents/query_paged?field_handle=-1&return_level=full";

// In messages.
inline constexpr std::string_view kQueryPlace = "POST /incidents/query_paged: ";

// When an incident was changed last, by the platform's clock; also set when it is created.
inline constexpr std::string_view kChangedField = "inc_last_modified_date";

}  // namespace resml
