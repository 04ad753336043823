#include "resml/platform/key_store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "error_of.hpp"
#include "resml/base/error.hpp"

namespace resml {
namespace {

constexpr const char* kWayOut =
    "; write $NAME instead and set the environment variable of that name";

IniSection section(const std::string& text) {
  return *IniFile::parse("[resilient]\n" + text, "ml.config").section("resilient");
}

// A shell in place of Python.
std::map<std::string, std::string> ask(const std::string& script, const IniSection& from,
                                       const std::stop_token& stop = {}) {
  return command_key_store({"/bin/sh", "-c", script}, stop)(from, {{"password", "^pw"}});
}

std::string error(const std::string& script) {
  return error_of<InputError>([&] { ask(script, section("")); });
}

TEST(KeyStore, GetsTheQuestionOnItsInputAndAnswersOnItsOutput) {
  const auto values = ask(
      R"(read -r question; test "$question" = '{"pam_type":"Keyring","section":"resilient","values":{"password":"^pw"}}' &&
         echo '{"values": {"password": "found", "other": 3}}'; echo noise >&2)",
      section("pam_type = Keyring\n"));
  EXPECT_EQ(values, (std::map<std::string, std::string>{{"password", "found"}}));
}

TEST(KeyStore, SeesNoVariableThatTheSectionTakesSecretsFrom) {
  for (const char* name : {"RESML_TEST_A", "RESML_TEST_B", "RESML_TEST_C"})
    ::setenv(name, "secret", 1);
  const auto values =
      ask(R"(echo "{\"values\": {\"seen\": \"$RESML_TEST_A,$RESML_TEST_B,$RESML_TEST_C\"}}")",
          section("api_key_secret = $RESML_TEST_A\npassword = x${RESML_TEST_B}y\n"));
  EXPECT_EQ(values.at("seen"), ",,secret");
}

TEST(KeyStore, SaysWhyItCannotBeAsked) {
  EXPECT_EQ(error(R"(echo '{"error": "no keyring\u001b"}')"),
            std::string("the key store cannot be asked: \"no keyring\\x1b\"") + kWayOut);
  const std::string nothing =
      std::string(
          "the key store cannot be asked: no Python with this program's package was "
          "found") +
      kWayOut;
  for (const char* script : {"exit 1", "echo hello", "echo '[]'", "echo '{\"values\": 3}'"})
    EXPECT_EQ(error(script), nothing) << script;
  EXPECT_EQ(
      error_of<InputError>([] { command_key_store({"/nowhere/python3"}, {})(section(""), {}); }),
      std::string("the key store cannot be asked: /nowhere/python3: No such file or "
                  "directory") +
          kWayOut);
}

TEST(KeyStore, StopsAtOnce) {
  std::stop_source stop;
  const auto begin = std::chrono::steady_clock::now();
  stop.request_stop();
  EXPECT_EQ(error_of<Cancelled>([&] { ask("exec sleep 60", section(""), stop.get_token()); }),
            "stopped");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace resml
