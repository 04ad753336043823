#include "resml/data/table.hpp"

#include <algorithm>

#include "resml/base/error.hpp"

namespace resml {

const Column* find_column(const Table& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

Table select_rows(const Table& table, std::span<const std::string> columns,
                  std::span<const std::uint32_t> rows) {
  Table selected{.columns = {}, .n_rows = rows.size()};
  for (const std::string& name : columns) {
    const Column* column = find_column(table, name);
    if (column == nullptr) throw InputError("no column ", quoted(name));
    Column& copy = selected.columns.emplace_back(Column{column->name, column->values, {}});
    copy.codes.reserve(rows.size());
    for (const std::uint32_t row : rows) copy.codes.push_back(column->codes[row]);
  }
  return selected;
}

}  // namespace resml
