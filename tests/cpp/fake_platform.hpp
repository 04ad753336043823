#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
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
                     {"seen", 1000 * (id % 1'000'000'000)},
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
    const std::lock_guard lock(mutex_);
    targets.emplace_back(target);
    const Json asked = Json::parse(text);
    questions.push_back(asked);
    if (before_page) before_page(questions.size());
    if (!answer.empty()) return answer;
    for (const std::string& method : refused_methods) {
      if (text.find('"' + method + '"') != std::string_view::npos)
        throw StatusError(refusal, "id does not have the method " + method);
    }
    Json rows = Json::array();
    std::size_t n_fitting = 0;
    for (const auto& [id, incident] : incidents) {
      if (!fits(incident, asked)) continue;
      if (n_fitting++ < asked.at("start")) continue;
      const std::size_t length = std::min<std::size_t>(kPageRows, asked.at("length"));
      if (rows.size() < length) rows.push_back(incident);
    }
    Json page = {{"recordsTotal", incidents.size()}, {"data", rows}};
    if (says_how_many_fit) page["recordsFiltered"] = n_fitting;
    return page.dump();
  }

  void post(std::string_view target, std::string_view text, const ReadAnswer& read) override {
    read(post(target, text));
  }

  static constexpr std::size_t kPageRows = 3;

  std::int64_t now_ms = 1'000'000;  // the platform's clock; new incidents are of that time
  bool has_changed_field = false;
  std::vector<std::string> refused_methods;  // "gt" and "lte" as conditions
  int refusal = 400;
  bool ignores_lte = false;
  bool says_how_many_fit = true;  // else only how many there are

  std::map<std::int64_t, Json> incidents;
  std::vector<std::string> targets;
  std::vector<Json> questions;
  std::function<void(std::size_t n_asked)> before_page;  // the first one: 1
  std::string answer;                                    // instead of a page, if not empty

 private:
  std::mutex mutex_;

  bool fits(const Json& incident, const Json& asked) const {
    for (const Json& filter : asked.at("filters")) {
      for (const Json& condition : filter.at("conditions")) {
        const auto have = incident.at(condition.at("field_name").get<std::string>());
        const Json& want = condition.at("value");
        const std::string method = condition.at("method");
        if (!(method == "gt"    ? have > want
              : method == "gte" ? have >= want
              : method == "lte" ? ignores_lte || have <= want
                                : method == "equals" && have == want)) {
          return false;
        }
      }
    }
    return true;
  }
};

}  // namespace resml
