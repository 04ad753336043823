#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "resml/data/table.hpp"

// The fields that are looked up in incidents.
struct FieldNames {
  std::vector<std::string> all;
  std::size_t n_required = 0;  // that many of them, the first, must be among given columns
};

struct IncidentInput {
  resml::Table table;
  bool is_one = false;                   // a single incident was given, not a list with one
  std::vector<std::string> absent = {};  // required fields that none of the listed incidents has
};

// What Python may hand over, as a table of the fields `names`:
// - a dict: one incident as the platform's REST gives it; where every value of a dict is a list,
//   array or series, its columns;
// - a data frame: columns;
// - a list (or anything to iterate over) of dicts: incidents.
// Only the named fields are converted. InputError for anything else.
IncidentInput read_incidents(pybind11::handle incidents, const FieldNames& names);
