#pragma once

#include <pybind11/pybind11.h>

#include <nlohmann/json_fwd.hpp>
#include <string>

// One value of an incident, as the platform's JSON would hold it. None, NaT and NA become
// null, NaN stays (a cell "nan", which is missing like null but no reason to look elsewhere), whole
// numbers beyond 64 bits the text of their digits, dates epoch milliseconds (UTC where they have no
// time zone), objects and everything else the text that str() gives. InputError names `field`.
nlohmann::json json_of(pybind11::handle value, const std::string& field);

// Text as UTF-8; InputError for half a surrogate pair, which is no character.
std::string utf8_of(pybind11::handle text, const std::string& field);

// Lists of Python objects from what may stand as one column: list, tuple, array, series. Floats
// that are whole numbers wherever there is one become whole numbers: gaps turn a column of whole
// numbers into floats in a data frame.
pybind11::list column_values(pybind11::handle column, const std::string& field);
