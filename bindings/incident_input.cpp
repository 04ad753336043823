#include "incident_input.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "python_value.hpp"
#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/data/column_builder.hpp"
#include "resml/data/incident_cells.hpp"

namespace py = pybind11;
using nlohmann::json;
using resml::InputError;
using resml::quoted;

namespace {

std::string type_name(py::handle value) { return Py_TYPE(value.ptr())->tp_name; }

// A borrowed reference; null where there is none.
py::handle item(py::handle dict, const char* key) { return PyDict_GetItemString(dict.ptr(), key); }

void copy_fields(py::handle from, const std::vector<std::string>& names, json& to) {
  for (const std::string& name : names) {
    const py::handle value = item(from, name.c_str());
    if (value) to[name] = json_of(value, name);
  }
}

// A real incident has a hundred keys; a model needs a few of them.
json picked_fields(py::handle incident, const std::vector<std::string>& names) {
  json picked = json::object();
  for (const char* section : resml::kIncidentSections) {
    const py::handle fields = item(incident, section);
    if (fields && PyDict_Check(fields.ptr())) copy_fields(fields, names, picked[section]);
  }
  copy_fields(incident, names, picked);
  return picked;
}

json picked_fields(py::handle incident, const std::vector<std::string>& names, std::size_t row) {
  if (!PyDict_Check(incident.ptr())) {
    throw InputError("incident ", row + 1, ": expected a dict, got ", type_name(incident));
  }
  try {
    return picked_fields(incident, names);
  } catch (const InputError& error) {
    throw InputError("incident ", row + 1, ": ", error.what());
  }
}

resml::Table table_of(const std::vector<json>& incidents, const FieldNames& names) {
  const py::gil_scoped_release unlocked;
  return resml::incidents_table(incidents, names.all);
}

bool is_column(py::handle value) {
  return PyList_Check(value.ptr()) || PyTuple_Check(value.ptr()) ||
         (py::hasattr(value, "dtype") && py::hasattr(value, "__len__"));
}

bool is_dict_of_columns(py::handle incidents) {
  if (!PyDict_Check(incidents.ptr()) || PyDict_Size(incidents.ptr()) == 0) return false;
  for (const auto& [name, value] : py::reinterpret_borrow<py::dict>(incidents)) {
    if (!is_column(value)) return false;
  }
  return true;
}

// Now and then while much is converted: Ctrl-C must not wait for the end.
void look_for_signal(std::size_t done) {
  if (done % 4096 == 0 && PyErr_CheckSignals() != 0) throw py::error_already_set();
}

resml::Column read_column(py::handle values, const std::string& name) {
  resml::ColumnBuilder column(name);
  json incident = json::object();
  json& cell = incident[name];
  std::size_t done = 0;
  for (const py::handle value : values) {
    look_for_signal(++done);
    if (PyUnicode_Check(value.ptr())) {
      column.append(utf8_of(value, name));
      continue;
    }
    cell = json_of(value, name);
    column.append(resml::incident_cell(incident, name));
  }
  return std::move(column).finish();
}

[[noreturn]] void fail_missing(const std::string& name, const py::list& present) {
  std::vector<std::string> known;
  for (const py::handle column : present) known.push_back(py::str(column).cast<std::string>());
  throw InputError("columns: there is no ", quoted(name),
                   resml::did_you_mean(name, known, "columns"));
}

resml::Table read_columns(py::handle columns, const py::list& present, const FieldNames& names) {
  resml::Table table;
  for (std::size_t i = 0; i < names.all.size(); ++i) {
    const std::string& name = names.all[i];
    if (!present.contains(name)) {
      if (i >= names.n_required) continue;
      fail_missing(name, present);
    }
    table.columns.push_back(read_column(column_values(columns[name.c_str()], name), name));
    const std::size_t n_rows = table.columns.back().codes.size();
    if (table.columns.size() == 1) table.n_rows = n_rows;
    if (n_rows != table.n_rows) {
      throw InputError("columns: ", quoted(name), " has ", n_rows, " rows, ",
                       quoted(table.columns.front().name), " has ", table.n_rows);
    }
  }
  return table;
}

bool has_field(const json& picked, const std::string& name) {
  return picked.contains(name) ||
         std::any_of(resml::kIncidentSections.begin(), resml::kIncidentSections.end(),
                     [&](const char* section) {
                       const auto fields = picked.find(section);
                       return fields != picked.end() && fields->contains(name);
                     });
}

std::vector<std::string> absent_fields(const std::vector<json>& incidents,
                                       const FieldNames& names) {
  std::vector<std::string> absent;
  for (std::size_t i = 0; i < names.n_required && !incidents.empty(); ++i) {
    const bool found = std::any_of(incidents.begin(), incidents.end(), [&](const json& incident) {
      return has_field(incident, names.all[i]);
    });
    if (!found) absent.push_back(names.all[i]);
  }
  return absent;
}

IncidentInput read_list(py::handle incidents, const FieldNames& names) {
  if (PyUnicode_Check(incidents.ptr()) || !py::isinstance<py::iterable>(incidents)) {
    throw InputError(
        "expected an incident (dict), a list of incidents, or columns (dict of lists, "
        "data frame), got ",
        type_name(incidents));
  }
  std::vector<json> picked;
  for (const py::handle incident : incidents) {
    look_for_signal(picked.size() + 1);
    picked.push_back(picked_fields(incident, names.all, picked.size()));
  }
  return {table_of(picked, names), false, absent_fields(picked, names)};
}

}  // namespace

IncidentInput read_incidents(py::handle incidents, const FieldNames& names) {
  if (is_dict_of_columns(incidents)) {
    return {read_columns(incidents, py::list(py::reinterpret_borrow<py::object>(incidents)), names),
            false};
  }
  if (PyDict_Check(incidents.ptr())) {
    return {table_of({picked_fields(incidents, names.all)}, names), true};
  }
  if (py::hasattr(incidents, "columns")) {
    return {read_columns(incidents, py::list(incidents.attr("columns")), names), false};
  }
  return read_list(incidents, names);
}
