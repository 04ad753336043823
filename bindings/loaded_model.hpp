#pragma once

#include <memory>
#include <utility>

#include "incident_input.hpp"
#include "resml/pipeline/model.hpp"

// A model as Python holds it, with the names of the fields it looks up.
class LoadedModel {
 public:
  explicit LoadedModel(resml::Model model)
      : model_(std::make_shared<const resml::Model>(std::move(model))) {
    const auto& encoder = model_->pipeline.encoder();
    inputs_ = {encoder.inputs(), encoder.features().size()};
  }

  const resml::Model& model() const { return *model_; }
  const FieldNames& inputs() const { return inputs_; }

 private:
  std::shared_ptr<const resml::Model> model_;
  FieldNames inputs_;
};
