#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <thread>

#include "interruptible.hpp"
#include "loaded_model.hpp"
#include "register.hpp"
#include "resml/base/error.hpp"
#include "resml/base/text.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/learn/registry.hpp"

namespace py = pybind11;

namespace {

constexpr std::size_t kAllRows = std::numeric_limits<std::size_t>::max();

using Overrides = std::vector<std::pair<std::string, std::string>>;

resml::MachineLearningSettings read_settings(const Overrides& overrides) {
  return resml::read_machine_learning_settings(
      nullptr, overrides, [](const std::string&) -> std::optional<std::string> { return {}; });
}

resml::FitContext make_context(const resml::MachineLearningSettings& settings, unsigned threads,
                               std::stop_token stop) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  return {.rng = resml::Rng(settings.seed),
          .threads = threads,
          .on_progress = {},
          .stop = std::move(stop)};
}

resml::CsvReader open_csv(const std::filesystem::path& path, resml::CsvColumns columns) {
  return resml::CsvReader(resml::open_file(path), columns);
}

LoadedModel build_from_csv(const std::filesystem::path& path, const Overrides& overrides,
                           const std::string& created, unsigned threads) {
  return run_interruptibly([&](std::stop_token stop) {
    const resml::MachineLearningSettings settings = read_settings(overrides);
    const resml::FitContext context = make_context(settings, threads, std::move(stop));
    resml::CsvReader reader =
        open_csv(path, {resml::columns_to_read(settings), resml::columns_if_present(settings)});
    resml::Table table = reader.read(kAllRows, context);
    const resml::Source source{std::move(table), path.string(), reader.sha256()};
    return LoadedModel(resml::build_model(source, settings, created, context));
  });
}

LoadedModel build_from_incidents(py::handle incidents, const Overrides& overrides,
                                 const std::string& created, unsigned threads) {
  const resml::MachineLearningSettings settings = read_settings(overrides);
  FieldNames names{resml::columns_to_read(settings), 0};
  names.n_required = names.all.size();
  for (std::string& name : resml::columns_if_present(settings)) {
    names.all.push_back(std::move(name));
  }
  IncidentInput input = read_incidents(incidents, names);
  if (!input.absent.empty()) {
    throw resml::InputError("samples: no incident has the field ",
                            resml::quoted(input.absent.front()));
  }
  const resml::Source source{std::move(input.table), "samples", ""};
  return run_interruptibly([&](std::stop_token stop) {
    const resml::FitContext context = make_context(settings, threads, std::move(stop));
    return LoadedModel(resml::build_model(source, settings, created, context));
  });
}

// Distinct cells become one text each, shared by all rows that have it.
py::list cells(const resml::Column& column) {
  std::vector<py::str> values;
  for (const std::string& value : column.values) values.emplace_back(value);
  py::list list(column.codes.size());
  for (std::size_t row = 0; row < column.codes.size(); ++row) list[row] = values[column.codes[row]];
  return list;
}

py::dict read_csv(const std::filesystem::path& path, const std::vector<std::string>& columns) {
  const resml::Table table = run_interruptibly([&](std::stop_token stop) {
    return open_csv(path, {columns}).read(kAllRows, {.stop = std::move(stop)});
  });
  py::dict result;
  for (const resml::Column& column : table.columns) result[py::str(column.name)] = cells(column);
  return result;
}

py::list described(const std::vector<resml::AlgorithmInfo>& infos) {
  py::list list;
  for (const resml::AlgorithmInfo& info : infos) {
    py::list options;
    for (const resml::OptionInfo& option : info.options) {
      options.append(
          py::make_tuple(option.name, option.default_value, option.range, option.meaning));
    }
    list.append(py::make_tuple(info.name, info.meaning, options));
  }
  return list;
}

}  // namespace

void register_build(py::module_& module) {
  module.def("build_from_csv", &build_from_csv, py::arg("path"), py::arg("settings"),
             py::arg("created"), py::arg("threads"),
             "Learns from a CSV file; settings are pairs of key and text as in ml.config.");
  module.def("build_from_incidents", &build_from_incidents, py::arg("incidents"),
             py::arg("settings"), py::arg("created"), py::arg("threads"),
             "Learns from incidents or columns in memory.");
  module.def("read_csv", &read_csv, py::arg("path"), py::arg("columns"),
             "Cells of a CSV file as text, by column; no names: all columns.");
  module.def(
      "algorithms", [] { return described(resml::algorithms()); },
      "Name, meaning and options (name, default, range, meaning) of each algorithm.");
  module.def(
      "methods", [] { return described(resml::methods()); },
      "The same of each method that makes an ensemble.");
}
