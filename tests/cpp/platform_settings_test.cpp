#include "resml/platform/platform_settings.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <type_traits>

#include "error_of.hpp"
#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "temp_folder.hpp"

namespace resml {
namespace {

using Variables = std::map<std::string, std::string>;
using Values = std::map<std::string, std::string>;

constexpr const char* kKey = "api_key_id = id\napi_key_secret = s3cret\n";
constexpr const char* kPlace = "host = soar.example.com\norg = Demo\n";

Environment environment(Variables variables = {}) {
  return [variables = std::move(variables)](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

// A key store that knows nothing and must not be asked.
const KeyStore no_store = [](const IniSection&, const Values&) -> Values {
  ADD_FAILURE() << "the key store was asked";
  return {};
};

PlatformSettings read(const std::string& keys, const Variables& variables = {},
                      const KeyStore& store = no_store) {
  return read_platform_settings(IniFile::parse("[resilient]\n" + keys, "ml.config"),
                                environment(variables), store);
}

std::string error(const std::string& keys, const Variables& variables = {},
                  const KeyStore& store = no_store) {
  return error_of<InputError>([&] { read(keys, variables, store); });
}

std::string both(const std::string& keys) { return std::string(kPlace) + kKey + keys; }

TEST(PlatformSettings, RefusesAVariableThatIsNoText) {
  EXPECT_EQ(error("host = $HOST\norg = Demo\n" + std::string(kKey), {{"HOST", "soar\xe4"}}),
            "ml.config:2: key \"host\": expected UTF-8, got other bytes");
}

TEST(PlatformSettings, ReadsTheSection) {
  const PlatformSettings settings = read(
      both("port = 8443\nresource_prefix = api/respond/\nrequest_max_retries = 7\n"
           "request_retry_delay = 1\nrequest_retry_backoff = 3\nproxy_host = proxy.example.com\n"
           "proxy_port = 3128\nproxy_user = me\nproxy_password = pp\nnum_workers = 25\n"));
  EXPECT_EQ(settings.origin(), "https://soar.example.com:8443");
  EXPECT_EQ(settings.org, "Demo");
  EXPECT_EQ(settings.api_key_id, "id");
  EXPECT_EQ(settings.api_key_secret.reveal(), "s3cret");
  EXPECT_EQ(settings.resource_prefix, "/api/respond");
  EXPECT_EQ(settings.retries.max_attempts, 7U);
  EXPECT_EQ(settings.retries.first_wait, std::chrono::seconds(1));
  EXPECT_EQ(settings.retries.backoff, 3);
  EXPECT_EQ(settings.proxy, "https://proxy.example.com:3128");
  EXPECT_EQ(settings.proxy_user, "me");
  EXPECT_EQ(settings.proxy_password.reveal(), "pp");
  EXPECT_TRUE(settings.verify_tls);
  EXPECT_TRUE(settings.warnings.empty());
}

TEST(PlatformSettings, HasDefaults) {
  const PlatformSettings settings = read(both(""));
  EXPECT_EQ(settings.origin(), "https://soar.example.com:443");
  EXPECT_EQ(settings.proxy, "");
  EXPECT_EQ(settings.ca_file, "");
  EXPECT_EQ(settings.retries.max_attempts, 5U);
  EXPECT_EQ(settings.retries.first_wait, std::chrono::seconds(2));
  EXPECT_EQ(settings.retries.backoff, 2);
}

TEST(PlatformSettings, AnApiKeyWinsOverAnAccount) {
  const PlatformSettings key = read(both("email = me@example.com\npassword = p\n"));
  EXPECT_EQ(key.email + key.password.reveal(), "");
  const PlatformSettings account =
      read(concat(kPlace, "api_key_id = half\nemail = me@example.com\npassword = p\n"));
  EXPECT_EQ(account.email, "me@example.com");
  EXPECT_EQ(account.api_key_id, "");
}

TEST(PlatformSettings, NamesWhatIsMissing) {
  EXPECT_EQ(error_of<InputError>([] {
              read_platform_settings(IniFile::parse("[a]\n", "ml.config"), environment(), no_store);
            }),
            "ml.config: no section [resilient], which says where the platform is; res-ml config "
            "writes a sample");
  EXPECT_EQ(error(concat("org = Demo\n", kKey)),
            "ml.config: section [resilient]: key \"host\" is missing");
  EXPECT_EQ(error(concat("host = a\n", kKey)),
            "ml.config: section [resilient]: key \"org\" is missing");
  const std::string log_in =
      "ml.config: section [resilient]: no log-in; give api_key_id and api_key_secret, or email and "
      "password";
  EXPECT_EQ(error(kPlace), log_in);
  EXPECT_EQ(error(concat(kPlace, "api_key_id = a\nemail = b\n")), log_in);
  EXPECT_EQ(error(concat(kPlace, "email = b\npassword =\n")), log_in);
}

TEST(PlatformSettings, NamesWhatIsWrong) {
  const auto port = [](const std::string& value) { return error(both("port = " + value)); };
  EXPECT_EQ(port("0"),
            "ml.config:6: key \"port\": expected a whole number from 1 to 65535, got \"0\"");
  EXPECT_EQ(port("443x"),
            "ml.config:6: key \"port\": expected a whole number from 1 to 65535, got \"443x\"");
  EXPECT_EQ(error(both("request_max_retries = many")),
            "ml.config:6: key \"request_max_retries\": expected a whole number from 1 to 1000, got "
            "\"many\"");
  EXPECT_EQ(error(both("proxy_host = p")),
            "ml.config:6: key \"proxy_host\": needs the key \"proxy_port\" as well");
  EXPECT_EQ(error(concat("host = https://a/\norg = b\n", kKey)),
            "ml.config:2: key \"host\": expected the name of a server, like soar.example.com, "
            "without https://");
  EXPECT_EQ(error(concat("host = a\n  b\norg = b\n", kKey)),
            "ml.config:2: key \"host\": expected one line, got \"a\\nb\"");
  EXPECT_EQ(error(both("resource_prefix = /a b")),
            "resource_prefix: expected a path like /api/respond, got \"/a b\"");
  EXPECT_EQ(error(both("cafile = /nowhere/ca.pem")),
            "ml.config:6: key \"cafile\": expected an existing file, got \"/nowhere/ca.pem\"");
  EXPECT_EQ(error(both("client_auth_cert = /nowhere/c.pem")),
            "ml.config:6: key \"client_auth_cert\": expected an existing file, got "
            "\"/nowhere/c.pem\"");
}

TEST(PlatformSettings, CafileIsAFileOrFalse) {
  const TempFolder folder;
  const std::string path = (folder.path() / "ca.pem").string();
  std::ofstream(path) << "x";
  EXPECT_EQ(read(both("cafile = " + path)).ca_file, path);
  EXPECT_EQ(read(both("cafile = ~/ca.pem"), {{"HOME", folder.path().string()}}).ca_file, path);
  EXPECT_EQ(read(both(""), {{"REQUESTS_CA_BUNDLE", path}}).ca_file, path);
  for (const char* off : {"false", "False", "FALSE"}) {
    const PlatformSettings settings = read(both(concat("cafile = ", off)));
    EXPECT_FALSE(settings.verify_tls);
    EXPECT_EQ(settings.warnings,
              std::vector<std::string>{"ml.config: cafile = false: the certificate of "
                                       "soar.example.com is not checked; anybody in between can "
                                       "read along"});
  }
}

TEST(PlatformSettings, TheEnvironmentComesFirst) {
  const std::string proxy = "proxy_host = http://p\nproxy_port = 1\n";
  EXPECT_EQ(read(both(proxy)).proxy, "http://p:1");
  EXPECT_EQ(read(both(proxy), {{"HTTPS_PROXY", "http://other:2"}}).proxy, "");
  EXPECT_EQ(read(both("resource_prefix = /a"), {{"RESOURCE_PREFIX", "/b"}}).resource_prefix, "/b");
}

TEST(PlatformSettings, ReplacesVariables) {
  const PlatformSettings settings = read(
      "host = ${NAME}.example.com\norg = Demo\napi_key_id = a$ID\napi_key_secret = $SECRET\n"
      "port = $PORT\n",
      {{"NAME", "soar"}, {"ID", "x"}, {"SECRET", "^really"}, {"PORT", "9"}},
      [](const IniSection&, const Values& values) { return values; });
  EXPECT_EQ(settings.host, "soar.example.com");
  EXPECT_EQ(settings.api_key_id, "a$ID");
  EXPECT_EQ(settings.api_key_secret.reveal(), "^really");
  EXPECT_EQ(settings.port, 9U);
}

TEST(PlatformSettings, ANameThatNobodyKnowsIsUsedAsItStandsAndTold) {
  const PlatformSettings settings =
      read(concat(kPlace, "api_key_id = ^key\napi_key_secret = $Shh\n"), {},
           [](const IniSection&, const Values& values) { return values; });
  EXPECT_EQ(settings.api_key_id, "^key");
  EXPECT_EQ(settings.api_key_secret.reveal(), "$Shh");
  EXPECT_EQ(settings.warnings,
            (std::vector<std::string>{
                "ml.config:4: key \"api_key_id\": no entry of the key store of that name; the "
                "value is used as it stands",
                "ml.config:5: key \"api_key_secret\": no environment variable of that name; the "
                "value is used as it stands"}));
}

TEST(PlatformSettings, TheKeyStoreIsAskedOnceForWhatNeedsIt) {
  int n_asked = 0;
  const PlatformSettings settings =
      read("host = h\norg = Demo\napi_key_id = ${A}^{B}\napi_key_secret = ^C\npam_type = Keyring\n",
           {{"A", "a"}}, [&](const IniSection& section, const Values& values) {
             ++n_asked;
             EXPECT_EQ(section.find("pam_type")->value, "Keyring");
             EXPECT_EQ(values, (Values{{"api_key_id", "a^{B}"}, {"api_key_secret", "^C"}}));
             return Values{{"api_key_id", "ab"}, {"api_key_secret", "c"}};
           });
  EXPECT_EQ(n_asked, 1);
  EXPECT_EQ(settings.api_key_id, "ab");
  EXPECT_EQ(settings.api_key_secret.reveal(), "c");
}

TEST(PlatformSettings, AKeyStoreThatFailsIsNamedWithItsKey) {
  EXPECT_EQ(error(concat(kPlace, "api_key_id = a\napi_key_secret = ^C\n"), {},
                  [](const IniSection&, const Values&) -> Values {
                    throw InputError("the key store cannot be asked: no Python");
                  }),
            "ml.config:5: key \"api_key_secret\": the key store cannot be asked: no Python");
}

// Inside the platform's container a protected secret wins over a variable of the same name.
TEST(PlatformSettings, ProtectedSecretsComeFirstInTheContainer) {
  const PlatformSettings settings =
      read(concat(kPlace, "api_key_id = $ID\napi_key_secret = $SECRET\n"),
           {{"APP_HOST_CONTAINER", "True"}, {"ID", "variable"}, {"SECRET", "variable"}},
           [](const IniSection&, Values values) {
             values["api_key_secret"] = "protected";
             return values;
           });
  EXPECT_EQ(settings.api_key_id, "variable");
  EXPECT_EQ(settings.api_key_secret.reveal(), "protected");
}

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, CannotBeWrittenIntoAMessage) {
  static_assert(Streamable<std::string>);
  static_assert(!Streamable<Secret>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  const std::string told = error(both("api_key_secret_2 = x\nport = $P\n"), {{"P", "s3cret"}});
  EXPECT_EQ(told, "ml.config:7: key \"port\": expected a whole number from 1 to 65535, got \"$P\"");
}

}  // namespace
}  // namespace resml
