#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "resml/platform/retry_policy.hpp"
#include "resml/platform/secret.hpp"
#include "resml/settings/ini_file.hpp"

namespace resml {

// The section [resilient], as far as it concerns REST. Values are as substituted.
struct PlatformSettings {
  std::string host;
  unsigned port = 443;
  std::string org;  // its cloud account, uuid or name
  std::string resource_prefix;
  std::string api_key_id;
  Secret api_key_secret;
  std::string email;  // only where there is no API key
  Secret password;
  bool verify_tls = true;
  std::string ca_file;  // empty = the system's
  std::string client_certificate;
  std::string client_key;
  std::string proxy;  // "https://host:port"; empty = what the environment names
  std::string proxy_user;
  Secret proxy_password;
  RetryLimits retries;
  std::string place;  // "ml.config": for messages
  // Spoken each time: verification is off, a secret's name was not found.
  std::vector<std::string> warnings;

  std::string origin() const;  // "https://host:443"
};

// Asked for values that hold a key store's name (^NAME, ^{NAME}) or, inside the platform's
// container, a protected secret's: key -> raw value in, key -> value out; names that are not found
// stay as they stand. `section` has the settings of the key store itself.
using KeyStore = std::function<std::map<std::string, std::string>(
    const IniSection& section, const std::map<std::string, std::string>& values)>;

// InputError "ml.config:3: key "port": expected ..." for a bad value; a missing host, org or log-in
// is named with the file and the section. The key store is asked once, and only if a value needs
// it. Messages never quote a value that a secret may stand in.
PlatformSettings read_platform_settings(const IniFile& file, const Environment& environment,
                                        const KeyStore& key_store);

}  // namespace resml
