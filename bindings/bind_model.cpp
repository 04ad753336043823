#include <pybind11/numpy.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "incident_input.hpp"
#include "loaded_model.hpp"
#include "register.hpp"
#include "resml/pipeline/model_file.hpp"

namespace py = pybind11;

namespace {

// The matrix itself, owned by the array: nothing is copied.
py::array to_numpy(resml::RowMatrix&& matrix, bool as_vector) {
  auto owned = std::make_unique<resml::RowMatrix>(std::move(matrix));
  const double* data = owned->data();
  const py::ssize_t rows = owned->rows();
  const py::ssize_t columns = owned->cols();
  const py::capsule owner(owned.release(),
                          [](void* held) { delete static_cast<resml::RowMatrix*>(held); });
  if (as_vector) return py::array_t<double>({columns}, data, owner);
  return py::array_t<double>({rows, columns}, data, owner);
}

struct Answered {
  resml::Predictions predictions;
  bool is_one = false;
};

Answered predict(const LoadedModel& self, py::handle incidents) {
  const IncidentInput input = read_incidents(incidents, self.inputs());
  const py::gil_scoped_release unlocked;
  return {self.model().pipeline.predict(input.table), input.is_one};
}

const std::string& label(const LoadedModel& self, const resml::Predictions& said, std::size_t row) {
  return self.model().pipeline.classes()[said.decisions[row]];
}

py::object predict_labels(const LoadedModel& self, py::handle incidents) {
  const auto [said, is_one] = predict(self, incidents);
  if (is_one) return py::str(label(self, said, 0));
  py::list labels(said.decisions.size());
  for (std::size_t row = 0; row < said.decisions.size(); ++row)
    labels[row] = label(self, said, row);
  return labels;
}

py::array predict_proba(const LoadedModel& self, py::handle incidents) {
  auto [said, is_one] = predict(self, incidents);
  return to_numpy(std::move(said.probabilities), is_one);
}

py::tuple answer_row(const LoadedModel& self, const resml::Predictions& said, std::size_t row) {
  const auto& classes = self.model().pipeline.classes();
  py::dict probabilities;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    probabilities[py::str(classes[c])] =
        said.probabilities(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(c));
  }
  return py::make_tuple(label(self, said, row), said.probability(row), probabilities,
                        said.notes[row]);
}

py::object answer(const LoadedModel& self, py::handle incidents) {
  const auto [said, is_one] = predict(self, incidents);
  if (is_one) return answer_row(self, said, 0);
  py::list answers(said.decisions.size());
  for (std::size_t row = 0; row < said.decisions.size(); ++row) {
    answers[row] = answer_row(self, said, row);
  }
  return answers;
}

LoadedModel load(const std::filesystem::path& path) {
  const py::gil_scoped_release unlocked;
  return LoadedModel(resml::load_model(path.string()));
}

void save(const LoadedModel& self, const std::filesystem::path& path) {
  const py::gil_scoped_release unlocked;
  resml::save_model(self.model(), path.string());
}

}  // namespace

void register_model(py::module_& module) {
  py::class_<LoadedModel>(module, "Model", "A fitted model; may be used from many threads.")
      .def("predict", &predict_labels, py::arg("incidents"),
           "The predicted value of one incident, or a list with that of each of many.")
      .def("predict_proba", &predict_proba, py::arg("incidents"),
           "Probabilities, one column per class; a vector for one incident.")
      .def("answer", &answer, py::arg("incidents"),
           "Tuples of value, its probability, probabilities by value, notes.")
      .def(
          "classes", [](const LoadedModel& self) { return self.model().pipeline.classes(); },
          "The values that can be predicted, in the order of the columns of predict_proba.")
      .def(
          "describe",
          [](const LoadedModel& self) { return resml::describe_model(self.model()).dump(); },
          "Everything the model file knows, as JSON text.")
      .def("save", &save, py::arg("path"), "Writes the model file, whole or not at all.");
  module.def("load", &load, py::arg("path"), "Reads a model file.");
}
