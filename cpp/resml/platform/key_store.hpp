#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "resml/platform/platform_settings.hpp"

namespace resml {

// The platform's own key stores are Python code: asked through `python -m resml.key_store`, with
// the Python that this program was installed with, else python3. Values travel through a socket
// pair, and the child's environment has none of the variables that [resilient] takes secrets from.
// InputError where Python or the platform's packages are missing names the way out.
KeyStore python_key_store(std::stop_token stop);

// The same with another command in place of Python's.
KeyStore command_key_store(std::vector<std::string> command, std::stop_token stop);

}  // namespace resml
