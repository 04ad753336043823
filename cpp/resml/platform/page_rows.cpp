#include "resml/platform/page_rows.hpp"

#include <nlohmann/json.hpp>

namespace resml {

using nlohmann::json;

json read_rows(std::string_view text, const MemberNames& only,
               const std::function<void(const json& row)>& use) {
  bool is_data = false;
  bool are_rows = false;
  // Whether what was parsed stays: of "data" nothing does, so that never more than one row is in
  // memory.
  const auto keep = [&](int depth, json::parse_event_t event, const json& parsed) {
    if (depth == 1 && event == json::parse_event_t::key)
      is_data = parsed.get_ref<const std::string&>() == "data";
    if (!is_data) return true;
    if (depth == 1) are_rows = event == json::parse_event_t::array_start;
    if (!are_rows) return true;
    if (depth == 3 && event == json::parse_event_t::key)
      return only.empty() || only.contains(parsed.get_ref<const std::string&>());
    const bool is_whole = event == json::parse_event_t::object_end ||
                          event == json::parse_event_t::array_end ||
                          event == json::parse_event_t::value;
    if (depth != 2 || !is_whole) return true;
    use(parsed);
    return false;
  };
  return json::parse(text, keep);
}

}  // namespace resml
