#pragma once

#include <pybind11/pybind11.h>

// Each adds one part of the core to the module.
void register_errors(pybind11::module_& module);
void register_model(pybind11::module_& module);
void register_build(pybind11::module_& module);
