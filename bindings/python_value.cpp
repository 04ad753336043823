#include "python_value.hpp"

#include <datetime.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "resml/base/error.hpp"
#include "resml/base/text.hpp"

namespace py = pybind11;
using nlohmann::json;
using resml::InputError;
using resml::quoted;

namespace {

// What numpy's NaT is as a number.
constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

std::string dtype_kind(py::handle value) {
  const py::object kind = py::getattr(py::getattr(value, "dtype", py::none()), "kind", py::none());
  return py::isinstance<py::str>(kind) ? kind.cast<std::string>() : std::string();
}

json integer_json(py::handle value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value.ptr(), &overflow);
  if (overflow != 0)
    return py::str(py::int_(py::reinterpret_borrow<py::object>(value))).cast<std::string>();
  return number;
}

// NaN, NaT, NA and their like are not equal to themselves, or refuse to say.
bool is_no_value(py::handle value) {
  const auto equal =
      py::reinterpret_steal<py::object>(PyObject_RichCompare(value.ptr(), value.ptr(), Py_EQ));
  const int truth = equal ? PyObject_IsTrue(equal.ptr()) : -1;
  if (truth < 0) PyErr_Clear();
  return truth != 1;
}

bool is_date(py::handle value) {
  if (PyDateTimeAPI == nullptr) PyDateTime_IMPORT;
  return PyDate_Check(value.ptr()) != 0;
}

json date_json(py::handle value) {
  const py::module_ datetime = py::module_::import("datetime");
  const py::object utc = datetime.attr("timezone").attr("utc");
  py::object moment = py::reinterpret_borrow<py::object>(value);
  if (!PyDateTime_Check(value.ptr())) {
    moment = datetime.attr("datetime")(value.attr("year"), value.attr("month"), value.attr("day"));
  }
  if (moment.attr("tzinfo").is_none()) moment = moment.attr("replace")(py::arg("tzinfo") = utc);
  const py::object epoch = datetime.attr("datetime")(1970, 1, 1, py::arg("tzinfo") = utc);
  const py::object millisecond = datetime.attr("timedelta")(py::arg("milliseconds") = 1);
  return (moment - epoch).attr("__floordiv__")(millisecond).cast<std::int64_t>();
}

// Numbers of an array of datetime64, milliseconds.
py::object milliseconds(py::handle dates) {
  const py::module_ numpy = py::module_::import("numpy");
  return numpy.attr("asarray")(dates, py::arg("dtype") = "datetime64[ms]").attr("astype")("int64");
}

bool is_plain(py::handle member) {
  PyTypeObject* type = Py_TYPE(member.ptr());
  return type == &PyUnicode_Type || type == &PyLong_Type || type == &PyFloat_Type ||
         type == &PyBool_Type || type == &PyDict_Type || member.is_none();
}

// What str() of the list is, as the CSV has it. numpy's numbers say their type in there, so they
// are turned into Python's first.
json list_json(py::handle value, const std::string& field) {
  py::list members(py::reinterpret_borrow<py::object>(value));
  for (std::size_t i = 0; i < members.size(); ++i) {
    const py::object member = members[i];
    if (!is_plain(member) && py::hasattr(member, "tolist")) members[i] = member.attr("tolist")();
  }
  return utf8_of(py::str(members), field);
}

json other_json(py::handle value, const std::string& field) {
  if (PyList_Check(value.ptr()) || PyTuple_Check(value.ptr())) return list_json(value, field);
  if (PyDict_Check(value.ptr())) return utf8_of(py::str(value), field);
  if (dtype_kind(value) == "M") {
    const py::object number = milliseconds(value).attr("tolist")();
    return py::isinstance<py::int_>(number) && number.cast<std::int64_t>() == kNoTime
               ? json()
               : json_of(number, field);
  }
  // numpy's scalars and arrays
  if (py::hasattr(value, "tolist")) return json_of(value.attr("tolist")(), field);
  if (is_no_value(value)) return nullptr;
  return is_date(value) ? date_json(value) : json(utf8_of(py::str(value), field));
}

bool is_whole_or_nan(py::handle value) {
  if (!PyFloat_Check(value.ptr())) return true;
  const double number = PyFloat_AS_DOUBLE(value.ptr());
  return std::isnan(number) || (std::isfinite(number) && std::trunc(number) == number);
}

void make_whole(py::list& values) {
  for (const py::handle value : values) {
    if (!is_whole_or_nan(value)) return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const py::object value = values[i];
    if (!PyFloat_Check(value.ptr()) || std::isnan(PyFloat_AS_DOUBLE(value.ptr()))) continue;
    values[i] =
        py::reinterpret_steal<py::object>(PyLong_FromDouble(PyFloat_AS_DOUBLE(value.ptr())));
  }
}

py::list without_no_time(const py::list& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i].cast<std::int64_t>() == kNoTime) numbers[i] = py::none();
  }
  return numbers;
}

}  // namespace

std::string utf8_of(py::handle text, const std::string& field) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (bytes == nullptr) {
    PyErr_Clear();
    throw InputError("field ", quoted(field),
                     ": the text holds half of a surrogate pair, which is no character");
  }
  return {bytes, static_cast<std::size_t>(size)};
}

json json_of(py::handle value, const std::string& field) {
  PyObject* object = value.ptr();
  if (object == Py_None) return nullptr;
  if (PyUnicode_Check(object)) return utf8_of(value, field);
  if (PyBool_Check(object)) return object == Py_True;
  if (PyLong_Check(object)) return integer_json(value);
  if (PyFloat_Check(object)) return json(PyFloat_AS_DOUBLE(object));
  return other_json(value, field);
}

py::list column_values(py::handle column, const std::string& field) {
  const py::object dimensions = py::getattr(column, "ndim", py::int_(1));
  if (!dimensions.equal(py::int_(1))) {
    throw InputError("column ", quoted(field), ": expected one value a row, got ",
                     py::str(dimensions).cast<std::string>(), " dimensions");
  }
  const std::string kind = dtype_kind(column);
  if (kind == "M") return without_no_time(py::list(milliseconds(column).attr("tolist")()));
  py::list values = py::hasattr(column, "tolist")
                        ? py::list(column.attr("tolist")())
                        : py::list(py::reinterpret_borrow<py::object>(column));
  if (kind == "f") make_whole(values);
  return values;
}
