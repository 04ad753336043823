#include <new>

#include "register.hpp"
#include "resml/base/error.hpp"

namespace py = pybind11;

namespace {

void raise_named(const char* name, const std::exception& error) {
  const py::object type = py::module_::import("resml._core").attr(name);
  py::set_error(type, error.what());
}

}  // namespace

// docs/style.md section 3 says which class becomes which exception.
void register_errors(py::module_& module) {
  for (const char* name : {"InputError", "ModelFileError"}) {
    const auto type = py::reinterpret_steal<py::object>(
        PyErr_NewException((std::string("resml.") + name).c_str(), PyExc_ValueError, nullptr));
    module.attr(name) = type;
  }
  module.attr("InputError").attr("__doc__") = "Data, options or a path that cannot be used.";
  module.attr("ModelFileError").attr("__doc__") =
      "A model file that is damaged, foreign or too new.";
  py::register_local_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const resml::InputError& error) {
      raise_named("InputError", error);
    } catch (const resml::ModelFileError& error) {
      raise_named("ModelFileError", error);
    } catch (const resml::Cancelled& error) {
      py::set_error(PyExc_KeyboardInterrupt, error.what());
    } catch (const py::builtin_exception&) {
      throw;
    } catch (const py::error_already_set&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      py::set_error(PyExc_RuntimeError, (std::string("internal error: ") + error.what()).c_str());
    }
  });
}

PYBIND11_MODULE(_core, module) {
  module.doc() = "The C++ core. Use it through the package resml.";
  module.attr("__version__") = RESML_VERSION;
  register_errors(module);
  register_model(module);
  register_build(module);
}
