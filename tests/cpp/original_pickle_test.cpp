#include "resml/pipeline/original_pickle.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "resml/base/file.hpp"
#include "resml/base/rng.hpp"
#include "resml/base/text.hpp"

namespace resml {
namespace {

// Made by tests/data/original_pickle/make.py.
std::string pickle(const std::string& name) {
  return read_file(std::filesystem::path(RESML_TEST_DATA) / "original_pickle" / (name + ".pickle"));
}

const std::string kRefused =
    "incident.ml: a pickle of Machine Learning Function 1.x, which could run code when opened and "
    "is never read as such; ";
const std::string kCommand =
    "res-ml build -o incident.ml -c resilient_incidents.csv --set prediction=severity_code --set "
    "'features=incident_type_ids, confirmed' --set 'algorithm=Decision Tree' --set method=None "
    "--set split=0.5 --set class_weight=balanced --set imbalance_upsampling=false --set "
    "unwanted_values=None";

TEST(OriginalPickle, EveryProtocolBecomesItsCommand) {
  for (const std::string name :
       {"protocol0", "protocol1", "protocol2", "protocol3", "protocol4", "protocol5",
        "python2_protocol0", "python2_protocol1", "runs_code"}) {
    EXPECT_TRUE(is_original_pickle(pickle(name))) << name;
    EXPECT_EQ(original_pickle_message(pickle(name), "incident.ml"),
              kRefused + "build its successor with: " + kCommand)
        << name;
  }
  EXPECT_FALSE(std::filesystem::exists("EXECUTED"));
}

TEST(OriginalPickle, HostileTextsStayTexts) {
  const std::string command =
      R"(res-ml build -o './-a b'\''.ml' -c resilient_incidents.csv)"
      R"( --set 'prediction=it'\''s; touch EXECUTED')"
      R"( --set 'features=$(touch EXECUTED), "`x`", größe, a b')"
      R"( --set method=None --set split=0.3 --set imbalance_upsampling=true)"
      R"( --set unwanted_values=)";
  for (const std::string name : {"hostile0", "hostile4", "hostile_python2"}) {
    const auto settings = read_original_pickle(pickle(name));
    ASSERT_TRUE(settings) << name;
    EXPECT_EQ(replacement_command(*settings, "-a b'.ml"), command) << name;
  }
}

TEST(OriginalPickle, WhatIsNotSaidIsLeftOut) {
  EXPECT_EQ(original_pickle_message(pickle("few"), "incident.ml"),
            kRefused +
                "build its successor with: res-ml build -o incident.ml -c "
                "resilient_incidents.csv --set prediction=owner_id --set features=a");
  EXPECT_EQ(original_pickle_message(pickle("only_code"), "incident.ml"),
            kRefused + "build a new model with res-ml build");
}

TEST(OriginalPickle, NoListOfUnwantedValuesMeansAnEmptyOne) {
  const auto settings = read_original_pickle(pickle("no_list"));
  ASSERT_TRUE(settings);
  EXPECT_TRUE(replacement_command(*settings, "a.ml").ends_with(" --set unwanted_values="));
}

TEST(OriginalPickle, OtherFilesAreNotTakenForOne) {
  for (const std::string text :
       {"", "\x80", "\x80\x06.", "created,confirmed\n", "config\nname\n", "(c\n", "(i",
        "\x18\x01\x00\x00\x00\x00\x00\x00{\"__metadata__\":"})
    EXPECT_FALSE(is_original_pickle(text)) << quoted(text);
}

TEST(OriginalPickle, APrefixHasTheSettingsOrNone) {
  for (const std::string name : {"protocol0", "protocol4", "python2_protocol1"}) {
    const std::string whole = pickle(name);
    std::size_t n_found = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto settings = read_original_pickle(whole.substr(0, size));
      if (!settings) continue;
      EXPECT_EQ(replacement_command(*settings, "incident.ml"), kCommand);
      ++n_found;
    }
    // What stands behind the settings is not needed.
    EXPECT_GT(n_found, 10U) << name;
    EXPECT_LT(n_found, whole.size() / 2) << name;
  }
}

TEST(OriginalPickle, GarbageEndsTheScan) {
  Rng rng(7);
  const std::string whole = pickle("protocol4");
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(rng.below(200), '\0');
    for (char& c : bytes) c = static_cast<char>(rng.below(256));
    EXPECT_FALSE(read_original_pickle(bytes));
    std::string changed = whole;
    for (int k = 0; k < 3; ++k)
      changed[rng.below(changed.size())] = static_cast<char>(rng.below(256));
    const auto settings = read_original_pickle(changed);
    EXPECT_TRUE(!settings || !settings->features.empty());
  }
}

std::string repeated(const std::string& text, std::size_t n) {
  std::string out;
  out.reserve(n * text.size());
  for (std::size_t i = 0; i < n; ++i) out += text;
  return out;
}

// An object with these attributes and a field to predict.
std::string object_with(const std::string& attributes) {
  return "\x80\x04N}(X\x0d" + std::string(3, '\0') + "predict_fieldX\1" + std::string(3, '\0') +
         "p" + attributes + "ub.";
}
std::string text_opcode(const std::string& text) {
  return std::string("\x8c") + static_cast<char>(text.size()) + text;
}

TEST(OriginalPickle, LimitsHold) {
  const std::string before = "\x80\x04";
  const std::string config =
      object_with(text_opcode("selected_features") + "]" + text_opcode("a") + "a").substr(2);
  EXPECT_TRUE(read_original_pickle(before + repeated("N0]0(l(", 1000) +
                                   std::string("Nr\xff\xff\0\0", 6) + config));
  // Too many opcodes, too many values, open marks, nested lists, a memo beyond its limit.
  EXPECT_FALSE(read_original_pickle(before + repeated("N0", 5 << 20) + config));
  EXPECT_FALSE(read_original_pickle(before + repeated("]0", 2 << 20) + config));
  EXPECT_FALSE(read_original_pickle(before + repeated("(", 9 << 20) + config));
  EXPECT_FALSE(read_original_pickle(before + repeated("(l", 2 << 20) + config));
  EXPECT_FALSE(read_original_pickle(before + "Nr\xff\xff\xff\xff" + config));
  EXPECT_FALSE(read_original_pickle(before + "X\xff\xff\xff\xff" + config));
  EXPECT_FALSE(read_original_pickle(before + "\x8e\xff\xff\xff\xff\xff\xff\xff\xff" + config));
  // A list that contains itself is no list of names.
  EXPECT_FALSE(read_original_pickle(
      object_with(text_opcode("selected_features") + "]q" + '\0' + "h" + '\0' + "a")));
  // More features than any form has; a text longer than any name.
  EXPECT_FALSE(read_original_pickle(object_with(text_opcode("selected_features") + "](" +
                                                repeated(text_opcode("a"), 1001) + "e")));
  EXPECT_FALSE(read_original_pickle(object_with(text_opcode("selected_features") + "]B" +
                                                std::string("\xe9\x03\0\0", 4) +
                                                std::string(1001, 'a') + "a")));
}

}  // namespace
}  // namespace resml
