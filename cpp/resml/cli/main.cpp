#include <CLI/CLI.hpp>
#include <iostream>

#include "resml/base/error.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/interrupt.hpp"

namespace {

constexpr int kUserError = 1;
constexpr int kUsageError = 2;
constexpr int kOurBug = 3;

// "download" of `res-ml download`, where there is no such subcommand; empty if no word was meant as
// one.
std::string unknown_subcommand(const CLI::App& app, int argc, char** argv) {
  if (!app.get_subcommands().empty() || argc < 2 || argv[1][0] == '-') return "";
  return argv[1];
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

int run(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    const std::string word = unknown_subcommand(app, argc, argv);
    std::cerr << "res-ml: "
              << (word.empty() ? error.what()
                               : resml::concat("unknown subcommand ", resml::quoted(word),
                                               resml::did_you_mean(word, subcommand_names(app))))
              << "\n";
    const auto chosen = app.get_subcommands();
    if (argc < 2) {
      std::cerr << app.help();
      return kUsageError;
    }
    std::cerr << "see: res-ml " << (chosen.empty() ? "" : chosen.front()->get_name() + " ")
              << "--help\n";
    return kUsageError;
  } catch (const resml::Cancelled& error) {
    resml::Console(/*verbose=*/false).message(error.what());
    return resml::kInterrupted;
  } catch (const resml::Error& error) {
    resml::Console(/*verbose=*/false).message(error.what());
    return kUserError;
  } catch (const std::exception& error) {
    resml::Console(/*verbose=*/false).message(std::string("internal error: ") + error.what());
    return kOurBug;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Learns from the incidents of an IBM SOAR platform and predicts a field of a new one.\n"
      "A first session:\n"
      "  res-ml config                                   write a sample ml.config, then edit it\n"
      "  res-ml doctor                                   try the way to the platform\n"
      "  res-ml fields                                   what a model can learn from there\n"
      "  res-ml download -o incidents.csv                fetch the platform's incidents\n"
      "  res-ml compare -c incidents.csv                 which algorithm suits them\n"
      "  res-ml build -o model.ml -c incidents.csv       learn, print what the model is worth\n"
      "  res-ml predict -i model.ml -c new.csv           ask it\n"
      "Each command has --help.",
      "res-ml");
  resml::GlobalArguments global;
  app.require_subcommand(1);
  app.fallthrough();  // -v, --threads and --seed on either side of the subcommand
  app.set_version_flag("--version", "res-ml " RESML_VERSION);
  app.add_flag("-v,--verbose", global.verbose, "say more of what is done");
  app.add_option("--threads", global.threads, "threads to use; all cores by default")
      ->check(CLI::Range(1U, 1024U));
  app.add_option(
      "--seed", global.seed,
      "start of the random numbers of build, compare and rebuild; same seed, same model");
  resml::add_config_command(app, global);
  resml::add_download_command(app, global);
  resml::add_build_command(app, global);
  resml::add_compare_command(app, global);
  resml::add_rebuild_command(app, global);
  resml::add_view_command(app, global);
  resml::add_count_value_command(app, global);
  resml::add_predict_command(app, global);
  resml::add_fields_command(app, global);
  resml::add_doctor_command(app, global);
  return run(app, argc, argv);
}
