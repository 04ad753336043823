#include "resml/cli/training.hpp"

#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iostream>
#include <limits>
#include <memory>
#include <stop_token>
#include <thread>

#include "resml/base/error.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/pipeline/model.hpp"

namespace resml {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void show_progress(const Progress& progress) {
  std::cerr << "\r\x1b[K" << progress.what;
  if (progress.total > 0) std::cerr << " " << 100 * progress.done / progress.total << " %";
  if (progress.done == progress.total) std::cerr << "\r\x1b[K";
  std::cerr << std::flush;
}

// A signal handler may only set a flag; this thread turns it into a stop request.
class InterruptWatch {
 public:
  InterruptWatch() {
    std::signal(SIGINT, [](int) { interrupted = 1; });
    std::signal(SIGTERM, [](int) { interrupted = 1; });
  }
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread watcher_{[source = source_](const std::stop_token& end) mutable {
    while (!end.stop_requested() && interrupted == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    if (interrupted != 0) source.request_stop();
  }};
};

}  // namespace

FitContext make_context(const GlobalArguments& global, std::uint64_t seed) {
  static const InterruptWatch watch;
  FitContext context{
      .rng = Rng(seed), .threads = global.threads, .on_progress = {}, .stop = watch.token()};
  if (context.threads == 0) context.threads = std::max(1U, std::thread::hardware_concurrency());
  if (::isatty(STDERR_FILENO) != 0) context.on_progress = show_progress;
  return context;
}

Source read_samples(const std::string& csv, const MachineLearningSettings& settings,
                    const FitContext& context) {
  check_recipe(settings);
  CsvReader reader(open_file(csv), {.wanted = columns_to_read(settings),
                                    .if_present = columns_if_present(settings)});
  Source source{reader.read(std::numeric_limits<std::size_t>::max(), context), csv, ""};
  source.sha256 = reader.sha256();
  return source;
}

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::localtime_r(&now, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text;
}

std::vector<std::pair<std::string, std::string>> parse_overrides(
    const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> overrides;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw InputError("--set: expected KEY=VALUE, got ", quoted(text));
    }
    overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return overrides;
}

}  // namespace resml
