#pragma once

#include <string>
#include <vector>

#include "resml/pipeline/comparison.hpp"

namespace resml {

// What compare prints: the majority baseline, a table with the best first, and how to read it.
std::vector<std::string> comparison_lines(const Comparison& comparison);

}  // namespace resml
