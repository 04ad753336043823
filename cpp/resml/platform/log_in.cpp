#include "resml/platform/log_in.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

using nlohmann::json;

constexpr const char* kTarget = "/rest/session?include_permissions=false";

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');  // and the NUL that OpenSSL writes
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// What the server made up and we send back: it may not begin a header of its own.
bool fits_a_header(std::string_view text) {
  return !text.empty() && text.size() < 4096 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string cookies_of(const HttpResponse& answer) {
  std::string cookies;
  for (const auto& [name, value] : answer.headers) {
    const std::string_view cookie = trimmed(std::string_view(value).substr(0, value.find(';')));
    if (name != "set-cookie" || !fits_a_header(cookie)) continue;
    if (!cookies.empty()) cookies += "; ";
    cookies += cookie;
  }
  return cookies;
}

bool is_named(const json& organization, const std::string& wanted) {
  return text_under(organization, "cloud_account") == wanted ||
         text_under(organization, "uuid") == wanted || text_under(organization, "name") == wanted;
}

}  // namespace

HttpRequest log_in_request(const PlatformSettings& settings) {
  HttpRequest request{.method = "GET",
                      .target = settings.resource_prefix + kTarget,
                      .headers = {"Accept: application/json", "Content-Type: application/json"},
                      .body = {}};
  if (!settings.api_key_id.empty()) {
    request.headers.push_back("Authorization: Basic " +
                              base64(settings.api_key_id + ":" + settings.api_key_secret.reveal()));
    return request;
  }
  nlohmann::ordered_json body;
  body["email"] = settings.email;
  body["password"] = settings.password.reveal();
  request.method = "POST";
  request.body = body.dump();
  return request;
}

std::vector<std::string> log_in_headers(const PlatformSettings& settings,
                                        const HttpRequest& request, const HttpResponse& answer) {
  std::vector<std::string> headers = request.headers;
  const json body = json::parse(answer.body);
  const std::string cookies = cookies_of(answer);
  if (settings.api_key_id.empty()) {
    const std::string token = text_under(body, "csrf_token");
    if (!fits_a_header(token) || cookies.empty()) {
      throw RemoteError(settings.host, ": the log-in was answered without ",
                        cookies.empty() ? "a cookie" : "a token", "; is this the platform?");
    }
    headers.push_back("X-sess-id: " + token);
    headers.push_back("Cookie: " + cookies);
  }
  return headers;
}

Organization find_organization(const PlatformSettings& settings, const HttpResponse& answer) {
  const json body = json::parse(answer.body);
  const auto listed = body.find("orgs");
  if (listed == body.end() || !listed->is_array())
    throw RemoteError(settings.host,
                      ": the log-in was answered without organizations; is this the "
                      "platform?");
  if (listed->empty())
    throw RemoteError(settings.host, ": this log-in is not a member of any organization");
  std::vector<std::string> names;
  for (const json& organization : *listed) {
    if (!organization.is_object()) continue;
    names.push_back(quoted(text_under(organization, "name")));
    if (!is_named(organization, settings.org)) continue;
    if (organization.contains("enabled") && organization["enabled"] == false) {
      throw RemoteError(settings.host, ": organization ", quoted(settings.org),
                        " is not enabled for this log-in");
    }
    if (!organization.contains("id") || !organization["id"].is_number_integer())
      throw RemoteError(settings.host, ": organization ", quoted(settings.org), " has no id");
    return {organization["id"].get<std::int64_t>(), text_under(organization, "name")};
  }
  throw RemoteError(settings.host, ": this log-in is not a member of organization ",
                    quoted(settings.org), all_names(names, "organizations"), "; set org in ",
                    settings.place);
}

}  // namespace resml
