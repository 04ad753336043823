#pragma once

#include <cstdint>
#include <optional>

namespace CLI {
class App;
}

namespace resml {

// What stands on either side of the subcommand.
struct GlobalArguments {
  bool verbose = false;
  unsigned threads = 0;                    // 0 = all cores
  std::optional<std::uint64_t> seed = {};  // wins over the configuration's and the model's
};

// Each adds one subcommand whose callback does the work; one file each. `global` outlives the app.
void add_config_command(CLI::App& app, const GlobalArguments& global);
void add_download_command(CLI::App& app, const GlobalArguments& global);
void add_build_command(CLI::App& app, const GlobalArguments& global);
void add_compare_command(CLI::App& app, const GlobalArguments& global);
void add_rebuild_command(CLI::App& app, const GlobalArguments& global);
void add_view_command(CLI::App& app, const GlobalArguments& global);
void add_count_value_command(CLI::App& app, const GlobalArguments& global);
void add_predict_command(CLI::App& app, const GlobalArguments& global);
void add_fields_command(CLI::App& app, const GlobalArguments& global);
void add_doctor_command(CLI::App& app, const GlobalArguments& global);

}  // namespace resml
