#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>

#include "resml/base/error.hpp"
#include "resml/base/utf8.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/format.hpp"
#include "resml/cli/summary.hpp"
#include "resml/pipeline/model_file.hpp"

namespace resml {
namespace {

struct ViewArguments {
  std::vector<std::string> inputs;
  bool json = false;
};

Model load_existing(const std::string& path) {
  std::error_code told_by_load;
  if (std::filesystem::status(path, told_by_load).type() == std::filesystem::file_type::not_found)
    throw InputError("Model file ", path, " does not exist.");  // OB-MSG-07
  return load_model(path);
}

void view_side_by_side(const std::vector<std::vector<std::string>>& summaries, Console& console) {
  std::size_t width = 0;
  std::size_t height = 0;
  for (const std::string& line : summaries[0]) width = std::max(width, count_characters(line));
  for (const auto& lines : summaries) height = std::max(height, lines.size());
  for (std::size_t i = 0; i < height; ++i) {
    const std::string left = i < summaries[0].size() ? summaries[0][i] : "";
    console.result(padded(left, width) + " | " + (i < summaries[1].size() ? summaries[1][i] : ""));
  }
}

void view(const ViewArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  std::vector<std::vector<std::string>> summaries;
  for (const std::string& path : args.inputs) {
    const Model model = load_existing(path);
    if (args.json) {
      console.result(describe_model(model).dump(2));
    } else {
      summaries.push_back(summary_lines(model, path));
    }
  }
  if (summaries.size() == 2) {
    view_side_by_side(summaries, console);
  } else if (!summaries.empty()) {
    for (const std::string& line : summaries.front()) console.result(line);
  }
}

}  // namespace

void add_view_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<ViewArguments>();
  CLI::App* command = app.add_subcommand("view",
                                         "Print what a model is and what it is worth; two models "
                                         "side by side.\nExample: res-ml view -i model.ml");
  command->add_option("-i,--input", args->inputs, "model file; twice to compare")
      ->required()
      ->expected(1, 2)
      ->allow_extra_args(false);
  command->add_flag("--json", args->json, "everything the file knows, as JSON");
  command->callback([args, &global] { view(*args, global); });
}

}  // namespace resml
