#pragma once

#include <string>
#include <vector>

#include "resml/pipeline/model.hpp"

namespace resml {

// The block that build, rebuild and view print, line by line: first the original's lines exactly as
// the guide prints them (OB-SUM-01), then what is new.
std::vector<std::string> summary_lines(const Model& model, const std::string& path);

}  // namespace resml
