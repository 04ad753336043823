#pragma once

#include <stdexcept>

#include "resml/base/text.hpp"

namespace resml {

// What a caller may catch; docs/style.md section 3 says which class means what. A message is one
// sentence "place: what is wrong, got what; remedy", built from the parts given.
class Error : public std::runtime_error {
 public:
  template <class... Parts>
  explicit Error(const Parts&... parts) : std::runtime_error(concat(parts...)) {}
};

// The user's data, options or paths.
class InputError : public Error {
 public:
  using Error::Error;
};

// A model file that is damaged, foreign or too new.
class ModelFileError : public Error {
 public:
  using Error::Error;
};

// A library that is loaded at first use is missing or of another version.
class PluginError : public Error {
 public:
  using Error::Error;
};

// A server could not be reached, or said no.
class RemoteError : public Error {
 public:
  using Error::Error;
};

// A stop was requested; what was being written is as it was before.
class Cancelled : public Error {
 public:
  using Error::Error;
};

}  // namespace resml
