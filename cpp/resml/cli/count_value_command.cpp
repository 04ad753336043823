#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>

#include "resml/base/utf8.hpp"
#include "resml/cli/commands.hpp"
#include "resml/cli/console.hpp"
#include "resml/cli/format.hpp"
#include "resml/cli/training.hpp"
#include "resml/data/cells.hpp"
#include "resml/data/csv_reader.hpp"

namespace resml {
namespace {

struct CountValueArguments {
  std::string input;
  std::string field;
  std::size_t top = std::numeric_limits<std::size_t>::max();
};

using ValueCounts = std::vector<std::pair<std::string, std::size_t>>;

// Most frequent first, equal ones in alphabetical order; empty cells are not counted.
ValueCounts count_values(const Column& column) {
  ValueCounts counts;
  for (const std::string& value : column.values) counts.emplace_back(value, 0);
  for (const std::uint32_t code : column.codes) ++counts[code].second;
  std::erase_if(counts, [](const auto& entry) { return is_empty_cell(entry.first); });
  std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return counts;
}

// Values left, counts right, as a printed pandas Series.
std::vector<std::string> table_lines(const ValueCounts& counts) {
  std::size_t value_width = 0;
  std::size_t count_width = 0;
  for (const auto& [value, count] : counts) {
    value_width = std::max(value_width, count_characters(value));
    count_width = std::max(count_width, std::to_string(count).size());
  }
  std::vector<std::string> lines;
  for (const auto& [value, count] : counts) {
    const std::string number = std::to_string(count);
    lines.push_back(padded(value, value_width + 4) + std::string(count_width - number.size(), ' ') +
                    number);
  }
  return lines;
}

void count_value(const CountValueArguments& args, const GlobalArguments& global) {
  Console console(global.verbose);
  CsvReader reader(open_file(args.input), {.wanted = {args.field}});
  const Table table = reader.read(make_context(global, 0));
  ValueCounts counts = count_values(table.columns.front());
  if (counts.size() > args.top) counts.resize(args.top);
  for (const char* line : {"-----", "Value Counts", "-----"}) console.result(line);
  console.result("Value counts for " + args.field + " in " + args.input + ":");
  for (const std::string& line : table_lines(counts)) console.result(line);
  console.result("Name: " + args.field + ", dtype: int64");
}

}  // namespace

void add_count_value_command(CLI::App& app, const GlobalArguments& global) {
  auto args = std::make_shared<CountValueArguments>();
  CLI::App* command =
      app.add_subcommand("count_value",
                         "Count how often each value of a field occurs.\n"
                         "Example: res-ml count_value -i incidents.csv -f severity_code");
  command->alias("count-value");
  command->add_option("-i,--input", args->input, "CSV file")->required();
  command->add_option("-f,--field", args->field, "column to count")->required();
  command->add_option("--top", args->top, "only the commonest N values");
  command->callback([args, &global] { count_value(*args, global); });
}

}  // namespace resml
