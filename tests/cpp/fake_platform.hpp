#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "resml/platform/platform_api.hpp"

namespace resml {

// Incidents and fields without HTTP. Filters and sorts as the platform does, in pages of three;
// what happens between two pages is told with `before_page`.
class FakePlatform final : public PlatformApi {
 public:
  using Json = nlohmann::json;

  explicit FakePlatform(int n_incidents = 0) {
    for (int i = 1; i <= n_incidents; ++i) add(10 * i);
  }

  void add(std::int64_t id) {
    incidents[id] = {{"id", id},
                     {"name", "Incident " + std::to_string(id)},
                     {"seen", 1000 * id},
                     {"inc_last_modified_date", now_ms}};
  }

  std::string get(std::string_view target) override {
    targets.emplace_back(target);
    const std::string changed =
        R"("inc_last_modified_date": {"name": "inc_last_modified_date", "input_type": "number"},)";
    return R"({"fields": {)" + (has_changed_field ? changed : "") +
           R"("name": {"name": "name", "text": "Name", "input_type": "text"},
        "id": {"name": "id", "input_type": "number"},
        "kind": {"name": "kind", "text": "Kind", "input_type": "select", "prefix": "properties",
                 "values": [{"value": 1, "label": "Phishing"}]},
        "seen": {"name": "seen", "input_type": "datetimepicker"}}})";
  }

  std::string post(std::string_view target, std::string_view text) override {
    targets.emplace_back(target);
    const Json asked = Json::parse(text);
    questions.push_back(asked);
    if (before_page) before_page(questions.size());
    if (!answer.empty()) return answer;
    if (refuses_gt && text.find("\"gt\"") != std::string_view::npos)
      throw StatusError(400, "id does not have the method gt");
    Json rows = Json::array();
    std::size_t n_fitting = 0;
    for (const auto& [id, incident] : incidents) {
      if (!fits(incident, asked)) continue;
      if (n_fitting++ < asked.at("start")) continue;
      const std::size_t length = std::min<std::size_t>(kPageRows, asked.at("length"));
      if (rows.size() < length) rows.push_back(incident);
    }
    return Json{{"recordsTotal", incidents.size()}, {"recordsFiltered", n_fitting}, {"data", rows}}
        .dump();
  }

  void post(std::string_view target, std::string_view text, const ReadAnswer& read) override {
    read(post(target, text));
  }

  static constexpr std::size_t kPageRows = 3;

  std::int64_t now_ms = 1'000'000;  // the platform's clock; new incidents are of that time
  bool has_changed_field = false;
  bool refuses_gt = false;  // as a condition on ids

  std::map<std::int64_t, Json> incidents;
  std::vector<std::string> targets;
  std::vector<Json> questions;
  std::function<void(std::size_t n_asked)> before_page;  // the first one: 1
  std::string answer;                                    // instead of a page, if not empty

 private:
  static bool fits(const Json& incident, const Json& asked) {
    for (const Json& filter : asked.at("filters")) {
      for (const Json& condition : filter.at("conditions")) {
        const auto have = incident.at(condition.at("field_name").get<std::string>());
        const Json& want = condition.at("value");
        const std::string method = condition.at("method");
        if (!(method == "gt"    ? have > want
              : method == "gte" ? have >= want
              : method == "lte" ? have <= want
                                : method == "equals" && have == want)) {
          return false;
        }
      }
    }
    return true;
  }
};

}  // namespace resml
