#include "resml/pipeline/field_report.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "temp_folder.hpp"

namespace resml {
namespace {

FieldDefinition field(const std::string& name, const std::string& input_type) {
  return {.name = name,
          .label = "",
          .input_type = input_type,
          .prefix = "",
          .kind = kind_of_input(input_type)};
}

TEST(FieldReport, WithoutAFileTheDefinitionDecides) {
  const auto note = [](const std::string& name, const std::string& input_type) {
    const FieldReport report = report_field(field(name, input_type), nullptr);
    EXPECT_EQ(report.filled, std::nullopt);
    return report.kind + (report.is_usable ? " yes " : " no ") + report.note;
  };
  EXPECT_EQ(note("severity_code", "select"), "category yes ");
  EXPECT_EQ(note("description", "textarea"), "text no text cannot be learnt from yet");
  EXPECT_EQ(note("id", "number"), "number no numbers the incidents");
  EXPECT_EQ(note("end_date", "datepicker"),
            "date yes filled late; a new incident has no value yet");
  EXPECT_EQ(note("city", "text"), "text yes if its cells are no prose; a file tells");
}

TEST(FieldReport, AFileSaysHowOftenAFieldIsFilledAndWhatIsInIt) {
  const TempFolder folder;
  const auto path = folder.path() / "field_report.csv";
  std::ofstream file(path);
  file << "severity_code,city,name,never\n";
  for (int i = 0; i < 40; ++i)
    file << (i % 4 == 0 ? "None" : "4") << ',' << (i % 2 == 0 ? "Bonn" : "Rome") << ",incident "
         << i << ",\n";
  file.close();
  const std::vector<FieldDefinition> fields = {field("severity_code", "select"),
                                               field("city", "text"), field("name", "text"),
                                               field("never", "select"), field("lost", "select")};
  const auto facts = read_column_facts(path.string(), fields, {});
  const auto told = [&](std::size_t i) {
    const FieldReport report = report_field(fields[i], &facts);
    return report.kind + (report.is_usable ? " yes " : " no ") + report.note;
  };
  EXPECT_EQ(told(0), "category yes ");
  EXPECT_EQ(report_field(fields[0], &facts).filled, 0.75);
  EXPECT_EQ(told(1), "category yes ");
  EXPECT_EQ(told(2), "category no another value in every row");
  EXPECT_EQ(told(3), "category no no value in any row");
  EXPECT_EQ(told(4), "category no not in the file");
}

}  // namespace
}  // namespace resml
