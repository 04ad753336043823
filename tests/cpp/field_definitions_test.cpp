#include "resml/platform/field_definitions.hpp"

#include <gtest/gtest.h>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

std::string names_of(const FieldDefinitions& definitions) {
  std::vector<std::string> names;
  for (const FieldDefinition& field : definitions.fields) names.push_back(field.name);
  return join(names, " ");
}

constexpr const char* kType = R"({"type_name": "incident", "unknown": {}, "fields": {
  "zeta": {"name": "zeta", "text": "Last first", "input_type": "text", "prefix": null, "values": []},
  "severity_code": {"name": "severity_code", "text": "Severity", "input_type": "select",
    "prefix": null, "values": [{"value": 4, "label": "Low", "enabled": true},
                               {"value": 6, "label": "Höch\u001b[1m", "enabled": false}]},
  "plan_status": {"name": "plan_status", "text": "Status", "input_type": "select",
    "values": [{"value": "A", "label": "Active"}]},
  "agreed": {"name": "agreed", "text": "Agreed", "input_type": "boolean", "prefix": "properties",
    "label_true": "Certainly", "label_false": "Never", "values": []}}})";

TEST(FieldDefinitions, KeepTheOrderOfTheServer) {
  EXPECT_EQ(names_of(parse_field_definitions(kType)), "zeta severity_code plan_status agreed");
  EXPECT_EQ(names_of(parse_field_definitions(R"([{"name": "b"}, {"name": "a"}])")), "b a");
}

TEST(FieldDefinitions, HaveKindsAndLabels) {
  const FieldDefinitions definitions = parse_field_definitions(kType);
  const FieldDefinition& severity = definitions.fields.at(1);
  EXPECT_EQ(severity.kind, FieldKind::Category);
  EXPECT_EQ(severity.label, "Severity");
  EXPECT_EQ(severity.prefix, "");
  EXPECT_EQ(label_of(severity, "4"), "Low");
  EXPECT_EQ(label_of(severity, "6"), "Höch\\x1b[1m");
  EXPECT_EQ(label_of(severity, "5"), "");
  EXPECT_FALSE(severity.values.at(1).enabled);
  EXPECT_EQ(label_of(definitions.fields.at(2), "A"), "Active");
  const FieldDefinition& agreed = definitions.fields.at(3);
  EXPECT_EQ(agreed.prefix, "properties");
  EXPECT_EQ(agreed.kind, FieldKind::Boolean);
  EXPECT_EQ(label_of(agreed, "True"), "Certainly");
  EXPECT_EQ(definitions.fields.at(0).kind, std::nullopt);
}

TEST(FieldDefinitions, EveryInputTypeHasItsKind) {
  const std::vector<std::pair<const char*, std::optional<FieldKind>>> expected = {
      {"select", FieldKind::Category},
      {"select_owner", FieldKind::Category},
      {"select_user", FieldKind::Category},
      {"multiselect", FieldKind::MultiSelect},
      {"boolean", FieldKind::Boolean},
      {"multiselect_members", FieldKind::MultiSelect},
      {"number", FieldKind::Number},
      {"datepicker", FieldKind::Date},
      {"datetimepicker", FieldKind::Date},
      {"textarea", FieldKind::Text},
      {"text", std::nullopt},
      {"hologram", std::nullopt}};
  for (const auto& [input_type, kind] : expected) EXPECT_EQ(kind_of_input(input_type), kind);
}

TEST(FieldDefinitions, NamesThatCanBeNoColumnAreLeftOutAndNamed) {
  const FieldDefinitions definitions = parse_field_definitions(
      R"([{"name": "../x"}, {"name": "a\u0007b"}, {"name": ""}, {"name": "ok"}, {"name": "ok"}, {}])");
  EXPECT_EQ(names_of(definitions), "ok");
  EXPECT_EQ(join(definitions.warnings, "\n"),
            "field \"../x\" has a path as its name; left out\n"
            "field \"a\\x07b\" has control characters in its name; left out\n"
            "field \"\" has no name; left out\n"
            "field \"ok\" is there twice; left out\n"
            "field \"\" has no name; left out");
  const std::string name(200, 'n');
  EXPECT_EQ(parse_field_definitions(R"([{"name": ")" + name + R"("}])").warnings.at(0),
            "field \"" + name.substr(0, 80) + "...\" has a name longer than 128 bytes; left out");
}

TEST(FieldDefinitions, LabelsAreBounded) {
  const std::string label(5000, 'x');
  const auto definitions =
      parse_field_definitions(R"([{"name": "a", "text": ")" + label + R"("}])");
  EXPECT_EQ(definitions.fields.at(0).label, label.substr(0, 400) + "...");
}

TEST(FieldDefinitions, AnAnswerOfAnotherShapeIsRefused) {
  const auto error = [](const char* json) {
    return error_of<RemoteError>([&] { parse_field_definitions(json); });
  };
  const std::string shape =
      "GET /types/incident: expected the fields of incidents, got something else";
  for (const char* json : {"{}", "3", "\"x\"", R"({"fields": 3})", "null", "[1"})
    EXPECT_EQ(error(json), shape) << json;
  EXPECT_EQ(error("[1]"), "GET /types/incident: field \"0\": expected an object, got number");
  std::string many = "[{}";
  for (int i = 0; i < 10'000; ++i) many += ",{}";
  EXPECT_EQ(error((many + "]").c_str()),
            "GET /types/incident: expected at most 10000 fields, got 10001");
}

// Values of every wrong type: nothing crashes, nothing is made up.
TEST(FieldDefinitions, OddValuesAreSkipped) {
  const auto definitions = parse_field_definitions(
      R"([{"name": "a", "text": 3, "input_type": null, "prefix": [], "values":
          [1, null, {"value": null, "label": "n"}, {"value": [1], "label": "l"},
           {"value": 2, "label": 5, "enabled": "x"}]},
          {"name": "b", "values": {"value": 1}}])");
  EXPECT_EQ(names_of(definitions), "a b");
  ASSERT_EQ(definitions.fields.at(0).values.size(), 1U);
  EXPECT_EQ(definitions.fields.at(0).values.at(0).value, "2");
  EXPECT_EQ(label_of(definitions.fields.at(0), "2"), "");
}

class FakeApi final : public PlatformApi {
 public:
  std::string get(std::string_view target) override {
    asked = target;
    return "[]";
  }
  std::string post(std::string_view /*target*/, std::string_view /*json*/) override { return ""; }
  void post(std::string_view /*target*/, std::string_view /*json*/,
            const ReadAnswer& /*read*/) override {}
  std::string asked;
};

TEST(FieldDefinitions, AreAskedForAsTheOriginalDid) {
  FakeApi api;
  EXPECT_TRUE(fetch_field_definitions(api).fields.empty());
  EXPECT_EQ(api.asked, "/types/incident");
}

}  // namespace
}  // namespace resml
