#include "resml/platform/incident_download.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "error_of.hpp"
#include "fake_platform.hpp"
#include "resml/base/error.hpp"
#include "resml/base/file.hpp"
#include "resml/platform/field_file.hpp"
#include "temp_folder.hpp"

namespace resml {
namespace {

class IncidentDownload : public testing::Test {
 protected:
  IncidentsRead download(const DownloadSettings& settings = {}) {
    FitContext context;
    context.on_warning = [this](const std::string& warning) { warnings_.push_back(warning); };
    const FieldDefinitions definitions = fetch_field_definitions(platform_);
    return download_incidents(platform_, definitions, {.path = csv_, .settings = settings},
                              context);
  }

  std::size_t n_files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  FakePlatform platform_{4};
  const TempFolder temp_;
  const std::filesystem::path& folder_ = temp_.path();
  const std::string csv_ = (folder_ / "incidents.csv").string();
  std::vector<std::string> warnings_;
};

TEST_F(IncidentDownload, WritesOneColumnPerFieldInTheServersOrder) {
  platform_.incidents[10]["properties"] = {{"kind", nlohmann::json::array({1, 2})}};
  platform_.incidents[20]["name"] = "Größe, \"quoted\"\r\nnext line";
  platform_.incidents[30]["kind"] = nullptr;
  EXPECT_EQ(download().count, 4);
  EXPECT_EQ(read_file(csv_),
            "name,id,kind,seen\r\n"
            "Incident 10,10,\"[1, 2]\",10000\r\n"
            "\"Größe, \"\"quoted\"\"\r\nnext line\",20,None,20000\r\n"
            "Incident 30,30,None,30000\r\nIncident 40,40,None,40000\r\n");
  EXPECT_EQ(n_files(), 2);
  for (const std::string& path : {csv_, field_file_of(csv_)}) {
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << path;
  }
}

TEST_F(IncidentDownload, KeepsTheFieldsBesideTheFile) {
  download();
  const std::vector<FieldDefinition> fields = read_fields_beside(csv_);
  ASSERT_EQ(fields.size(), 4);
  EXPECT_EQ(fields[2].name, "kind");
  EXPECT_EQ(fields[2].label, "Kind");
  EXPECT_EQ(fields[2].input_type, "select");
  EXPECT_EQ(fields[2].prefix, "properties");
  EXPECT_EQ(fields[2].kind, FieldKind::Category);
  EXPECT_EQ(label_of(fields[2], "1"), "Phishing");
  EXPECT_EQ(fields[0].kind, std::nullopt);
  EXPECT_TRUE(read_fields_beside((folder_ / "other.csv").string()).empty());
}

TEST_F(IncidentDownload, LeavesTheOldFilesWhereItFails) {
  write_file_atomically(csv_, "old", FileMode::Private);
  platform_.before_page = [&](std::size_t n_asked) {
    if (n_asked == 2) throw RemoteError("gone");
  };
  EXPECT_EQ(error_of<RemoteError>([&] { download(); }), "gone");
  EXPECT_EQ(read_file(csv_), "old");
  EXPECT_EQ(n_files(), 1);
}

TEST_F(IncidentDownload, NeedsFields) {
  EXPECT_EQ(error_of<RemoteError>([&] { download_incidents(platform_, {}, {.path = csv_}, {}); }),
            "the platform names no field of incidents");
}

TEST(IncidentRow, ACellThatCannotBeReadIsEmptyAndNamed) {
  nlohmann::json deep = 1;
  for (int i = 0; i < 200; ++i) deep = nlohmann::json::array({deep});
  const RowText row = incident_row({{"id", 10}, {"name", deep}}, {"name", "id"});
  EXPECT_EQ(row.text, ",10\r\n");
  EXPECT_EQ(row.warnings,
            std::vector<std::string>{"Exception in reading incident field name: incident: field "
                                     "\"name\": nested deeper than 100 levels"});
}

TEST_F(IncidentDownload, StopsWhereThatIsAsked) {
  std::stop_source source;
  FitContext context;
  context.stop = source.get_token();
  const FieldDefinitions definitions = fetch_field_definitions(platform_);
  platform_.before_page = [&](std::size_t) { source.request_stop(); };
  EXPECT_THROW(download_incidents(platform_, definitions, {.path = csv_}, context), Cancelled);
  EXPECT_EQ(n_files(), 0);
}

TEST_F(IncidentDownload, FiltersByADateOfThePlatform) {
  const FieldDefinitions definitions = parse_field_definitions(
      R"([{"name": "seen", "input_type": "datepicker", "prefix": "properties"},
          {"name": "kind", "input_type": "select"}])");
  const auto resolved = [&](const std::string& field) {
    return resolve_time_field({.time_field = field, .from_ms = 1}, definitions).time_field;
  };
  EXPECT_EQ(resolved("seen"), "properties.seen");
  EXPECT_EQ(error_of<InputError>([&] { resolved("sen"); }),
            "time_field: the platform has no field \"sen\"; did you mean \"seen\"?");
  EXPECT_EQ(error_of<InputError>([&] { resolved("kind"); }),
            "time_field: expected a field with dates, got \"kind\", which is a select");
  EXPECT_EQ(resolve_time_field({.time_field = "x"}, definitions).time_field, "x");
}

TEST(FieldFile, RefusesWhatIsNone) {
  const auto refusal = [](const std::string& text) {
    return error_of<InputError>([&] { decode_fields(text, "a.csv.fields.json"); });
  };
  EXPECT_EQ(refusal("{"),
            "a.csv.fields.json: is no JSON from byte 2 on; download again, or remove the file");
  EXPECT_EQ(refusal("[]"),
            "a.csv.fields.json: expected the fields of a download, format 1; download again, or "
            "remove the file");
  EXPECT_EQ(refusal(R"({"format": 1, "fields": [7]})"),
            "a.csv.fields.json: key \"fields\": expected a list of objects");
  EXPECT_EQ(refusal(R"({"format": 1, "fields": [{"name": 7}]})"),
            "a.csv.fields.json: key \"name\": expected a text, got number");
  EXPECT_EQ(refusal(R"({"format": 1, "fields": [{"label": "a"}]})"),
            "a.csv.fields.json: a field has no name");
  EXPECT_EQ(refusal(R"({"format": 1, "fields": [{"name": "a"}, {"name": "a"}]})"),
            "a.csv.fields.json: field \"a\" is there twice");
  EXPECT_EQ(refusal(R"({"format": 1, "fields": [{"name": "a", "kind": "x"}]})"),
            "a.csv.fields.json: kind of field \"a\": expected category, multi-select, boolean, "
            "number, date or text, got \"x\"");
}

}  // namespace
}  // namespace resml
