#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "resml/base/error.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/platform_connection.hpp"
#include "resml/cli/training.hpp"
#include "resml/data/incident_cells.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/platform/field_definitions.hpp"
#include "resml/platform/incident_query.hpp"

namespace resml {
namespace {

using nlohmann::json;
using std::chrono::seconds;

constexpr seconds kMaxClockDifference{60};
constexpr std::chrono::days kSoon{30};

struct DoctorArguments {
  std::string model;
  std::string config;
};

// Checks one after the other, a line each: "ok      log-in: ..." or "FAILED  log-in: ...". What
// builds on a check that failed is not tried.
class Checkup {
 public:
  explicit Checkup(Console& console) : console_(console) {}

  // Whether it went well. `check` says what it found, or throws the reason and the remedy.
  bool run(std::string_view name, const std::function<std::string()>& check) {
    try {
      console_.result(concat("ok      ", name, ": ", check()));
      return true;
    } catch (const Cancelled&) {
      throw;
    } catch (const Error& error) {
      console_.result(concat("FAILED  ", name, ": ", error.what()));
      ++n_failed_;
      return false;
    }
  }

  void finish() const {
    if (n_failed_ > 0) throw RemoteError("doctor: ", n_failed_, " of the checks failed");
  }

 private:
  Console& console_;
  std::size_t n_failed_ = 0;
};

std::string certificate_text(const PeerDetails& peer) {
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  const auto left = std::chrono::floor<std::chrono::days>(peer.certificate_ends - now);
  const std::string soon =
      left < kSoon ? concat("; that is in ", left.count(), " days, renew it") : "";
  return concat(peer.tls_version, ", certificate ", peer.certificate, soon);
}

// One request without a log-in: any answer proves name, connection and TLS.
bool check_way(PlatformConnection& connection, Checkup& checkup) {
  const PlatformSettings& settings = connection.settings();
  TransportFault fault = TransportFault::Other;
  std::string reason;
  try {
    HttpRequest request;
    request.target = settings.resource_prefix + "/rest/session";
    connection.transport().send(request);
  } catch (const TransportError& error) {
    fault = error.fault;
    reason = error.what();
  }
  const auto told = [&](TransportFault wanted, const std::string& text, const char* remedy) {
    if (!reason.empty() && fault == wanted) throw RemoteError(reason, "; ", remedy);
    return text;
  };
  const PeerDetails peer = connection.transport().peer();
  if (!checkup.run("name", [&] {
        return told(TransportFault::Resolve, settings.host,
                    "check host in the configuration, and this machine's name server");
      })) {
    return false;
  }
  if (fault == TransportFault::Proxy) {
    return checkup.run("proxy", [&] {
      return told(TransportFault::Proxy, "", "check proxy_host, proxy_port and its log-in");
    });
  }
  if (!checkup.run("connection", [&] {
        if (!reason.empty() && fault != TransportFault::Tls)
          throw RemoteError(reason, "; check port, firewall and proxy");
        const std::string address = peer.address.empty() ? settings.host : peer.address;
        return settings.proxy.empty() ? concat(address, " port ", settings.port)
                                      : concat("through the proxy at ", address);
      })) {
    return false;
  }
  return checkup.run("TLS", [&] {
    if (!reason.empty()) throw RemoteError(reason);
    return settings.verify_tls ? certificate_text(peer) : "not checked, since cafile = false";
  });
}

std::string clock_text(Session& session) {
  const auto difference = session.clock_difference();
  if (!difference) return "the server does not tell its time";
  const seconds apart = std::chrono::abs(*difference);
  if (apart > kMaxClockDifference) {
    throw RemoteError("the server's clock is ", apart.count(), " s ",
                      *difference > seconds(0) ? "ahead of" : "behind",
                      " this machine's; set the wrong one, or dates are off");
  }
  return concat(apart.count(), " s apart");
}

// The newest incident, and how many there are.
struct NewestIncident {
  json incident;
  std::int64_t n_incidents = 0;
};

NewestIncident fetch_newest(PlatformApi& api) {
  const json question = {
      {"start", 0}, {"length", 1}, {"sorts", {{{"field_name", "id"}, {"type", "desc"}}}}};
  json page = json::parse(api.post(kWholeIncidents, question.dump()));
  if (!page.is_object() || !page.contains("data") || !page["data"].is_array())
    throw RemoteError("the list of incidents was answered with something else");
  NewestIncident newest;
  if (page.contains("recordsTotal") && page["recordsTotal"].is_number_integer())
    newest.n_incidents = page["recordsTotal"].get<std::int64_t>();
  if (!page["data"].empty()) newest.incident = std::move(page["data"].front());
  return newest;
}

// Every field of the model that the platform does not have, or nothing.
std::string check_fields(const Model& model, const std::vector<FieldDefinition>& fields) {
  std::set<std::string> known;
  for (const FieldDefinition& field : fields) known.insert(field.name);
  std::vector<std::string> missing;
  std::vector<std::string> wanted = model.settings.features;
  wanted.push_back(model.settings.prediction);
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(missing),
               [&](const std::string& name) { return !known.contains(name); });
  if (missing.empty()) return concat("all ", wanted.size(), " are on the platform");
  throw RemoteError("not on the platform: ", join(missing, ", "),
                    "; build the model again without them");
}

std::string check_prediction(const Model& model, const json& incident) {
  if (!incident.is_object()) return "no incident to try it with";
  const std::vector<json> incidents = {incident};
  const Predictions predictions =
      model.pipeline.predict(incidents_table(incidents, model.pipeline.encoder().inputs()));
  // Not what was predicted, nor the values in the notes: this line ends in the log.
  const std::string id = incident_cell(incident, "id");
  return concat("incident ", id, " got an answer",
                predictions.notes.front().empty()
                    ? ""
                    : concat(", with notes: see res-ml predict --incident ", id));
}

void check_platform(PlatformConnection& connection, const std::optional<Model>& model,
                    Checkup& checkup) {
  Session& session = connection.session();
  if (!checkup.run("log-in", [&] {
        const Organization organization = session.log_in();
        return concat("organization ", quoted(organization.name), ", id ", organization.id);
      })) {
    return;
  }
  checkup.run("clock", [&] { return clock_text(session); });
  FieldDefinitions definitions;
  const bool has_fields = checkup.run("fields", [&] {
    definitions = fetch_field_definitions(session);
    const std::string warnings =
        definitions.warnings.empty() ? "" : "; " + join(definitions.warnings, "; ");
    return concat(definitions.fields.size(), " may be read", warnings);
  });
  NewestIncident newest;
  const bool has_incidents = checkup.run("incidents", [&] {
    newest = fetch_newest(session);
    return concat(newest.n_incidents, " may be read");
  });
  if (!model) return;
  if (has_fields)
    checkup.run("model's fields", [&] { return check_fields(*model, definitions.fields); });
  if (has_incidents)
    checkup.run("prediction", [&] { return check_prediction(*model, newest.incident); });
}

void doctor(const DoctorArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  const FitContext context = make_context(global, 0);
  Checkup checkup(console);
  std::optional<Model> model;
  if (!args.model.empty()) {
    checkup.run("model", [&] {
      model = load_model(args.model);
      return concat(args.model, ", predicts ", model->settings.prediction);
    });
  }
  std::optional<PlatformConnection> connection;
  const bool is_configured = checkup.run("configuration", [&] {
    PlatformSettings settings = connection_settings(args.config, context.stop, console);
    settings.retries.max_attempts = 1;  // what happens now is what is asked
    const std::string text = concat(settings.place, ", ", settings.origin(), ", with ",
                                    settings.api_key_id.empty() ? "e-mail" : "API key");
    connection.emplace(std::move(settings), global, context.stop, console);
    return text;
  });
  if (is_configured && check_way(*connection, checkup)) check_platform(*connection, model, checkup);
  checkup.finish();
}

}  // namespace

void add_doctor_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand(
      "doctor",
      "Check everything between this machine and the platform, one line each, with the remedy\n"
      "where something is wrong.\n"
      "Example: res-ml doctor -i model.ml");
  command->add_option("-i,--input", args->model, "model file to try as well");
  add_config_option(*command, args->config);
  command->callback([args, &global] { doctor(*args, global); });
}

}  // namespace resml
