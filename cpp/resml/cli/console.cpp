#include "resml/cli/console.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string>

#include "resml/base/text.hpp"

namespace resml {
namespace {

constexpr const char* kLogFile = "res-ml.log";

// A terminal obeys control characters, and cells and file names may have them.
std::string shown(std::string_view lines) {
  std::string out;
  for (std::size_t end; (end = lines.find('\n')) != std::string_view::npos;) {
    out += escaped(lines.substr(0, end));
    out += '\n';
    lines.remove_prefix(end + 1);
  }
  return out + escaped(lines);
}

}  // namespace

Console::Console(bool verbose)
    : verbose_(verbose),
      log_(::open(kLogFile, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600)) {
  if (log_.get() < 0) {
    std::cerr << kLogFile << ": cannot be written: " << system_reason(errno)
              << "; going on without it" << std::endl;
  }
  detail("Verbose Logging Enabled");
}

void Console::keep(std::string_view line) {
  if (log_.get() < 0) return;
  const std::string text = shown(line) + "\n";
  // A full disk must not stop the work for the sake of its log.
  if (::write(log_.get(), text.data(), text.size()) < 0) log_.close();
}

void Console::result(std::string_view line) {
  // Flushed, so that both streams keep their order where they end in one file.
  std::cout << shown(line) << std::endl;
  keep(line);
}

void Console::message(std::string_view line) {
  std::cerr << shown(line) << std::endl;
  keep(line);
}

void Console::detail(std::string_view line) {
  if (verbose_) message(line);
}

void Console::answer(std::string_view line) {
  if (verbose_) std::cerr << shown(line) << '\n';
}

}  // namespace resml
