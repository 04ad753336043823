#include "resml/cli/training.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"
#include "resml/cli/interrupt.hpp"
#include "resml/cli/progress_line.hpp"
#include "resml/pipeline/model_file.hpp"
#include "resml/settings/config_file.hpp"

namespace resml {
namespace {

// OB-MSG-04; Random Forest prints nothing, Logistic Regression no blank at the end.
void announce(const MachineLearningSettings& settings, std::uint64_t n_rows, Console& console) {
  const nlohmann::json described = describe_settings(settings);
  for (const auto& [key, value] : described.items()) {
    console.detail(concat(key, " = ", value.dump()));
  }
  if (settings.algorithm == "Random Forest") return;
  const bool no_blank = settings.algorithm == "Logistic Regression";
  console.result(concat("Using ", n_rows, " samples to train.", no_blank ? "" : " "));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_overrides(const SettingsArguments& args) {
  std::vector<std::pair<std::string, std::string>> overrides;
  for (const std::string& text : args.overrides) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw InputError("--set: expected KEY=VALUE, got ", quoted(text));
    }
    overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return overrides;
}

void add_config_option(CLI::App& command, std::string& path, const std::string& help) {
  command.add_option("-f,--file_config,--config", path, help);
}

void add_settings_options(CLI::App& command, SettingsArguments& args) {
  add_config_option(command, args.config);
  command.add_option("--set", args.overrides, "KEY=VALUE: one key of [machine_learning]")
      ->allow_extra_args(false);
}

std::optional<IniFile> read_config(const std::string& given) {
  const auto path = find_config_file(given, std::filesystem::current_path(), environment_value);
  return path ? std::make_optional(IniFile::read(*path)) : std::nullopt;
}

MachineLearningSettings read_settings(const SettingsArguments& args, const GlobalArguments& global,
                                      Console& console) {
  const auto file = read_config(args.config);
  console.detail(concat("configuration: ", file ? file->name() : "none found"));
  MachineLearningSettings settings = read_machine_learning_settings(
      file ? &*file : nullptr, parse_overrides(args), environment_value);
  if (global.seed) settings.seed = *global.seed;
  return settings;
}

FitContext make_context(const GlobalArguments& global, std::uint64_t seed) {
  FitContext context{.rng = Rng(seed),
                     .threads = threads_of(global.threads),
                     .on_progress = {},
                     .stop = stop_on_interrupt()};
  if (::isatty(STDERR_FILENO) != 0) {
    context.on_progress = [line = std::make_shared<ProgressLine>()](const Progress& progress) {
      line->show(progress);
    };
  }
  return context;
}

Source read_samples(const std::string& csv, const MachineLearningSettings& settings,
                    const FitContext& context) {
  const Abandonable reading;
  check_recipe(settings);
  return read_source(csv, settings, context);
}

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text;
}

Model train(const Source& source, const MachineLearningSettings& settings,
            const FitContext& context, Console& console) {
  BuildEvents events;
  events.on_training = [&](const MachineLearningSettings& used, std::uint64_t n_rows) {
    announce(used, n_rows, console);
  };
  if (console.is_verbose()) {
    events.on_answers = [&](const HeldOutAnswers& answers) {
      for (std::size_t i = 0; i < answers.truth.size(); ++i) {
        const std::string line =
            concat(answers.classes[answers.truth[i]], " : ", answers.classes[answers.decisions[i]]);
        for (double k = 0; k < answers.counts[i]; ++k) console.answer(line);
      }
    };
  }
  FitContext fitting = context;
  fitting.on_detail = [&](const std::string& detail) { console.detail(detail); };
  const Abandonable learning;
  return build_model(source, settings, local_time(), fitting, events);
}

}  // namespace resml
