#include "resml/platform/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "error_of.hpp"
#include "fake_transport.hpp"
#include "resml/base/error.hpp"
#include "resml/platform/json_answer.hpp"

namespace resml {
namespace {

constexpr const char* kOrgs =
    R"({"orgs": [{"id": 7, "name": "Other", "enabled": true},
                 {"id": 201, "name": "Demo Org", "uuid": "u-1", "cloud_account": "cloud",
                  "enabled": true}], "api_key_handle": 3})";

PlatformSettings email_settings() {
  PlatformSettings settings = api_key_settings();
  settings.api_key_id.clear();
  settings.api_key_secret = {};
  settings.email = "me@example.com";
  settings.password = Secret("pass \"word\"");
  return settings;
}

HttpResponse email_answer(const std::string& token, const std::string& cookie) {
  HttpResponse response = json_response(
      R"({"orgs": [{"id": 201, "name": "Demo Org"}], "csrf_token": ")" + token + R"("})");
  response.headers.emplace_back("set-cookie", "JSESSIONID=" + cookie + "; Path=/; HttpOnly");
  response.headers.emplace_back("set-cookie", "route=a1; Secure");
  return response;
}

// A session over answers laid out beforehand.
struct Talk {
  explicit Talk(PlatformSettings given = api_key_settings()) : settings(std::move(given)) {}

  bool sent(std::size_t i, const std::string& header) const {
    const auto& headers = transport.requests.at(i).headers;
    return std::find(headers.begin(), headers.end(), header) != headers.end();
  }
  std::string error() {
    return error_of<RemoteError>([&] { session.get("/types/incident"); });
  }

  PlatformSettings settings;
  FakeTransport transport;
  FakeClock clock;
  std::vector<std::string> told;
  RetryPolicy retries{
      {}, 0, clock, {}, [this](const RetryEvent& event) { told.push_back(event.reason); }};
  Session session{settings, transport, retries};
};

TEST(Session, AnApiKeyGoesWithEveryRequest) {
  Talk talk;
  talk.transport.answer(json_response(kOrgs));
  talk.transport.answer(json_response("[1]"));
  talk.transport.answer(json_response("{}"));
  EXPECT_EQ(talk.session.get("/types/incident"), "[1]");
  EXPECT_EQ(talk.session.post("/rest/search_ex", "{\"a\":1}"), "{}");
  const auto& requests = talk.transport.requests;
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[0].target, "/rest/session?include_permissions=false");
  EXPECT_EQ(requests[1].target, "/rest/orgs/201/types/incident");
  EXPECT_EQ(requests[2].target, "/rest/search_ex");
  EXPECT_EQ(requests[2].method + requests[2].body, "POST{\"a\":1}");
  // base64 of "the-id:the-secret"
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_TRUE(talk.sent(i, "Authorization: Basic dGhlLWlkOnRoZS1zZWNyZXQ=")) << i;
}

TEST(Session, TheResourcePrefixStandsBeforeEverything) {
  PlatformSettings settings = api_key_settings();
  settings.resource_prefix = "/api/respond";
  Talk talk(settings);
  talk.transport.answer(json_response(kOrgs));
  talk.transport.answer(json_response("[]"));
  talk.session.get("/types/incident");
  EXPECT_EQ(talk.transport.requests[0].target,
            "/api/respond/rest/session?include_permissions=false");
  EXPECT_EQ(talk.transport.requests[1].target, "/api/respond/rest/orgs/201/types/incident");
}

TEST(Session, AUserGetsATokenAndACookieAndANewOneWhenTheyExpire) {
  Talk talk(email_settings());
  talk.transport.answer(email_answer("token1", "cookie1"));
  talk.transport.answer(json_response("{}", 401));
  talk.transport.answer(email_answer("token2", "cookie2"));
  talk.transport.answer(json_response("[5]"));
  talk.transport.answer(json_response("[6]"));
  EXPECT_EQ(talk.session.get("/types"), "[5]");
  EXPECT_EQ(talk.session.get("/types"), "[6]");
  const auto& requests = talk.transport.requests;
  ASSERT_EQ(requests.size(), 5U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].body, R"({"email":"me@example.com","password":"pass \"word\""})");
  EXPECT_TRUE(talk.sent(1, "X-sess-id: token1"));
  EXPECT_TRUE(talk.sent(1, "Cookie: JSESSIONID=cookie1; route=a1"));
  EXPECT_TRUE(talk.sent(3, "X-sess-id: token2"));
  EXPECT_TRUE(talk.sent(4, "Cookie: JSESSIONID=cookie2; route=a1"));
}

TEST(Session, ARefusedLogInIsNotRepeated) {
  Talk talk(email_settings());
  talk.transport.answer(json_response(R"({"message": "Invalid user name or password"})", 401));
  EXPECT_EQ(talk.error(),
            "soar.example.com: POST /rest/session: answered 401: \"Invalid user name or "
            "password\"; check email and password in ml.config");
  EXPECT_EQ(talk.transport.requests.size(), 1U);
}

TEST(Session, ASessionMayBeGoneAgainAtOnce) {
  Talk talk(email_settings());
  for (const char* token : {"token1", "token2", "token3"}) {
    talk.transport.answer(email_answer(token, "cookie"));
    talk.transport.answer(json_response("{}", 401));
  }
  talk.transport.answer(email_answer("token4", "cookie"));
  talk.transport.answer(json_response("[5]"));
  EXPECT_EQ(talk.session.get("/types"), "[5]");
  EXPECT_TRUE(talk.sent(7, "X-sess-id: token4"));
}

TEST(Session, ARequestRefusedEachTimeIsAnError) {
  Talk talk;
  for (int i = 0; i < 4; ++i) {
    talk.transport.answer(json_response(kOrgs));
    talk.transport.answer(json_response(R"({"message": "no"})", 401));
  }
  EXPECT_EQ(talk.error(),
            "soar.example.com: GET /rest/orgs/201/types/incident: answered 401: \"no\"; check "
            "api_key_id and api_key_secret in ml.config");
  EXPECT_EQ(talk.transport.requests.size(), 8U);
}

TEST(Session, WhatIsReadAndFoundDamagedIsAskedForAgain) {
  Talk talk;
  talk.transport.answer(json_response(kOrgs));
  talk.transport.answer(json_response("{\"a\":"));
  talk.transport.answer(json_response("{}"));
  std::vector<std::string> read;
  talk.session.post("/a", "", [&](std::string_view answer) {
    read.emplace_back(answer);
    throw_unless_json(answer);
  });
  EXPECT_EQ(read, (std::vector<std::string>{"{\"a\":", "{}"}));
  EXPECT_EQ(talk.told, std::vector<std::string>{
                           "soar.example.com: POST /rest/orgs/201/a: the answer is no JSON from "
                           "byte 6 on"});
}

TEST(Session, AnOrganizationIsFoundByNameUuidAndCloudAccount) {
  for (const char* name : {"Demo Org", "u-1", "cloud"}) {
    PlatformSettings settings = api_key_settings();
    settings.org = name;
    Talk talk(settings);
    talk.transport.answer(json_response(kOrgs));
    EXPECT_EQ(talk.session.log_in().id, 201) << name;
  }
}

TEST(Session, SaysWhatIsWrongWithTheOrganization) {
  PlatformSettings settings = api_key_settings();
  settings.org = "demo org";
  Talk unknown(settings);
  unknown.transport.answer(json_response(kOrgs));
  EXPECT_EQ(unknown.error(),
            "soar.example.com: this log-in is not a member of organization \"demo org\"; the "
            "organizations are \"Other\", \"Demo Org\"; set org in ml.config");
  Talk none;
  none.transport.answer(json_response(R"({"orgs": []})"));
  EXPECT_EQ(none.error(), "soar.example.com: this log-in is not a member of any organization");
  Talk disabled;
  disabled.transport.answer(
      json_response(R"({"orgs": [{"id": 1, "name": "Demo Org", "enabled": false}]})"));
  EXPECT_EQ(disabled.error(),
            "soar.example.com: organization \"Demo Org\" is not enabled for this log-in");
  Talk nameless;
  nameless.transport.answer(json_response(R"({"orgs": [{"id": "1", "name": "Demo Org"}]})"));
  EXPECT_EQ(nameless.error(), "soar.example.com: organization \"Demo Org\" has no id");
  Talk foreign;
  foreign.transport.answer(json_response("[]"));
  EXPECT_EQ(foreign.error(),
            "soar.example.com: the log-in was answered without organizations; is this the "
            "platform?");
}

TEST(Session, WhatPassesIsTriedAgainAndTold) {
  Talk talk;
  talk.transport.answer(json_response(kOrgs));
  HttpResponse busy = json_response(R"({"message": "slow down"})", 429);
  busy.headers.emplace_back("retry-after", "9");
  talk.transport.answer(busy);
  talk.transport.answer(json_response("", 503));
  talk.transport.fail(TransportFault::Broken, "reset");
  talk.transport.answer(json_response(R"([{"id": 1)"));
  talk.transport.answer(json_response("[1]"));
  EXPECT_EQ(talk.session.get("/a?b=c"), "[1]");
  EXPECT_EQ(talk.told, (std::vector<std::string>{
                           "soar.example.com: GET /rest/orgs/201/a: answered 429: \"slow down\"",
                           "soar.example.com: GET /rest/orgs/201/a: answered 503: \"\"",
                           "soar.example.com: GET /rest/orgs/201/a: reset",
                           "soar.example.com: GET /rest/orgs/201/a: the answer is no JSON from "
                           "byte 10 on"}));
  EXPECT_EQ(talk.clock.sleeps.at(0), std::chrono::seconds(9));
}

TEST(Session, WhatDoesNotPassIsNotTriedAgain) {
  for (const int status : {400, 403, 404, 409, 501}) {
    Talk talk;
    talk.transport.answer(json_response(kOrgs));
    talk.transport.answer(json_response(R"({"message": "no"})", status));
    EXPECT_NE(talk.error().find(": answered " + std::to_string(status) + ": \"no\""),
              std::string::npos);
    EXPECT_TRUE(talk.clock.sleeps.empty()) << status;
  }
  Talk talk;
  talk.transport.fail(TransportFault::Tls, "certificate expired");
  EXPECT_EQ(talk.error(), "soar.example.com: GET /rest/session: certificate expired");
}

TEST(Session, AnAddressWithoutAPlatformIsGivenUpSoon) {
  Talk talk;
  for (int i = 0; i < 5; ++i) talk.transport.fail(TransportFault::Resolve, "no such name");
  EXPECT_EQ(talk.error(),
            "soar.example.com: GET /rest/session: no such name; given up after 2 attempts");
  Talk page;
  for (int i = 0; i < 5; ++i)
    page.transport.answer({.status = 200,
                           .headers = {{"content-type", "text/html"}},
                           .body = "<html>\x1b[2J the-secret"});
  EXPECT_EQ(page.error(),
            "soar.example.com: GET /rest/session: expected JSON, got \"text/html\" that begins "
            "with \"<html>\\x1b[2J ***\"; given up after 2 attempts");
}

TEST(Session, ARedirectIsRefusedAndNamed) {
  Talk talk;
  talk.transport.answer(
      {.status = 302, .headers = {{"location", "https://other.example.com/"}}, .body = ""});
  EXPECT_EQ(talk.error(),
            "soar.example.com: GET /rest/session: answered 302, a redirect to "
            "\"https://other.example.com/\", which is not followed; set host and port in "
            "ml.config to the platform's own");
  EXPECT_EQ(talk.transport.requests.size(), 1U);
}

TEST(Session, AServerThatRepeatsOurSecretsDoesNotGetThemShown) {
  Talk talk(email_settings());
  talk.transport.answer(email_answer("token1", "cookie1"));
  talk.transport.answer(
      json_response(R"({"message": "pass \"word\" token1 cookie1 a1 dGhl"})", 400));
  EXPECT_EQ(talk.error(),
            "soar.example.com: GET /rest/orgs/201/types/incident: answered 400: \"*** *** *** *** "
            "dGhl\"");
}

TEST(Session, ATokenThatWouldBeTwoHeadersIsRefused) {
  Talk talk(email_settings());
  talk.transport.answer(email_answer(R"(a\r\nX-Evil: 1)", "cookie1"));
  EXPECT_EQ(talk.error(),
            "soar.example.com: the log-in was answered without a token; is this the platform?");
}

TEST(Session, TellsHowFarTheClocksAreApart) {
  Talk talk;
  EXPECT_EQ(talk.session.clock_difference(), std::nullopt);
  HttpResponse answer = json_response(kOrgs);
  answer.headers.emplace_back("date", "Tue, 14 Nov 2023 22:15:20 GMT");  // 1'700'000'120
  talk.transport.answer(answer);
  talk.session.log_in();
  EXPECT_EQ(talk.session.clock_difference(), std::chrono::seconds(120));
}

}  // namespace
}  // namespace resml
