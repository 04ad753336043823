#include <pybind11/pybind11.h>

PYBIND11_MODULE(_core, module) {
  module.doc() = "The C++ core of resml.";
  module.attr("__version__") = RESML_VERSION;
}
