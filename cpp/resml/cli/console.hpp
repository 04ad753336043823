#pragma once

#include <string_view>

#include "resml/base/file.hpp"

namespace resml {

// Where the command speaks: results on standard output, messages on standard error, both appended
// to res-ml.log in the current folder (mode 0600). One line each, in the order in which they were
// said, control characters escaped.
class Console {
 public:
  // With -v it begins with "Verbose Logging Enabled" (OB-CLI-07).
  explicit Console(bool verbose);

  void result(std::string_view line);   // what was asked for
  void message(std::string_view line);  // anything else
  void detail(std::string_view line);   // only with -v
  // Only with -v, and never in the log: what was predicted for an incident.
  void answer(std::string_view line);

  bool is_verbose() const { return verbose_; }

 private:
  void keep(std::string_view line);

  bool verbose_;
  FileDescriptor log_;
};

}  // namespace resml
