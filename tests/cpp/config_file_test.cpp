#include "resml/settings/config_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "resml/base/text.hpp"
#include "resml/settings/machine_learning_settings.hpp"
#include "temp_folder.hpp"

namespace resml {
namespace {

namespace fs = std::filesystem;

// "[section]" and "key = value" as they stand in the sample; commented keys with their "#".
std::vector<std::string> lines_of_keys() {
  std::vector<std::string> lines;
  const std::string text = sample_config();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (!line.empty() && !line.starts_with("# ")) lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

TEST(SampleConfig, HasTheKeysOfTheOriginal) {
  EXPECT_EQ(lines_of_keys(),
            (std::vector<std::string>{
                "[resilient]", "host = soar.example.com", "org = My Organization",
                "api_key_id = 00000000-0000-0000-0000-000000000000",
                "api_key_secret = $API_KEY_SECRET", "#email = me@example.com",
                "#password = $PASSWORD", "[machine_learning]", "prediction = severity_code",
                "features = incident_type_ids, confirmed, negative_pr_likely, nist_attack_vectors",
                "algorithm = Logistic Regression", "method = None", "split = 0.5",
                "class_weight = balanced", "#imbalance_upsampling = true", "unwanted_values = None",
                "#time_start = 2018-10-01", "#time_end = 2018-10-08", "#max_count = 10000"}));
}

TEST(SampleConfig, EveryKeyHasItsComment) {
  const std::string text = sample_config();
  for (const std::string& line : lines_of_keys()) {
    const std::size_t before = text.rfind('\n', text.find('\n' + line + '\n') - 1);
    EXPECT_EQ(text.substr(before + 1, 2), "# ") << line;
  }
}

TEST(SampleConfig, GivesTheDocumentedValues) {
  const IniFile file = IniFile::parse(sample_config(), "ml.config");
  const auto settings =
      read_machine_learning_settings(&file, {}, [](const std::string&) { return std::nullopt; });
  EXPECT_EQ(settings.prediction, "severity_code");
  EXPECT_EQ(settings.features,
            (std::vector<std::string>{"incident_type_ids", "confirmed", "negative_pr_likely",
                                      "nist_attack_vectors"}));
  EXPECT_EQ(settings.algorithm, "Logistic Regression");
  EXPECT_EQ(settings.method, "None");
  EXPECT_EQ(settings.split, 0.5);
  EXPECT_TRUE(settings.class_weight.balanced);
  EXPECT_FALSE(settings.imbalance_upsampling);
  EXPECT_EQ(settings.unwanted_values, std::vector<std::string>{"None"});
  EXPECT_TRUE(settings.learner_options.empty());
}

// A folder of its own for each test, with a home in it.
class FindConfigFile : public ::testing::Test {
 protected:
  FindConfigFile() { fs::create_directories(folder_ / "home/.resilient"); }

  void make(const std::string& name) { std::ofstream(folder_ / name) << "[resilient]\n"; }

  // What is found, the folder shown as "."; `named` is APP_CONFIG_FILE.
  std::string find(const std::string& given, const std::string& named = "") const {
    const auto environment = [&](const std::string& name) -> std::optional<std::string> {
      if (name == "HOME") return (folder_ / "home").string();
      if (name == "APP_CONFIG_FILE") return named;
      return std::nullopt;
    };
    const auto found = find_config_file(given, folder_, environment);
    if (!found) return "(nothing)";
    const std::string path = found->string();
    return path.starts_with(folder_.string()) ? '.' + path.substr(folder_.string().size()) : path;
  }

  const TempFolder temp_;
  const fs::path& folder_ = temp_.path();
};

TEST_F(FindConfigFile, TakesTheFirstThatThereIs) {
  EXPECT_EQ(find(""), "(nothing)");
  make("home/.resilient/app.config");
  EXPECT_EQ(find(""), "./home/.resilient/app.config");
  make("app.config");
  EXPECT_EQ(find(""), "./app.config");
  EXPECT_EQ(find("", "/etc/some.config"), "/etc/some.config");
  EXPECT_EQ(find("", "~/some.config"), "./home/some.config");
  EXPECT_EQ(find("", "~other/some.config"), "~other/some.config");
  make("ml.config");
  EXPECT_EQ(find("", "/etc/some.config"), "./ml.config");
  EXPECT_EQ(find("mine.config", "/etc/some.config"), "mine.config");
}

}  // namespace
}  // namespace resml
