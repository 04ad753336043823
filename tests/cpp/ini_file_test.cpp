#include "resml/settings/ini_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

// Of the section [a], one key a line, written as key=<value>.
std::string section_a(const std::string& text) {
  const IniFile file = IniFile::parse(text, "ml.config");
  const IniSection* section = file.section("a");
  if (section == nullptr) return "(no section)";
  std::string out;
  for (const IniEntry& entry : section->entries) {
    std::string value = entry.value;
    std::replace(value.begin(), value.end(), '\n', '|');
    out += concat(entry.key, '=', value, ';');
  }
  return out;
}

std::string error_of_text(const std::string& text) {
  return error_of<InputError>([&] { IniFile::parse(text, "ml.config"); });
}

// What configparser.ConfigParser(interpolation=None) of Python 3.11 makes of the same texts.
TEST(IniFile, ReadsWhatConfigParserReads) {
  EXPECT_EQ(section_a("[a]\nk=v\n  more\n\n  again\nx=1\n"), "k=v|more||again;x=1;");
  EXPECT_EQ(section_a("[a]\nk=v\n# c\n  more\n"), "k=v|more;");
  EXPECT_EQ(section_a("[a]\nk=v\n  ;c\n  more\n"), "k=v|more;");
  EXPECT_EQ(section_a("[a]\n  k=v\n  x=2\n"), "k=v;x=2;");
  EXPECT_EQ(section_a("[a]\n k=v\nx=1\n  y\n"), "k=v;x=1|y;");
  EXPECT_EQ(section_a("[a]\nK = v\n   [b]\n"), "k=v|[b];");
  EXPECT_EQ(section_a("[a] x\nk=v"), "k=v;");
  EXPECT_EQ(section_a("[a]\nk=\n  v1\n  v2\n"), "k=|v1|v2;");
  EXPECT_EQ(section_a("[a]\nk=v\n\n\n  w"), "k=v|||w;");
  EXPECT_EQ(section_a("[a]\nk=v\n\n\nx=1\n\n"), "k=v;x=1;");
  EXPECT_EQ(section_a("[a]\r\nk=v\r\n w\r\n"), "k=v|w;");
  EXPECT_EQ(section_a("[a]\rk=v\rx=w"), "k=v;x=w;");
  EXPECT_EQ(section_a("[a]\nk : v = 2\n"), "k=v = 2;");
  EXPECT_EQ(section_a("[a]\nk = v ; no comment\nempty =\np = %(x)s%\n"),
            "k=v ; no comment;empty=;p=%(x)s%;");
  EXPECT_EQ(section_a("\xef\xbb\xbf[a]\nk=\xc3\xa4\n"), "k=\xc3\xa4;");
  EXPECT_EQ(section_a("[A]\nk=1\n"), "(no section)");
}

TEST(IniFile, EverySectionInheritsTheDefaults) {
  EXPECT_EQ(section_a("[DEFAULT]\nq=1\nr=5\n[a]\nk=2\nr=6\n[DEFAULT]\nz=3"), "k=2;r=6;q=1;z=3;");
  const IniFile file = IniFile::parse("[DEFAULT]\nq=1\n\n[a]\nk=2\n", "ml.config");
  const IniSection* section = file.section("a");
  ASSERT_NE(section, nullptr);
  EXPECT_EQ(section->line, 4U);
  EXPECT_EQ(section->find("k")->line, 5U);
  EXPECT_FALSE(section->find("k")->inherited);
  EXPECT_EQ(section->find("q")->line, 2U);
  EXPECT_TRUE(section->find("q")->inherited);
  EXPECT_EQ(section->find("x"), nullptr);
}

TEST(IniFile, NamesTheLineThatIsWrong) {
  const std::string neither =
      "ml.config:2: expected \"key = value\", \"[section]\" or a comment, got neither";
  EXPECT_EQ(error_of_text("[a]\nsecret\n"), neither);
  EXPECT_EQ(error_of_text("[a]\n= secret\n"), neither);
  EXPECT_EQ(error_of_text("[a]\n[]\n"), neither);
  EXPECT_EQ(error_of_text("[a]\n[b\n"), neither);
  EXPECT_EQ(error_of_text("# c\nk = v\n"),
            "ml.config:2: expected a section before the first key; begin with "
            "[machine_learning]");
  EXPECT_EQ(error_of_text("[a]\nk=1\n\nK=2\n"),
            "ml.config:4: key \"k\" appears twice in [a], first in line 2");
  EXPECT_EQ(error_of_text("[DEFAULT]\nk=1\n[DEFAULT]\nk=2\n"),
            "ml.config:4: key \"k\" appears twice in [DEFAULT], first in line 2");
  EXPECT_EQ(error_of_text("[a]\n[b]\n[a]\n"),
            "ml.config:3: section \"a\" appears twice, first in line 1");
  EXPECT_EQ(error_of_text("[a]\nk=\xe4\n"), "ml.config:2: expected UTF-8, got byte 228");
}

TEST(IniFile, NamesTheFileThatCannotBeRead) {
  EXPECT_EQ(error_of<InputError>([] { IniFile::read("/nowhere/ml.config"); }),
            "/nowhere/ml.config: cannot be read: No such file or directory");
}

TEST(Substitute, ReplacesWhatIsSetAndLeavesTheRest) {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOST") return "soar.example";
    if (name == "LOOP") return "${LOOP}";
    return std::nullopt;
  };
  const auto after = [&](std::string_view value) { return substitute(value, environment); };
  EXPECT_EQ(after("$HOST"), "soar.example");
  EXPECT_EQ(after("$NONE"), "$NONE");
  EXPECT_EQ(after("a$HOST"), "a$HOST");
  EXPECT_EQ(after("$"), "$");
  EXPECT_EQ(after(""), "");
  EXPECT_EQ(after("https://${HOST}:${NONE}/${HOST}"), "https://soar.example:${NONE}/soar.example");
  EXPECT_EQ(after("$HOST${HOST}"), "$HOSTsoar.example");
  EXPECT_EQ(after("${HOST"), "${HOST");
  EXPECT_EQ(after("x${LOOP}${}"), "x${LOOP}${}");
  EXPECT_EQ(after("^HOST"), "^HOST");
}

}  // namespace
}  // namespace resml
