#include "resml/platform/platform_settings.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/base/utf8.hpp"
#include "resml/settings/config_file.hpp"

namespace resml {
namespace {

constexpr std::string_view kSection = "resilient";

// The keys that concern REST; others of the section belong to the platform's framework.
constexpr std::array kKeys = {"host",
                              "port",
                              "org",
                              "api_key_id",
                              "api_key_secret",
                              "email",
                              "password",
                              "cafile",
                              "resource_prefix",
                              "proxy_host",
                              "proxy_port",
                              "proxy_user",
                              "proxy_password",
                              "client_auth_cert",
                              "client_auth_key",
                              "request_max_retries",
                              "request_retry_delay",
                              "request_retry_backoff"};

// A whole number and its bounds.
struct Range {
  std::uint32_t low;
  std::uint32_t high;
};

bool is_set(const Environment& environment, const char* name) {
  return !environment(name).value_or("").empty();
}

bool is_in_app_host(const Environment& environment) {
  const std::string value = lower_case(environment("APP_HOST_CONTAINER").value_or(""));
  return value == "1" || value == "true" || value == "yes" || value == "on";
}

bool names_a_variable(std::string_view value) {
  return (value.starts_with('$') && value.size() > 1) || value.find("${") != std::string_view::npos;
}

bool names_a_key(std::string_view value) {
  return (value.starts_with('^') && value.size() > 1) || value.find("^{") != std::string_view::npos;
}

class SectionReader {
 public:
  SectionReader(const IniFile& file, const Environment& environment, const KeyStore& key_store);

  // "" if the key is not there.
  std::string text(const char* key) const;
  std::string line(const char* key) const;  // without control characters
  std::string required(const char* key) const;
  std::string existing_file(const char* key) const;
  std::uint32_t whole(const char* key, Range range, std::uint32_t otherwise) const;
  template <class... Parts>
  [[noreturn]] void fail(const char* key, const Parts&... parts) const {
    throw InputError(place(key), ": ", parts...);
  }
  std::vector<std::string> unknown_names() const;

 private:
  std::string place(std::string_view key) const;
  // As the file has it, so that nothing secret is shown.
  std::string raw(const char* key) const { return section_.find(key)->value; }
  void ask(const KeyStore& key_store, std::map<std::string, std::string> values);

  const IniFile& file_;
  const IniSection& section_;
  const Environment& environment_;
  std::map<std::string, std::string, std::less<>> values_;
};

const IniSection& find_section(const IniFile& file) {
  const IniSection* section = file.section(kSection);
  if (section == nullptr) {
    throw InputError(file.name(), ": no section [", kSection,
                     "], which says where the platform is; res-ml config writes a sample");
  }
  return *section;
}

SectionReader::SectionReader(const IniFile& file, const Environment& environment,
                             const KeyStore& key_store)
    : file_(file), section_(find_section(file)), environment_(environment) {
  std::map<std::string, std::string> protected_values;
  std::map<std::string, std::string> key_values;
  for (const char* key : kKeys) {
    if (const IniEntry* entry = section_.find(key)) values_[key] = entry->value;
  }
  // Inside the platform's container $NAME is a protected secret first, and these are Python's too.
  for (const auto& [key, value] : values_) {
    if (is_in_app_host(environment) && (names_a_variable(value) || names_a_key(value)))
      protected_values[key] = value;
  }
  ask(key_store, protected_values);
  for (auto& [key, value] : values_) {
    value = substitute(value, environment);
    if (protected_values.empty() && names_a_key(value)) key_values[key] = value;
  }
  ask(key_store, key_values);
}

void SectionReader::ask(const KeyStore& key_store, std::map<std::string, std::string> values) {
  if (values.empty()) return;
  try {
    for (auto& [key, value] : key_store(section_, values)) values_[key] = value;
  } catch (const InputError& error) {
    throw InputError(place(values.begin()->first), ": ", error.what());
  }
}

std::string SectionReader::place(std::string_view key) const {
  return concat(file_.name(), ':', section_.find(key)->line, ": key ", quoted(key));
}

std::string SectionReader::text(const char* key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return "";
  if (find_invalid_utf8(found->second) != std::string_view::npos)
    fail(key, "expected UTF-8, got other bytes");
  return found->second;
}

std::string SectionReader::line(const char* key) const {
  const std::string value = text(key);
  const bool is_line = std::all_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
  if (!is_line) fail(key, "expected one line, got ", quoted(raw(key)));
  return value;
}

std::string SectionReader::required(const char* key) const {
  std::string value = line(key);
  if (value.empty())
    throw InputError(file_.name(), ": section [", kSection, "]: key ", quoted(key), " is missing");
  return value;
}

std::string SectionReader::existing_file(const char* key) const {
  std::string path = expand_home(line(key), environment_).string();
  std::error_code ignored;
  if (!path.empty() && !std::filesystem::is_regular_file(path, ignored))
    fail(key, "expected an existing file, got ", quoted(raw(key)));
  return path;
}

std::uint32_t SectionReader::whole(const char* key, Range range, std::uint32_t otherwise) const {
  const std::string value = line(key);
  if (value.empty()) return otherwise;
  const auto number = parse_whole<std::uint32_t>(value);
  if (!number || *number < range.low || *number > range.high) {
    fail(key, "expected a whole number from ", range.low, " to ", range.high, ", got ",
         quoted(raw(key)));
  }
  return *number;
}

// A name that nobody knows stays as it is, as the platform does it: a password may begin with "$".
std::vector<std::string> SectionReader::unknown_names() const {
  std::vector<std::string> warnings;
  for (const auto& [key, value] : values_) {
    if (value != section_.find(key)->value || !(names_a_variable(value) || names_a_key(value)))
      continue;
    warnings.push_back(
        concat(place(key), ": ",
               names_a_variable(value) ? "no environment variable" : "no entry of the key store",
               " of that name; the value is used as it stands"));
  }
  return warnings;
}

std::string read_host(const SectionReader& reader) {
  std::string host = reader.required("host");
  if (host.find_first_of("/@?# \\") != std::string::npos)
    reader.fail("host", "expected the name of a server, like soar.example.com, without https://");
  return host;
}

// "/api/respond": begins with a slash and does not end with one.
std::string read_prefix(const SectionReader& reader, const Environment& environment) {
  std::string prefix = environment("RESOURCE_PREFIX").value_or(reader.line("resource_prefix"));
  if (prefix.find_first_of(" ?#\r\n\t") != std::string::npos)
    throw InputError("resource_prefix: expected a path like /api/respond, got ", quoted(prefix));
  while (prefix.ends_with('/')) prefix.pop_back();
  return prefix.empty() || prefix.starts_with('/') ? prefix : "/" + prefix;
}

void read_log_in(const SectionReader& reader, PlatformSettings& settings) {
  settings.api_key_id = reader.line("api_key_id");
  settings.api_key_secret = Secret(reader.text("api_key_secret"));
  settings.email = reader.line("email");
  settings.password = Secret(reader.text("password"));
  if (!settings.api_key_id.empty() && !settings.api_key_secret.empty()) {
    settings.email.clear();
    settings.password = {};
    return;
  }
  if (settings.email.empty() || settings.password.empty()) {
    throw InputError(settings.place, ": section [", kSection,
                     "]: no log-in; give api_key_id and api_key_secret, or email and password");
  }
  settings.api_key_id.clear();
}

// "false" in any case turns verification off (OB-DL-03).
void read_tls(const SectionReader& reader, const Environment& environment,
              PlatformSettings& settings) {
  if (lower_case(reader.text("cafile")) == "false") {
    settings.verify_tls = false;
    settings.warnings.push_back(concat(settings.place, ": cafile = false: the certificate of ",
                                       settings.host,
                                       " is not checked; anybody in between can read along"));
  } else {
    settings.ca_file = reader.existing_file("cafile");
  }
  // The platform's Python client takes its trust from there.
  for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
    if (settings.ca_file.empty()) settings.ca_file = environment(name).value_or("");
  }
  settings.client_certificate = reader.existing_file("client_auth_cert");
  settings.client_key = reader.existing_file("client_auth_key");
}

// Where the environment names a proxy, it holds, with its exceptions.
void read_proxy(const SectionReader& reader, const Environment& environment,
                PlatformSettings& settings) {
  const std::string host = reader.line("proxy_host");
  for (const char* name : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY"}) {
    if (is_set(environment, name)) return;
  }
  if (host.empty()) return;
  const std::uint32_t port = reader.whole("proxy_port", {1, 65535}, 0);
  if (port == 0) reader.fail("proxy_host", "needs the key \"proxy_port\" as well");
  const std::string scheme = host.find("://") == std::string::npos ? "https://" : "";
  settings.proxy = concat(scheme, host, ':', port);
  settings.proxy_user = reader.line("proxy_user");
  settings.proxy_password = Secret(reader.text("proxy_password"));
}

RetryLimits read_retries(const SectionReader& reader) {
  RetryLimits limits;
  limits.max_attempts = reader.whole("request_max_retries", {1, 1000}, limits.max_attempts);
  const auto first = std::chrono::duration_cast<std::chrono::seconds>(limits.first_wait);
  limits.first_wait = std::chrono::seconds(
      reader.whole("request_retry_delay", {0, 3600}, static_cast<std::uint32_t>(first.count())));
  limits.backoff =
      reader.whole("request_retry_backoff", {1, 100}, static_cast<std::uint32_t>(limits.backoff));
  return limits;
}

}  // namespace

std::string PlatformSettings::origin() const {
  const bool is_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return concat("https://", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", ':', port);
}

PlatformSettings read_platform_settings(const IniFile& file, const Environment& environment,
                                        const KeyStore& key_store) {
  const SectionReader reader(file, environment, key_store);
  PlatformSettings settings;
  settings.place = file.name();
  settings.warnings = reader.unknown_names();
  settings.host = read_host(reader);
  settings.port = reader.whole("port", {1, 65535}, settings.port);
  settings.org = reader.required("org");
  settings.resource_prefix = read_prefix(reader, environment);
  read_log_in(reader, settings);
  read_tls(reader, environment, settings);
  read_proxy(reader, environment, settings);
  settings.retries = read_retries(reader);
  return settings;
}

}  // namespace resml
