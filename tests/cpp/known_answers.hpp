#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "training_sets.hpp"

namespace resml {

// tests/data/known_answers/mixed.json, made by make.py beside it.
struct KnownAnswers {
  nlohmann::json answers;
  TrainingSet set;
  CompactRows queries;

  KnownAnswers() {
    std::ifstream(RESML_TEST_DATA "/known_answers/mixed.json") >> answers;
    set.rows = rows_of("active", "numbers");
    queries = rows_of("query_active", "query_numbers");
    set.labels = answers["labels"].get<std::vector<std::uint32_t>>();
    set.counts = answers["counts"].get<std::vector<double>>();
    set.weights = answers["weights"].get<std::vector<double>>();
    set.n_classes = 3;
  }

  // With the second number divided by 64, as an encoder would scale it.
  static KnownAnswers scaled() {
    KnownAnswers known;
    for (CompactRows* rows : {&known.set.rows, &known.queries}) {
      for (std::size_t i = 1; i < rows->numbers.size(); i += 2) rows->numbers[i] /= 64;
    }
    return known;
  }

  static RowMatrix matrix(const nlohmann::json& rows) {
    RowMatrix result(static_cast<Eigen::Index>(rows.size()),
                     static_cast<Eigen::Index>(rows[0].size()));
    for (Eigen::Index i = 0; i < result.rows(); ++i) {
      for (Eigen::Index j = 0; j < result.cols(); ++j) {
        result(i, j) = rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      }
    }
    return result;
  }

 private:
  CompactRows rows_of(const char* active, const char* numbers) const {
    CompactRows rows;
    rows.n_indicators = answers["n_indicators"];
    rows.n_numbers = 2;
    for (std::size_t i = 0; i < answers[active].size(); ++i) {
      append_row(rows, answers[active][i], answers[numbers][i]);
    }
    return rows;
  }
};

}  // namespace resml
