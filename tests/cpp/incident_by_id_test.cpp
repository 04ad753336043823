#include "resml/platform/incident_by_id.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "error_of.hpp"
#include "fake_transport.hpp"
#include "resml/base/error.hpp"
#include "resml/platform/session.hpp"

namespace resml {
namespace {

class IncidentById : public testing::Test {
 protected:
  void SetUp() override {
    transport_.answer(json_response(R"({"orgs": [{"id": 201, "name": "Demo Org"}]})"));
  }
  std::string refusal() {
    return error_of<RemoteError>([&] { fetch_incident(session_, 2095); });
  }

  PlatformSettings settings_ = api_key_settings();
  FakeTransport transport_;
  FakeClock clock_;
  RetryPolicy retries_{{}, 0, clock_, {}, {}};
  Session session_{settings_, transport_, retries_};
};

TEST_F(IncidentById, IsReadWithOneGet) {
  transport_.answer(json_response(R"({"id": 2095, "name": "a"})"));
  EXPECT_EQ(fetch_incident(session_, 2095)->at("name"), "a");
  EXPECT_EQ(transport_.requests.back().method, "GET");
  EXPECT_EQ(transport_.requests.back().target, "/rest/orgs/201/incidents/2095");
}

TEST_F(IncidentById, ThatIsNotThereIsNoErrorAndAskedForOnce) {
  transport_.answer(json_response(R"({"message": "Unable to find Incident with ID 2095"})", 404));
  EXPECT_EQ(fetch_incident(session_, 2095), std::nullopt);
  EXPECT_EQ(transport_.requests.size(), 2);
}

TEST_F(IncidentById, OtherRefusalsAreErrors) {
  transport_.answer(json_response(R"({"message": "no"})", 403));
  EXPECT_EQ(refusal(),
            "soar.example.com: GET /rest/orgs/201/incidents/2095: answered 403: \"no\"; give the "
            "API key the permission to read incidents and fields");
}

TEST_F(IncidentById, AnotherIncidentIsNoAnswer) {
  for (const char* body : {R"({"id": 7})", R"({"name": "a"})", "[]"}) {
    transport_.answer(json_response(body));
    EXPECT_EQ(refusal(), "GET /incidents/2095: expected incident 2095, got something else") << body;
  }
}

}  // namespace
}  // namespace resml
