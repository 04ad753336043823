#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "interruptible.hpp"
#include "loaded_model.hpp"
#include "register.hpp"
#include "resml/base/error.hpp"
#include "resml/base/parallel.hpp"
#include "resml/base/text.hpp"
#include "resml/data/csv_reader.hpp"
#include "resml/learn/registry.hpp"
#include "resml/pipeline/comparison.hpp"

namespace py = pybind11;

namespace {

using Overrides = std::vector<std::pair<std::string, std::string>>;

resml::MachineLearningSettings read_settings(const Overrides& overrides) {
  return resml::read_machine_learning_settings(
      nullptr, overrides, [](const std::string&) -> std::optional<std::string> { return {}; });
}

resml::FitContext make_context(const resml::MachineLearningSettings& settings, unsigned threads,
                               std::stop_token stop) {
  return {.rng = resml::Rng(settings.seed),
          .threads = resml::threads_of(threads),
          .on_progress = {},
          .stop = std::move(stop)};
}

resml::Source convert_incidents(py::handle incidents,
                                const resml::MachineLearningSettings& settings) {
  FieldNames names{resml::columns_to_read(settings), 0};
  names.n_required = names.all.size();
  for (std::string& name : resml::columns_if_present(settings, {})) {
    names.all.push_back(std::move(name));
  }
  IncidentInput input = read_incidents(incidents, names);
  if (!input.absent.empty()) {
    throw resml::InputError("samples: no incident has the field ",
                            resml::quoted(input.absent.front()));
  }
  return {std::move(input.table), "samples", "", {}};
}

// Calls work(source, context) without the GIL. `samples`: a path or incidents.
template <class Work>
auto with_samples(py::handle samples, const resml::MachineLearningSettings& settings,
                  unsigned threads, Work work) {
  const bool is_path = py::isinstance<py::str>(samples) || py::hasattr(samples, "__fspath__");
  const auto path = is_path ? samples.cast<std::filesystem::path>() : std::filesystem::path();
  resml::Source source = is_path ? resml::Source{} : convert_incidents(samples, settings);
  return run_interruptibly([&](std::stop_token stop) {
    const resml::FitContext context = make_context(settings, threads, std::move(stop));
    if (is_path) source = resml::read_source(path.string(), settings, context);
    return work(source, context);
  });
}

LoadedModel build(py::handle samples, const Overrides& overrides, const std::string& created,
                  unsigned threads) {
  const resml::MachineLearningSettings settings = read_settings(overrides);
  resml::check_recipe(settings);  // before a file is read, which may take long
  return with_samples(samples, settings, threads,
                      [&](const resml::Source& source, const resml::FitContext& context) {
                        return LoadedModel(resml::build_model(source, settings, created, context));
                      });
}

std::string compare(py::handle samples, const Overrides& overrides, const std::string& pairs,
                    const std::string& by, unsigned threads) {
  const resml::ComparisonPlan plan{.pairs = resml::parse_pairs(pairs, "pairs"),
                                   .criterion = resml::parse_criterion(by, "by")};
  const resml::MachineLearningSettings settings = read_settings(overrides);
  resml::check_recipe(resml::settings_for(settings, plan.pairs.front()));
  return with_samples(
      samples, settings, threads,
      [&](const resml::Source& source, const resml::FitContext& context) {
        return resml::describe_comparison(resml::compare_pairs(source, settings, plan, context))
            .dump();
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
    return resml::CsvReader(resml::open_file(path), {columns}).read({.stop = std::move(stop)});
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
  module.def(
      "build", &build, py::arg("samples"), py::arg("settings"), py::arg("created"),
      py::arg("threads"),
      "Learns from a CSV file, or from incidents or columns in memory; settings are pairs of "
      "key and text as in ml.config.");
  module.def("compare", &compare, py::arg("samples"), py::arg("settings"), py::arg("pairs"),
             py::arg("by"), py::arg("threads"),
             "Tries pairs of algorithm and method; JSON, best first.");
  module.def("read_csv", &read_csv, py::arg("path"), py::arg("columns"),
             "Cells of a CSV file as text, by column; no names: all columns.");
  module.def(
      "algorithms", [] { return described(resml::algorithms()); },
      "Name, meaning and options (name, default, range, meaning) of each algorithm.");
  module.def(
      "methods", [] { return described(resml::methods()); },
      "The same of each method that makes an ensemble.");
}
