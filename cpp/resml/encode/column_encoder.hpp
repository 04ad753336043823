#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resml/data/table.hpp"

namespace resml {

enum class CellState : std::uint8_t { Known, Missing, New };

// A column's distinct cells, each encoded once.
struct EncodedColumn {
  // Cell i has active[starts[i]] .. active[starts[i + 1] - 1].
  std::vector<std::uint32_t> starts{0};
  std::vector<std::uint32_t> active;  // indicators of this column, from 0, ascending per cell
  std::vector<double> numbers;        // cells x n_numbers
  std::vector<CellState> states;

  std::span<const std::uint32_t> active_of(std::size_t cell) const {
    return {active.data() + starts[cell], starts[cell + 1] - starts[cell]};
  }
};

// How one column becomes indicators and numbers; fitted on the rows it was given, then const.
//
//   Category     one indicator a value, missing being the value "None"
//   MultiSelect  one indicator a member; one more for "missing" if that occurred
//   Boolean      one indicator for true; likewise
//   Number       (x - mean) / standard deviation, the mean where missing; likewise
//   Date         7 weekdays, 24 hours (UTC), the day as a number; likewise
//   OriginalNumber, OriginalRank, OriginalOrdinal: integers and booleans as they are, floats by
//                their rank, texts by their place in the sorted list (OB-PREP-03, 04, 06)
class ColumnEncoder {
 public:
  enum class Code {
    Category,
    MultiSelect,
    Boolean,
    Number,
    Date,
    OriginalNumber,
    OriginalRank,
    OriginalOrdinal
  };

  // `counts` has one entry per row of `column`; 0 = the row is not there. InputError for a cell
  // that a number, boolean or date column cannot hold.
  static ColumnEncoder fit(const Column& column, std::span<const std::uint64_t> counts, Code code);
  static ColumnEncoder from_json(const nlohmann::json& json);
  nlohmann::json to_json() const;

  Code code() const { return code_; }
  std::uint32_t n_indicators() const { return n_indicators_; }
  std::uint32_t n_numbers() const { return has_number() ? 1 : 0; }

  EncodedColumn encode(std::span<const std::string> cells) const;

 private:
  bool has_number() const { return code_ >= Code::Number; }
  // The original did not centre its numbers either.
  double mean_offset() const { return code_ < Code::OriginalNumber ? mean_ : 0; }
  // `cells` are the distinct ones, each on so many rows.
  void fit_values(const std::string& field, std::span<const std::string_view> cells,
                  std::span<const double> cell_counts);
  void count_indicators();
  void fit_number(const std::string& field, std::span<const std::string_view> cells,
                  std::span<const double> cell_counts);
  double raw_number(std::string_view cell, CellState& state) const;
  CellState append_active(const std::string& cell, std::vector<std::uint32_t>& active) const;
  CellState append_value(std::string_view value, std::vector<std::uint32_t>& active) const;

  Code code_ = Code::Category;
  std::vector<std::string> values_;  // sorted: categories, members, ordinals
  std::vector<double> ranked_;       // sorted distinct numbers of OriginalRank
  double mean_ = 0;
  double scale_ = 1;
  bool has_missing_indicator_ = false;
  std::uint32_t n_indicators_ = 0;
};

}  // namespace resml
